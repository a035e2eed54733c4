import Basics
import HTTP
import Postgres
import Testing

@testable import API

@Suite("The page about the API") struct APIDocumentationTests {
    private static let page =
        "\(Files.parent(of: Files.parent(of: Files.parent(of: #filePath))))/docs/api.md"

    /// A command of the page as a request: its method, path, headers and body.
    private struct Command {
        var method = HTTPMethod.get
        var path = ""
        var headers: HTTPHeaders = [:]
        var body: String?

        /// Reads a command of curl's as far as the page uses it; nil for anything else.
        init?(_ text: String, _ values: [String: String]) {
            var words = Command.words(text.replacing("\\\n", with: " "))
            guard words.first == "curl" else { return nil }
            words.removeFirst()
            while !words.isEmpty {
                let word = Command.filled(words.removeFirst(), values)
                switch word {
                case "-s": break
                case "-X": method = HTTPMethod(rawValue: words.removeFirst())
                case "-H":
                    let parts = Command.filled(words.removeFirst(), values).split(separator: ": ", maxSplits: 1)
                    guard parts.count == 2 else { return nil }
                    headers.append(String(parts[0]), String(parts[1]))
                case "-d": body = Command.filled(words.removeFirst(), values)
                case _ where word.hasPrefix("/"): path = word
                default: return nil
                }
            }
            if body != nil, method == .get { method = .post }
        }

        private static func filled(_ word: String, _ values: [String: String]) -> String {
            values.reduce(word) { $0.replacing("$\($1.key)", with: $1.value) }
        }

        /// The words of a line, without their quotes.
        private static func words(_ text: String) -> [String] {
            var (words, word, quote): ([String], String, Character?) = ([], "", nil)
            for character in text {
                switch (character, quote) {
                case ("'", nil), ("\"", nil): quote = character
                case (_, character): quote = nil
                case (" ", nil), ("\n", nil):
                    if !word.isEmpty { words.append(word) }
                    word = ""
                default: word.append(character)
                }
            }
            return words + (word.isEmpty ? [] : [word])
        }
    }

    @Test("Every command of it does what it says")
    func commands() async throws {
        let text = try Files.readText(Self.page)
        let blocks = text.split(separator: "```sh\n").dropFirst().map { String($0.split(separator: "```")[0]) }
        #expect(blocks.count == 13)
        try await TestedAPI.run { api in
            let hash = try await api.hash("correct horse battery")
            try await api.sql(
                "UPDATE users SET password_hash = $1 WHERE email = 'owner@example.com' RETURNING email::text", hash)
            let token = try #require(api.tokens[.owner])
            let (service, conversation) = try await api.furnish()
            let key = try await api.send(
                .post, "\(api.salon)/api-keys", ["name": "Calendar", "scopes": ["calendar:read"]]
            ).json()["secret"]?.text
            // A whole quarter of an hour, a day from now.
            let quarter = (Timestamp.now().microseconds / 900_000_000 + 97) * 900
            let values = [
                "API": "", "TOKEN": token, "SALON": "\(api.salons[0])", "SERVICE": service,
                "CONVERSATION": conversation, "CALENDAR_KEY": try #require(key),
                "START": Timestamp(seconds: quarter).rfc3339,
            ]
            for block in blocks {
                let command = try #require(Command(block, values), "\(block)")
                let response = try await api.send(
                    command.method, command.path, as: .nobody, text: command.body, headers: command.headers)
                #expect(response.status.isSuccess, "\(block): \(response.text)")
            }
        }
    }
}
