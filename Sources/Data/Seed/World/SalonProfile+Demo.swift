// Three salons made by hand, for people who want to look around.
extension SalonProfile {
    /// A hair studio in Lisbon, nails in Madrid, a barber in London.
    static let demo = [lisbon, madrid, london]

    private static let lisbon = SalonProfile(
        name: "Atelier Chiado", handle: "atelier-chiado", place: 0, language: Language.number(of: "pt"),
        staff: ["Inês Marques", "Rita Carvalho", "Tiago Lopes", "Beatriz Nunes"], chair: "Cadeira",
        services: [
            service("Corte de franja", "corte de franja", "Cabelo", 30, price: 1200),
            service("Corte e brushing", "corte e brushing", "Cabelo", 60, after: 15, price: 3800),
            service("Corte de homem", "corte de homem", "Cabelo", 30, price: 1900),
            service("Madeixas", "madeixas", "Cor", 120, before: 15, after: 15, price: 9500),
            service("Coloração da raiz", "coloração da raiz", "Cor", 75, after: 15, price: 4500),
            service("Penteado de cerimónia", "penteado de cerimónia", "Cabelo", 60, price: 4800),
            service("Aconselhamento", "aconselhamento", "Cabelo", 30, price: 0, needsChair: false),
        ],
        week: [
            [], [hours(10, 13), hours(14, 19)], [hours(10, 13), hours(14, 19)], [hours(10, 13), hours(14, 20)],
            [hours(10, 13), hours(14, 20)], [hours(9, 17)], [],
        ],
        holiday: "Feriado", leave: "Formação da equipa", customers: 90, weight: 3, bookingsPerDay: 11)

    private static let madrid = SalonProfile(
        name: "Uñas Malasaña", handle: "unas-malasana", place: 1, language: Language.number(of: "es"),
        staff: ["Carmen Ortega", "Lucía Romero", "Valentina Rojas"], chair: "Mesa",
        services: [
            service("Manicura básica", "una manicura", "Manos", 30, price: 1600),
            service("Manicura semipermanente", "una manicura semipermanente", "Manos", 45, after: 15, price: 2600),
            service("Uñas de gel", "uñas de gel", "Manos", 75, after: 15, price: 4500),
            service("Retirada de esmalte", "quitarme el esmalte", "Manos", 30, price: 900),
            service("Pedicura completa", "una pedicura", "Pies", 60, after: 15, price: 3400),
            service("Diseño por uña", "un diseño", "Manos", 30, price: 300),
        ],
        week: [
            [hours(10, 14), hours(16, 20)], [hours(10, 14), hours(16, 20)], [hours(10, 14), hours(16, 20)],
            [hours(10, 14), hours(16, 20)], [hours(10, 14), hours(16, 21)], [hours(10, 15)], [],
        ],
        holiday: "Festivo", leave: "Reforma del local", customers: 70, weight: 2, bookingsPerDay: 9)

    private static let london = SalonProfile(
        name: "Clarke & Sons Barbers", handle: "clarke-and-sons", place: 2, language: Language.number(of: "en"),
        staff: ["Owen Clarke", "Samuel Clarke", "Daniel Patel"], chair: "Chair",
        services: [
            service("Haircut", "a haircut", "Hair", 30, price: 2400),
            service("Skin fade", "a skin fade", "Hair", 45, after: 15, price: 2900),
            service("Beard trim", "a beard trim", "Beard", 20, after: 10, price: 1400),
            service("Haircut and beard", "a haircut and beard", "Hair", 45, after: 15, price: 3600),
            service("Hot towel shave", "a hot towel shave", "Beard", 30, before: 5, after: 10, price: 2700),
            service("Under 12s", "my son's haircut", "Hair", 25, after: 5, price: 1700),
        ],
        week: [
            [], [hours(9, 13), hours(14, 19)], [hours(9, 13), hours(14, 19)], [hours(9, 13), hours(14, 20)],
            [hours(9, 13), hours(14, 20)], [hours(8, 16)], [hours(11, 15)],
        ],
        holiday: "Bank holiday", leave: "Staff training", customers: 80, weight: 2.5, bookingsPerDay: 10)

    private static func hours(_ opens: Int, _ closes: Int) -> Hours { Hours(opens: opens * 60, closes: closes * 60) }

    private static func service(
        _ name: Word, _ spoken: Word, _ category: Word, _ minutes: Int, before: Int = 0, after: Int = 0, price: Int,
        needsChair: Bool = true
    ) -> Service {
        Service(
            name: name, spoken: spoken, category: category,
            offer: Offer(minutes: minutes, before: before, after: after, price: price, needsChair: needsChair),
            price: price)
    }
}
