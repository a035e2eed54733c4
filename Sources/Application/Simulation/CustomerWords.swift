/// What customers say, in the four languages that the salons' assistants know.
struct CustomerWords: Sendable {
    let language: String
    let names: [String]
    let book: [String]
    let move: [String]
    let cancel: [String]
    let thanks: [String]
    /// Words on buttons that agree.
    let yes: [String]
    /// Words on buttons by which one leaves.
    let no: [String]
    /// Words on buttons of what they want.
    let bookKeys: [String]
    let moveKeys: [String]
    let cancelKeys: [String]
    /// A country and the code that its numbers begin with.
    let country: String
    let dialling: String

    static let all = [english, spanish, portuguese, russian]

    private static let english = CustomerWords(
        language: "en", names: ["Ava", "Noah", "Mia", "Liam", "Zoe", "Ethan"],
        book: ["Hi! I'd like to book an appointment", "Can I get an appointment this week?", "I want to book, please"],
        move: ["I need to move my appointment", "Can I reschedule, please?"],
        cancel: ["Please cancel my appointment", "I have to cancel, sorry"], thanks: ["Thank you!", "Great, thanks 🙏"],
        yes: ["yes", "confirm", "ok", "sure", "keep"], no: ["no", "back", "other", "more", "cancel", "menu"],
        bookKeys: ["book", "appointment", "new"], moveKeys: ["move", "reschedule", "change"], cancelKeys: ["cancel"],
        country: "US", dialling: "1202")

    private static let spanish = CustomerWords(
        language: "es", names: ["Lucía", "Mateo", "Carmen", "Diego", "Sofía", "Iván"],
        book: [
            "¡Hola! Quiero reservar una cita", "Buenas, ¿puedo pedir cita esta semana?", "Quiero reservar, por favor",
        ],
        move: ["Necesito cambiar mi cita", "¿Puedo mover la cita, por favor?"],
        cancel: ["Quiero cancelar mi cita", "Tengo que cancelar, lo siento"],
        thanks: ["¡Gracias!", "Perfecto, gracias 🙏"],
        yes: ["sí", "si", "confirm", "vale", "mantener"], no: ["no", "atrás", "otro", "otra", "más", "cancel", "menú"],
        bookKeys: ["reserv", "cita", "nueva"], moveKeys: ["cambi", "mover"], cancelKeys: ["cancel"], country: "ES",
        dialling: "346")

    private static let portuguese = CustomerWords(
        language: "pt", names: ["Ana", "Pedro", "Beatriz", "Lucas", "Júlia", "Rafael"],
        book: ["Oi! Quero marcar um horário", "Bom dia, dá para agendar esta semana?", "Quero agendar, por favor"],
        move: ["Preciso remarcar meu horário", "Posso mudar o horário, por favor?"],
        cancel: ["Quero cancelar meu horário", "Preciso cancelar, desculpe"],
        thanks: ["Obrigada!", "Perfeito, obrigado 🙏"], yes: ["sim", "confirm", "ok", "manter"],
        no: ["não", "nao", "voltar", "outro", "mais", "cancel", "menu"],
        bookKeys: ["marcar", "agendar", "reserv", "novo"],
        moveKeys: ["remarcar", "mudar"], cancelKeys: ["cancel"], country: "BR", dialling: "5511")

    private static let russian = CustomerWords(
        language: "ru", names: ["Анна", "Иван", "Мария", "Дмитрий", "Ольга", "Павел"],
        book: ["Здравствуйте! Хочу записаться", "Можно записаться на этой неделе?", "Запишите меня, пожалуйста"],
        move: ["Мне нужно перенести запись", "Можно перенести запись?"],
        cancel: ["Отмените мою запись, пожалуйста", "Хочу отменить запись"],
        thanks: ["Спасибо!", "Отлично, спасибо 🙏"],
        yes: ["да", "подтвер", "хорошо", "остав"], no: ["нет", "назад", "друг", "ещё", "отмен", "меню"],
        bookKeys: ["запис"], moveKeys: ["перенес"], cancelKeys: ["отмен"], country: "RU", dialling: "7916")
}
