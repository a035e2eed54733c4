import Basics
import HTTPTestSupport
import Testing

@testable import HTTP

@Suite struct HTTPCompressionTests {
    private static let text = String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 5000)

    private static var router: HTTPRouter {
        var router = HTTPRouter()
        let compression = HTTPCompression()
        router.wrap { await compression($0, $1) }
        router.get("/small", "Too small.") { _ in .text("hello") }
        router.get("/text", "In one go.") { _ in
            var response = HTTPResponse.text(String(text.prefix(10_000)))
            response.headers["ETag"] = "\"1\""
            return response
        }
        router.get("/large", "In slices.") { _ in .text(text) }
        router.get("/pieces", "As it comes.") { _ in
            .stream(headers: ["Content-Type": "application/json; charset=utf-8"]) { writer in
                for number in 0..<3 { try await writer.write("{\"number\":\(number)}") }
            }
        }
        router.get("/image", "No text.") { _ in
            HTTPResponse(.ok, headers: ["Content-Type": "image/png"], body: Array(text.utf8))
        }
        router.get("/fixed", "Not to be changed.") { _ in
            var response = HTTPResponse.text(text)
            response.headers["Cache-Control"] = "public, no-transform"
            return response
        }
        return router
    }

    @Test("Text comes back as it was, and smaller, when the client wants it", arguments: HTTPTestMode.allCases)
    func compressed(mode: HTTPTestMode) async throws {
        try await HTTPTestClient.run(mode, Self.router.respond) { client in
            for (target, text) in [
                ("/text", String(Self.text.prefix(10_000))), ("/large", Self.text),
                ("/pieces", #"{"number":0}{"number":1}{"number":2}"#),
            ] {
                let response = try await client.get(target, headers: ["Accept-Encoding": "gzip, deflate, br"])
                #expect(response.headers["Content-Encoding"] == "gzip" && response.headers["Vary"] == "Accept-Encoding")
                #expect(try gunzip(response.body) == text, "\(target)")
                if target != "/pieces" { #expect(response.body.count < text.utf8.count / 10) }
                let plain = try await client.get(target)
                #expect(plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
                #expect(plain.text == text)
            }
            let tagged = try await client.get("/text", headers: ["Accept-Encoding": "gzip"])
            #expect(tagged.headers["ETag"] == "W/\"1\"")
            let head = try await client.send(.head, "/text", headers: ["Accept-Encoding": "gzip"])
            #expect(head.headers["Content-Encoding"] == "gzip" && head.body.isEmpty)
        }
    }

    @Test("A piece of a stream can be read before the next one exists")
    func pieceByPiece() async throws {
        try await HTTPTestClient.run(.handler, Self.router.respond) { client in
            try await client.stream(.get, "/pieces", headers: ["Accept-Encoding": "gzip"]) { stream in
                let piece = try await stream.next() ?? []
                #expect(try gunzip(piece, isWhole: false) == #"{"number":0}"#)
            }
        }
    }

    @Test("What gains nothing, or may not be changed, is left alone", arguments: ["/small", "/image", "/fixed"])
    func leftAlone(target: String) async throws {
        try await HTTPTestClient.run(.handler, Self.router.respond) { client in
            let response = try await client.get(target, headers: ["Accept-Encoding": "gzip"])
            #expect(response.headers["Content-Encoding"] == nil)
        }
    }

    @Test(
        "The client's weights decide",
        arguments: [
            ("gzip", true), ("GZIP;Q=1", true), ("x-gzip", true), ("*", true), ("gzip;q=0.001", true),
            ("gzip;q=0.5, identity;q=0.5", true), ("br, deflate;q=0.5, gzip;q=0.2", true), ("", false),
            ("gzip;q=0", false), ("*;q=0", false), ("gzip;q=0, *", false), ("identity", false), ("br", false),
            ("gzip;q=0.5, identity", false), ("gzip;q=2", false), ("gzip;q=0.1234", false), ("gzip;q=-1", false),
        ])
    func weights(field: String, wanted: Bool) {
        #expect(HTTPAcceptedCodings.preferGzip(["Accept-Encoding": field]) == wanted)
    }

    @Test("A client that names no coding gets none")
    func unnamed() { #expect(!HTTPAcceptedCodings.preferGzip([:])) }
}
