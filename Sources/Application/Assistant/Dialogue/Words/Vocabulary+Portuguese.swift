extension Vocabulary {
    /// Portuguese.
    static let portuguese = Vocabulary(
        book: ["marcar", "marca", "agend*", "reserv*", "marque", "novo"],
        move: ["remarc*", "mud*", "transferir", "adiar", "troc*"],
        cancel: ["cancel*", "desmarc*"],
        mine: ["meu", "meus", "minha", "minhas"],
        booking: ["horario*", "reserva*", "agendament*"],
        prices: ["preco*", "custa*", "quanto", "valor*"],
        hours: ["funciona*", "abert*", "abre*", "fecha*"],
        person: ["pessoa", "humano", "alguem", "atendente"],
        thanks: ["obrigad*", "perfeito", "valeu"],
        greeting: ["oi", "ola", "bom", "boa"],
        yes: ["sim", "ok", "claro", "confirm*", "pode", "isso"],
        no: ["nao"],
        menu: ["menu", "inicio", "ajuda", "opcoes", "voltar"],
        leave: ["cancelar", "sair", "parar", "deixa"],
        more: ["mais", "proxim*"],
        otherTime: ["outro", "outra", "outros", "outras"],
        today: ["hoje"],
        tomorrow: ["amanha"],
        weekdays: [
            ["segunda"], ["terca", "ter"], ["quarta", "qua"], ["quinta", "qui"], ["sexta", "sex"], ["sabado"],
            ["domingo"],
        ],
        months: [
            "janeiro", "fevereiro", "marco", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
            "novembro", "dezembro",
        ],
        before: ["as"],
        names: ["portugues", "brasileiro"],
        hints: [
            "oi", "ola", "quero", "voce", "um", "uma", "meu", "horario", "para", "preciso", "obrigado", "obrigada",
            "hoje", "amanha", "bom", "posso", "nao", "desculpe",
        ])
}
