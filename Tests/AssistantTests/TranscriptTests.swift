import Assistant
import Messaging
import TestSupport
import Testing

/// Whole conversations as people see them. What stands in brackets is pressed.
@Suite("Conversations as customers read them") struct TranscriptTests {
    private static func transcript(_ salon: inout PretendSalon, _ sayings: [String]) throws -> String {
        var lines: [String] = []
        var choices: [(id: String, title: String)] = []
        for saying in sayings {
            lines.append("> \(saying)")
            let answer: DialogueAnswer
            if saying.hasPrefix("[") {
                let title = String(saying.dropFirst().dropLast())
                let choice = try #require(choices.first { $0.title == title }, "nothing to press says \(title)")
                answer = try salon.hear(.choice(choice.id))
            } else {
                answer = try salon.hear(.text(saying))
            }
            choices = answer.messages.flatMap(\.choices)
            lines += answer.messages.map { "\n\($0.seen)\n" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("Somebody books by pressing, moves by words and cancels, in English") func english() throws {
        var salon = try PretendSalon()
        expectGolden(
            try Self.transcript(
                &salon,
                [
                    "Hello", "[Book]", "[Cut]", "[tomorrow]", "[More]", "[14:00]", "[Confirm]", "Thank you!",
                    "Can I move my appointment to Friday at 3?", "how much is it?", "please cancel my appointment",
                    "[Yes, cancel]", "show my bookings",
                ]), "english")
        #expect(salon.facts.bookings.isEmpty)
    }

    @Test("Somebody names everything at once, in Spanish") func spanish() throws {
        var salon = try PretendSalon()
        expectGolden(
            try Self.transcript(
                &salon,
                [
                    "¡Hola! Quiero reservar cut mañana a las 15:30", "[Otra hora]", "16:00", "sí", "mis citas",
                    "[Cambiar]",
                    "viernes", "[10:30]", "¿Cuánto cuesta?", "hablar con una persona", "menú", "cancelar mi cita",
                    "[Mantener]",
                ]), "spanish")
        #expect(try salon.facts.bookings.map(\.start) == [salon.moment("2026-05-15T10:30")])
    }

    @Test("Somebody is not understood, and leaves in the middle, in Portuguese") func portuguese() throws {
        var salon = try PretendSalon(.portuguese)
        expectGolden(
            try Self.transcript(
                &salon,
                [
                    "xyzzy", "plugh", "[Menu]", "Quero agendar, por favor", "[Beard]", "15.5.", "às 11", "cancelar",
                    "Dá para marcar colour na quarta às 12h?", "sim", "Preciso remarcar meu horário", "2026-05-20",
                    "10h30", "obrigada!",
                ]), "portuguese")
        #expect(try salon.facts.bookings.map(\.start) == [salon.moment("2026-05-20T10:30")])
        #expect(salon.held.isEmpty)
    }

    @Test("Somebody is too late for a time, in Russian") func russian() throws {
        var salon = try PretendSalon(.english)
        salon.taken = [try salon.moment("2026-05-12T15:00")]
        expectGolden(
            try Self.transcript(
                &salon,
                [
                    "Здравствуйте! Хочу записаться", "[Colour]", "завтра", "в 15", "[10:30]", "меню",
                    "запишите на cut в среду",
                    "[12:00]", "да", "перенести запись", "ещё", "четверг", "[12:30]", "часы работы",
                    "отмените мою запись",
                    "да", "english please",
                ]), "russian")
        #expect(salon.facts.bookings.isEmpty)
        #expect(salon.held.isEmpty)
    }
}
