import Basics

/// What words name of a booking.
struct DialogueWish {
    var service: DialoguePlan?
    var day: CivilDate?
    var minute: Int?

    init(service: DialoguePlan? = nil, day: CivilDate? = nil, minute: Int? = nil) {
        self.service = service
        self.day = day
        self.minute = minute
    }

    init(_ text: SpokenText, _ facts: DialogueFacts) {
        service = Self.service(text, facts.services).map { DialoguePlan(service: $0.id, name: $0.name) }
        day = text.day(from: facts.today)
        minute = text.minuteOfDay
    }

    var isSomething: Bool { service != nil || day != nil || minute != nil }

    /// The service whose name is said: the longest where one stands in another.
    private static func service(_ text: SpokenText, _ services: [DialogueService]) -> DialogueService? {
        let said = Set(text.words)
        return services.map { ($0, SpokenText($0.name).words) }
            .filter { !$0.1.isEmpty && said.isSuperset(of: $0.1) }
            .max { $0.1.count < $1.1.count }?.0
    }
}
