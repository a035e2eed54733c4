extension Vocabulary {
    /// Spanish.
    static let spanish = Vocabulary(
        book: ["reserv*", "cita*", "turno", "pedir", "nueva", "nuevo"],
        move: ["cambi*", "mover", "muev*", "aplaz*", "reprogram*"],
        cancel: ["cancel*", "anul*"],
        mine: ["mi", "mis"],
        booking: ["cita*", "reserva*"],
        prices: ["preci*", "cuest*", "cuanto", "tarifa*"],
        hours: ["horario*", "abiert*", "abren", "abris", "cierra*"],
        person: ["persona", "humano", "alguien", "agente", "empleado*"],
        thanks: ["gracias", "perfecto", "genial"],
        greeting: ["hola", "buenas", "buenos"],
        yes: ["si", "vale", "claro", "ok", "confirm*", "bueno"],
        no: ["no"],
        menu: ["menu", "inicio", "ayuda", "opciones", "volver", "atras"],
        leave: ["cancelar", "salir", "parar", "dejalo"],
        more: ["mas", "siguiente*"],
        otherTime: ["otro", "otra", "otros", "otras"],
        today: ["hoy"],
        tomorrow: ["manana"],
        weekdays: [
            ["lunes", "lun"], ["martes"], ["miercoles", "mie"], ["jueves", "jue"], ["viernes", "vie"],
            ["sabado", "sab"], ["domingo", "dom"],
        ],
        months: [
            "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "sep*", "octubre", "noviembre",
            "diciembre",
        ],
        before: ["las", "la"],
        names: ["espanol", "castellano"],
        hints: [
            "hola", "quiero", "el", "los", "las", "puedo", "una", "gracias", "necesito", "tengo",
            "cita", "buenas", "quisiera", "hoy", "manana",
        ])
}
