import Testing

@testable import Seed

@Suite("The words of a seed")
struct WordTests {
    private func written(_ phrase: Phrase) -> String {
        var buffer = CopyBuffer()
        phrase.write(into: &buffer) { $1.append(Array("<\($0.rawValue)>".utf8)) }
        return String(decoding: buffer.bytes, as: UTF8.self)
    }

    @Test("A sentence is filled in at its places")
    func places() {
        #expect(written("Is {service} free on {day}?") == "Is <service> free on <day>?")
        #expect(written("{name}") == "<name>")
        #expect(written("") == "")
    }

    @Test("No sentence has a place that is not known, or anything that JSON would have to escape", arguments: 0..<4)
    func phrases(number: Int) {
        let language = Language.all[number]
        var texts = Intent.allCases.flatMap { intent in
            (language.dialogue(of: intent).questions + language.dialogue(of: intent).answers).map(written)
        }
        texts += Template.all.map { written($0.phrase(in: language)) }
        texts += (language.greetings + language.endings + language.weekdays).map(\.text)
        texts += (language.firstNames + language.lastNames).map(\.text)
        for words in language.trades.values {
            texts += (words.services + words.menu).map(\.text) + words.salonNames.map(written)
        }
        for text in texts {
            #expect(!text.contains { "{}\"\\\n".contains($0) }, "\(text)")
        }
    }

    @Test("Every language has everything that can be said", arguments: 0..<4)
    func complete(number: Int) {
        let language = Language.all[number]
        #expect(language.weekdays.count == 7)
        #expect(Set(language.dialogues.keys) == Set(Intent.allCases))
        for dialogue in language.dialogues.values {
            #expect(!dialogue.questions.isEmpty && !dialogue.answers.isEmpty)
        }
        for trade in Trade.allCases {
            #expect(language.trades[trade]?.services.count == trade.offers.count)
            #expect(language.trades[trade]?.menu.count == trade.offers.count)
        }
    }

    @Test("On a list services stand without an article")
    func menu() {
        #expect(Language.english.trades[.barber]?.menu.map(\.text).first == "Clipper cut")
        #expect(Language.spanish.trades[.nails]?.menu.map(\.text)[3] == "Uñas de gel")
    }
}
