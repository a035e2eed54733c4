extension Language {
    static let portuguese = Language(
        code: "pt",
        firstNames: [
            "Maria", "Ana", "Beatriz", "Inês", "Mariana", "Carolina", "Leonor", "Joana", "Rita", "Sofia", "João",
            "Tiago",
            "Miguel", "Diogo", "Rodrigo", "Pedro", "Gonçalo", "Rafael", "Larissa", "Camila", "Bruno", "Helena",
        ],
        lastNames: [
            "Silva", "Santos", "Ferreira", "Pereira", "Oliveira", "Costa", "Rodrigues", "Martins", "Sousa", "Fernandes",
            "Gonçalves", "Gomes", "Lopes", "Marques", "Almeida", "Ribeiro", "Carvalho", "Teixeira", "Moreira", "Nunes",
        ],
        weekdays: ["segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"],
        greetings: ["", "", "Olá! ", "Bom dia, ", "Boa tarde, ", "Oi, tudo bem? ", "Boa noite. "],
        endings: ["", "", "", " Obrigada!", " Muito obrigado", " Aguardo resposta.", " 🙏", " É para a minha filha."],
        dialogues: [
            .book: Dialogue(
                questions: [
                    "Posso marcar {service} para {day} às {time}?", "Têm vaga para {service} na {day}?",
                    "Queria marcar {service}, {day} por volta das {time}.",
                    "Ainda está livre {day} às {time} para {service}?",
                ],
                answers: [
                    "Claro, {name}! Para {service} temos livre {day} às {time}. Confirmo?",
                    "Fica marcado: {service}, {day} às {time}. Até lá!", "Temos vaga {day} às {time}. Dá jeito?",
                ]),
            .reschedule: Dialogue(
                questions: [
                    "Posso mudar a minha marcação para {day}?",
                    "Surgiu um imprevisto, podemos passar {service} para {day} às {time}?",
                    "Estou atrasada, posso ir às {time}?",
                ],
                answers: [
                    "Sem problema, {name}. Mudei para {day} às {time}.", "Podemos {day} às {time}. Pode ser?",
                ]),
            .cancel: Dialogue(
                questions: [
                    "Tenho de cancelar a marcação de {day}, desculpe.", "Por favor cancele {service}, estou doente.",
                    "Não consigo ir às {time}, pode desmarcar?",
                ],
                answers: [
                    "Está cancelado, {name}. As melhoras!", "Cancelado. Escreva quando quiser nova data.",
                ]),
            .price: Dialogue(
                questions: [
                    "Quanto custa {service}?", "Qual é o preço de {service}? Há desconto para estudantes?",
                    "Pode enviar a tabela de preços? Queria saber de {service}.",
                ],
                answers: [
                    "{service} fica por {price}, {name}. Quer marcar?",
                    "São {price} por {service}, com aconselhamento incluído.",
                ]),
            .hours: Dialogue(
                questions: [
                    "Estão abertos {day}?", "Até que horas estão abertos {day}?", "Qual é o horário nos feriados?",
                ],
                answers: [
                    "O nosso horário está todo no perfil, {name}. Procuro uma hora para {day}?",
                    "A última marcação de {day} é às {time}.",
                ]),
            .location: Dialogue(
                questions: [
                    "Onde ficam exatamente? Há estacionamento perto?", "Como chego ao salão a partir da estação?",
                ],
                answers: [
                    "A dois minutos da praça, {name}; há um parque de estacionamento ao virar da esquina.",
                    "Saia pelo mercado e vire à esquerda, estamos ao lado da padaria.",
                ]),
            .thanks: Dialogue(
                questions: [
                    "Adorei, toda a gente elogia!", "Excelente como sempre, até {day}.", "Perfeito, obrigada.",
                    "Ficou mesmo como eu queria.",
                ],
                answers: ["Nós é que agradecemos, {name}! Até breve.", "Que bom, muito obrigada! 💛"]),
        ],
        confirmation:
            "Olá {name}, a sua marcação está confirmada: {service}, {day} às {time}. Responda CANCELAR para desmarcar.",
        reminder: "Lembrete: {service} amanhã às {time}. Até já, {name}!",
        trades: [
            .hair: TradeWords(
                salonNames: ["{name} Cabeleireiros", "{name} Hair Studio", "Salão {name}", "Cabelos {name}"],
                services: [
                    "corte de franja", "corte de cabelo", "corte e brushing", "madeixas", "brushing",
                    "coloração completa",
                ],
                category: "Cabelo"),
            .nails: TradeWords(
                salonNames: ["Unhas {name}", "{name} Nails", "Esmalteria {name}", "Estúdio de Unhas {name}"],
                services: [
                    "troca de verniz", "manicure", "manicure de gel", "unhas de gel", "reparação de unha", "pedicure",
                ],
                category: "Unhas"),
            .barber: TradeWords(
                salonNames: [
                    "Barbearia {name}", "{name} Barber Shop", "{name} & Filhos, Barbeiros", "Barbeiros {name}",
                ],
                services: [
                    "corte à máquina", "aparar a barba", "corte e barba", "corte degradê", "barba clássica",
                    "tratamento completo",
                ],
                category: "Barbearia"),
            .beauty: TradeWords(
                salonNames: ["Estética {name}", "{name} Beleza", "Spa {name}", "Centro de Estética {name}"],
                services: [
                    "limpeza de pele", "design de sobrancelhas", "tinta de pestanas", "massagem às costas",
                    "depilação de pernas", "massagem completa",
                ],
                category: "Estética"),
        ])
}
