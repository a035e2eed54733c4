extension Language {
    static let spanish = Language(
        code: "es",
        firstNames: [
            "Lucía", "María", "Carmen", "Paula", "Sofía", "Elena", "Marta", "Laura", "Valentina", "Camila", "Hugo",
            "Mateo", "Alejandro", "Pablo", "Diego", "Javier", "Andrés", "Sergio", "Nerea", "Rocío", "Iván", "Ana",
        ],
        lastNames: [
            "García", "Rodríguez", "González", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Díaz",
            "Ruiz", "Moreno", "Álvarez", "Romero", "Torres", "Vargas", "Castro", "Ortega", "Rojas", "Núñez",
        ],
        weekdays: ["el lunes", "el martes", "el miércoles", "el jueves", "el viernes", "el sábado", "el domingo"],
        greetings: ["", "", "¡Hola! ", "Buenos días, ", "Buenas tardes, ", "Hola, ¿qué tal? ", "Buenas, "],
        endings: ["", "", "", " ¡Gracias!", " Muchas gracias", " Quedo pendiente.", " 🙏", " Es para mi madre."],
        dialogues: [
            .book: Dialogue(
                questions: [
                    "¿Puedo reservar {service} {day} a las {time}?", "¿Tenéis hueco para {service} {day}?",
                    "Quería pedir cita para {service}, {day} sobre las {time}.",
                    "¿Sigue libre {day} a las {time} para {service}?",
                ],
                answers: [
                    "¡Claro, {name}! Para {service} tenemos libre {day} a las {time}. ¿Te lo confirmo?",
                    "Reservado: {service}, {day} a las {time}. ¡Te esperamos!",
                    "Tenemos un hueco {day} a las {time}. ¿Te viene bien?",
                ]),
            .reschedule: Dialogue(
                questions: [
                    "¿Podría cambiar mi cita para {day}?",
                    "Me ha surgido un imprevisto, ¿podemos pasar {service} a {day} a las {time}?",
                    "Llego tarde, ¿puedo ir a las {time}?",
                ],
                answers: [
                    "Sin problema, {name}. La he cambiado: {day} a las {time}.",
                    "Podemos {day} a las {time}. ¿Te parece bien?",
                ]),
            .cancel: Dialogue(
                questions: [
                    "Tengo que cancelar la cita, {day} no puedo, lo siento.",
                    "Por favor, cancela {service}, estoy enferma.", "No llego a las {time}, ¿me la puedes anular?",
                ],
                answers: [
                    "Hecho, {name}, la cita está cancelada. ¡Que te mejores!",
                    "Cancelada. Escríbenos cuando quieras otra fecha.",
                ]),
            .price: Dialogue(
                questions: [
                    "¿Cuánto cuesta {service}?", "¿Qué precio tiene {service}? ¿Hay descuento para estudiantes?",
                    "¿Me mandas la lista de precios? Me interesa {service}.",
                ],
                answers: [
                    "{service} cuesta {price}, {name}. ¿Quieres reservar?",
                    "Son {price} por {service}, con asesoramiento incluido.",
                ]),
            .hours: Dialogue(
                questions: ["¿Abrís {day}?", "¿Hasta qué hora estáis {day}?", "¿Qué horario tenéis en fiestas?"],
                answers: [
                    "Todo nuestro horario está en el perfil, {name}. ¿Te busco hora para {day}?",
                    "La última cita {day} es a las {time}.",
                ]),
            .location: Dialogue(
                questions: [
                    "¿Dónde estáis exactamente? ¿Hay aparcamiento cerca?", "¿Cómo llego al salón desde la estación?",
                ],
                answers: [
                    "A dos minutos de la plaza mayor, {name}; hay un aparcamiento a la vuelta.",
                    "Sal por el mercado y gira a la izquierda, estamos junto a la panadería.",
                ]),
            .thanks: Dialogue(
                questions: [
                    "Me encanta cómo ha quedado, todo el mundo me lo dice.",
                    "Genial como siempre, nos vemos {day}.",
                    "Perfecto, gracias.", "Ha quedado justo como quería.",
                ],
                answers: ["¡A ti, {name}! Hasta pronto.", "¡Qué alegría, muchas gracias! 💛"]),
        ],
        confirmation:
            "Hola {name}, tu cita está confirmada: {service}, {day} a las {time}. Responde CANCELAR para anular.",
        reminder: "Recordatorio: {service} mañana a las {time}. ¡Te esperamos, {name}!",
        trades: [
            .hair: TradeWords(
                salonNames: ["{name} Peluqueros", "Estudio {name}", "Peluquería {name}", "Salón {name}"],
                services: [
                    "un corte de flequillo", "un corte de pelo", "corte y peinado", "unas mechas", "un peinado",
                    "un tinte completo",
                ],
                category: "Peluquería"),
            .nails: TradeWords(
                salonNames: ["Uñas {name}", "{name} Nails", "Manicura {name}", "Estudio de Uñas {name}"],
                services: [
                    "un cambio de esmalte", "una manicura", "una manicura semipermanente", "uñas de gel",
                    "un arreglo de uña", "una pedicura",
                ],
                category: "Uñas"),
            .barber: TradeWords(
                salonNames: ["Barbería {name}", "{name} Barber Club", "{name} e Hijos, Barberos", "Cortes {name}"],
                services: [
                    "un corte a máquina", "un arreglo de barba", "corte y barba", "un degradado", "un afeitado clásico",
                    "el servicio completo",
                ],
                category: "Barbería"),
            .beauty: TradeWords(
                salonNames: ["Estética {name}", "{name} Belleza", "Spa {name}", "Centro de Estética {name}"],
                services: [
                    "una limpieza facial", "un diseño de cejas", "un tinte de pestañas", "un masaje de espalda",
                    "una depilación de piernas", "un masaje completo",
                ],
                category: "Estética"),
        ])
}
