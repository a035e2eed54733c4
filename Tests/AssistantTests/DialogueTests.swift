import Assistant
import Basics
import Messaging
import Testing

@Suite("The dialogue") struct DialogueTests {
    private static let sayings = [
        "menu", "cancel", "book", "move my appointment", "cancel my booking", "my bookings", "yes", "no", "more",
        "person", "tomorrow", "Friday at 3", "12.5.", "2026-05-13 15:30", "31.2.", "29.2.", "3pm", "cut tomorrow 10:00",
        "prices", "horario", "спасибо", "", " ", "\0", "🙈🙈🙈", "0", "99:99", "9999-12-31", "español", "по-русски",
        "another", "Colour", String(repeating: "a", count: 5000), String(repeating: "1", count: 5000),
    ]
    private static let identifiers = [
        "", "time:", "time:9223372036854775807", "time:-9223372036854775808", "day:2026-02-30", "day:9999-12-31",
        "day:0001-01-01", "service:x", "service:\(PretendSalon.key(77))", "confirm:\(PretendSalon.key(101))",
        "release:\(PretendSalon.key(101))", "agree:\(PretendSalon.key(101))", "more", "other-day", "keep", "leave",
        ":::",
    ]

    @Test("Whatever is said and pressed, it comes to an end, does one thing at most, and the menu leads out")
    func anything() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<40 {
            var salon = try PretendSalon(Language.allCases.randomElement(using: &random) ?? .english)
            var pressed: [String] = []
            for _ in 0..<100 {
                let input: DialogueInput =
                    switch Int.random(in: 0..<10, using: &random) {
                    case 0: .other
                    case 1: .choice(Self.identifiers.randomElement(using: &random) ?? "")
                    case 2...5: .text(Self.sayings.randomElement(using: &random) ?? "")
                    default: .choice(pressed.randomElement(using: &random) ?? "menu")
                    }
                let answer = try salon.hear(input)
                // Whoever waits for a person is not talked to by anybody else.
                #expect(!answer.messages.isEmpty || salon.state.step == .person, "seed \(seed)")
                // What was shown before can still be pressed later.
                pressed = pressed.suffix(20) + answer.messages.flatMap(\.choices).map(\.id)
                var leaving = salon
                try leaving.hear(.text("menu"))
                #expect(leaving.state.step == .menu, "seed \(seed)")
                #expect(leaving.held.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test("A service of any length fits what WhatsApp shows, in every language", arguments: Language.allCases)
    func lengths(language: Language) throws {
        let name = String(repeating: "Größte Keratin-Behandlung 👩🏽‍🦰 ", count: 40)
        let services = (1...30).map { number in
            DialogueService(
                id: PretendSalon.key(UInt64(number)), name: "\(name)\(number)", minutes: 1440,
                price: "9999999999.99 EUR")
        }
        var salon = try PretendSalon(language, services: services)
        salon.facts.customerLanguage = language
        for saying in [
            "menu", "book", "more", "more", "prices", "hours", "person", "menu", "xyzzy", "xyzzy", "english",
        ] {
            try salon.hear(.text(saying))
        }
        salon.state.language = nil
        try salon.hear(.choice("service:\(PretendSalon.cut)"))
        try salon.hear(.choice("more"))
        try salon.hear(.text("2026-05-13"))
        try salon.hear(.text("15:30"))
        try salon.hear(.text("yes"))
        try salon.hear(.text("my bookings"))
        try salon.hear(.text("move"))
        try salon.hear(.text("tomorrow 11:00"))
        let answer = try salon.hear(.text("cancel my booking"))
        #expect(answer.messages.flatMap(\.choices).count == 2)
        #expect(try salon.facts.bookings.map(\.start) == [salon.moment("2026-05-12T11:00")])
    }

    @Test("No phrase on a button or in a list has to be cut", arguments: Language.allCases)
    func phrases(language: Language) throws {
        var salon = try PretendSalon(language)
        salon.facts.customerLanguage = language
        var titles: [String] = []
        for saying in ["menu", "xyzzy", "xyzzy", "cut tomorrow 10:00", "yes", "my bookings", "cancel my booking"] {
            titles += try salon.hear(.text(saying)).messages.flatMap(\.choices).map(\.title)
        }
        for saying in ["move my appointment", "more", "friday"] {
            titles += try salon.hear(.text(saying)).messages.flatMap(\.choices).map(\.title)
        }
        #expect(titles.count > 30)
        #expect(titles.filter { $0.hasSuffix("…") }.isEmpty)
    }

    @Test("A turn that broke off after it was done wants the same again") func again() throws {
        var salon = try PretendSalon()
        try salon.hear(.text("cut tomorrow"))
        let before = salon.state
        try salon.hear(.text("15:30"))
        let held = salon.effects
        salon.state = before
        try salon.hear(.text("15:30"))
        #expect(salon.effects == held + held)
    }

    @Test("A state of another version, or none at all, begins anew")
    func versions() {
        #expect(DialogueState(kept: nil) == DialogueState())
        #expect(DialogueState(kept: #"{"version":2,"step":"person"}"#) == DialogueState())
        #expect(DialogueState(kept: #"{"version":1,"step":"person"}"#).step == .person)
        #expect(DialogueState(kept: #"{"version":1,"step":"dreaming"}"#) == DialogueState())
        #expect(DialogueState(kept: "[") == DialogueState())
    }
}
