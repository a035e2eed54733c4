import Basics
import Testing

@Suite struct SuggestionTests {
    private static let commands = ["up", "down", "status", "logs", "health", "reset", "restore"]

    @Test(
        "A word with few wrong letters finds the one that was meant",
        arguments: [
            ("statsu", "status"), ("satus", "status"), ("statuss", "status"), ("STATUS", "status"), ("lgos", "logs"),
            ("helth", "health"), ("restor", "restore"), ("reste", "reset"),
        ])
    func near(word: String, meant: String) {
        #expect(nearest(to: word, among: SuggestionTests.commands) == meant)
        #expect(didYouMean(word, among: SuggestionTests.commands) == "did you mean \"\(meant)\"?")
    }

    @Test("A word that is like none gets no suggestion", arguments: ["", "x", "migrate", "backup", "stxxxs"])
    func far(word: String) {
        #expect(didYouMean(word, among: SuggestionTests.commands) == nil)
    }

    @Test("Of words that are equally near the first in the alphabet is taken")
    func tie() {
        #expect(nearest(to: "cat", among: ["rat", "bat", "hat"]) == "bat")
        #expect(nearest(to: "cat", among: [String]()) == nil)
    }
}
