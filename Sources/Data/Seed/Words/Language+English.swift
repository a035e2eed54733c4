extension Language {
    static let english = Language(
        code: "en",
        firstNames: [
            "Olivia", "Amelia", "Grace", "Emily", "Charlotte", "Hannah", "Sophie", "Lucy", "Ruby", "Ella", "Jack",
            "Harry",
            "Thomas", "George", "Oliver", "James", "Daniel", "Samuel", "Noah", "Priya", "Aisha", "Owen", "Ethan",
            "Chloe",
        ],
        lastNames: [
            "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Wright", "Walker",
            "Roberts", "Green", "Hall", "Wood", "Clarke", "Hughes", "Edwards", "Turner", "Parker", "Cook", "Bailey",
        ],
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        greetings: ["", "", "Hi! ", "Hello, ", "Good morning, ", "Hey, ", "Hi there 😊 ", "Good evening. "],
        endings: [
            "", "", "", " Thanks!", " Thank you very much", " Please let me know.", " 🙏", " It's for my daughter.",
        ],
        dialogues: [
            .book: Dialogue(
                questions: [
                    "Could I book {service} on {day} at {time}?", "Do you have anything free for {service} on {day}?",
                    "I'd like an appointment for {service}, {day} around {time} if possible.",
                    "Is {time} on {day} still available for {service}?",
                ],
                answers: [
                    "Of course, {name}! {day} at {time} is free for {service}. Shall I confirm it?",
                    "Booked: {service}, {day} at {time}. See you then!",
                    "We have {time} free on {day}. Would that suit you?",
                ]),
            .reschedule: Dialogue(
                questions: [
                    "Can I move my appointment to {day}?",
                    "Something came up, could we change {service} to {day} at {time}?",
                    "I'm running late, is it possible to come at {time} instead?",
                ],
                answers: [
                    "No problem, {name}. I have moved it to {day} at {time}.",
                    "We can do {day} at {time} instead. Is that all right?",
                ]),
            .cancel: Dialogue(
                questions: [
                    "I have to cancel my appointment on {day}, sorry.", "Please cancel {service} on {day}, I am ill.",
                    "I can't make it at {time}, could you cancel it?",
                ],
                answers: [
                    "That's done, {name}, your appointment on {day} is cancelled. Get well soon!",
                    "Cancelled. Write to us whenever you want a new date.",
                ]),
            .price: Dialogue(
                questions: [
                    "How much is {service}?", "What do you charge for {service}? Is there a discount for students?",
                    "Could you send me your price list? I'm interested in {service}.",
                ],
                answers: [
                    "{service} costs {price}, {name}. Would you like to book?",
                    "We charge {price} for {service}; the consultation is included.",
                ]),
            .hours: Dialogue(
                questions: [
                    "Are you open on {day}?", "Until what time are you open on {day}?",
                    "What are your opening hours during the holidays?",
                ],
                answers: [
                    "All our opening hours are in our profile, {name}. Shall I look for a time on {day}?",
                    "On {day} the last appointment is at {time}.",
                ]),
            .location: Dialogue(
                questions: [
                    "Where exactly are you? Is there parking nearby?", "How do I get to the salon from the station?",
                ],
                answers: [
                    "Two minutes from the main square, {name}; there is a car park around the corner.",
                    "Take the exit to the market and turn left, we are next to the bakery.",
                ]),
            .thanks: Dialogue(
                questions: [
                    "I love it, everybody says how good it looks!", "Great service as always, see you on {day}.",
                    "Perfect, thank you.", "It came out exactly as I wanted.",
                ],
                answers: ["You're welcome, {name}! See you soon.", "That makes us happy, thank you! 💛"]),
        ],
        confirmation:
            "Hello {name}, your appointment is confirmed: {service}, {day} at {time}. Reply CANCEL to cancel.",
        reminder: "Reminder: {service} tomorrow at {time}. We look forward to seeing you, {name}!",
        trades: [
            .hair: TradeWords(
                salonNames: [
                    "{name} Hair", "{name} Hair Studio", "{name} & Co Hairdressers", "The Hair Lounge by {name}",
                ],
                services: [
                    "a fringe trim", "a haircut", "a cut and blow-dry", "highlights", "a blow-dry", "a full colour",
                ],
                category: "Hair"),
            .nails: TradeWords(
                salonNames: ["{name} Nails", "{name} Nail Bar", "{name} Nail Studio", "Hands & Feet by {name}"],
                services: [
                    "a polish change", "a manicure", "a gel manicure", "nail extensions", "a nail repair", "a pedicure",
                ],
                category: "Nails"),
            .barber: TradeWords(
                salonNames: ["{name} Barbers", "{name} Barber Shop", "{name} & Sons Barbers", "{name} Cuts"],
                services: [
                    "a clipper cut", "a beard trim", "a cut and beard", "a skin fade", "a hot towel shave",
                    "the full grooming",
                ],
                category: "Barber"),
            .beauty: TradeWords(
                salonNames: ["{name} Beauty", "{name} Skin Clinic", "{name} Spa", "{name} Beauty Rooms"],
                services: [
                    "a facial", "an eyebrow shape", "a lash tint", "a back massage", "a leg wax", "a full body massage",
                ],
                category: "Beauty"),
        ])
}
