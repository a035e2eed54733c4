import Basics
import Glibc
import HTTPTestSupport
import Loop
import TestSupport
import Testing

@testable import HTTP

@Suite struct HTTPFilesTests {
    private static let numbers = (0..<300_000).map { "\($0 % 10)" }.joined()

    /// Runs `body` with a client for the files of a new folder, whose path it gets.
    private func run(
        _ mode: HTTPTestMode = .handler,
        _ body: @escaping @Sendable (HTTPTestClient, String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            for name in ["page/.well-known", "page/sub"] { try Files.makeFolder("\(folder)/\(name)") }
            for (name, text) in [
                ("page/index.html", "<p>hello"), ("page/sub/a b.txt", "ab"), ("page/numbers.css", Self.numbers),
                ("page/empty.bin", ""), ("page/.secret", "swordfish"), ("page/.well-known/x", "known"),
                ("outside", "swordfish"),
            ] {
                try Files.writeAtomically(text, to: "\(folder)/\(name)")
            }
            symlink("../outside", "\(folder)/page/link")
            symlink("..", "\(folder)/page/sub/up")
            mkfifo("\(folder)/page/pipe", 0o600)
            try await HTTPTestClient.run(mode, making: { Self.router("\(folder)/page", on: $0).respond }) { client in
                try await body(client, folder)
            }
        }
    }

    private static func router(_ folder: String, on loop: EventLoop) -> HTTPRouter {
        let files = HTTPFiles(in: folder, on: loop)
        var router = HTTPRouter()
        router.get("/", "The page.") { try await files.respond(to: $0, path: "index.html") }
        router.get("/{path...}", "Its files.") { request in
            try await files.respond(to: request, path: request.parameter("path"))
        }
        return router
    }

    @Test("Files come whole, with their type and what tells their state", arguments: HTTPTestMode.allCases)
    func whole(mode: HTTPTestMode) async throws {
        try await run(mode) { client, _ in
            let cases = [
                ("/", "<p>hello", "text/html; charset=utf-8"), ("/sub/a%20b.txt", "ab", "text/plain; charset=utf-8"),
                ("/numbers.css", Self.numbers, "text/css; charset=utf-8"),
                ("/empty.bin", "", "application/octet-stream"),
                ("/.well-known/x", "known", "application/octet-stream"),
            ]
            for (target, text, type) in cases {
                let response = try await client.get(target)
                #expect(response.status == .ok && response.text == text, "\(target)")
                #expect(response.headers["Content-Type"] == type)
                #expect(response.headers["ETag"]?.hasPrefix("\"") == true)
                #expect(response.headers["Last-Modified"].flatMap(HTTPDate.moment) != nil)
                #expect(response.headers["Accept-Ranges"] == "bytes")
            }
            let head = try await client.send(.head, "/numbers.css")
            #expect(head.body.isEmpty)
            if mode != .handler { #expect(head.headers["Content-Length"] == "300000") }
        }
    }

    @Test(
        "No name leads out of the folder or to what is no file for everybody",
        arguments: [
            "/link", "/sub/up/outside", "/sub/up/page/index.html", "/.secret", "/sub", "/pipe", "/missing",
            "/index.html/x", "/%2e%2e%2foutside", "/sub%2F..%2Findex.html", "/sub%2Fa%20b.txt", "/a%5c..%5coutside",
            "/sub//a%20b.txt", "//outside", "/.well-known/.secret", "/page/.well-known/x",
        ])
    func nowhere(target: String) async throws {
        try await run { client, _ in
            let response = try await client.get(target)
            #expect(response.status == .notFound && !response.text.contains("swordfish"))
        }
    }

    @Test("A part is sent alone", arguments: [HTTPTestMode.handler, .port])
    func ranges(mode: HTTPTestMode) async throws {
        try await run(mode) { client, _ in
            for (range, text, field) in [
                ("bytes=0-3", "0123", "bytes 0-3/300000"), ("bytes=299998-", "89", "bytes 299998-299999/300000"),
                ("bytes=-1", "9", "bytes 299999-299999/300000"), ("BYTES=1-1", "1", "bytes 1-1/300000"),
            ] {
                let response = try await client.get("/numbers.css", headers: ["Range": range])
                #expect(response.status == .partialContent && response.text == text, "\(range)")
                #expect(response.headers["Content-Range"] == field)
            }
            for range in ["bytes=0-1,4-5", "lines=1-2", "bytes=3-2", "bytes=a-b", "bytes=-", "bytes"] {
                let response = try await client.get("/numbers.css", headers: ["Range": range])
                #expect(response.status == .ok && response.body.count == 300_000, "\(range)")
            }
            let beyond = try await client.get("/numbers.css", headers: ["Range": "bytes=300000-"])
            #expect(beyond.status == .rangeNotSatisfiable)
            #expect(beyond.headers["Content-Range"] == "bytes */300000")
        }
    }

    @Test("What the client has already is not sent again, and what it relies on must still be there")
    func conditions() async throws {
        try await run { client, folder in
            let first = try await client.get("/index.html")
            let tag = try #require(first.headers["ETag"])
            let moment = try #require(first.headers["Last-Modified"])
            let past = "Sun, 06 Nov 1994 08:49:37 GMT"
            for (headers, status) in [
                (["If-None-Match": tag], 304), (["If-None-Match": "W/\(tag)"], 304), (["If-None-Match": "*"], 304),
                (["If-None-Match": "\"x,y\", \(tag)"], 304), (["If-None-Match": "\"x\""], 200),
                (["If-Modified-Since": moment], 304), (["If-Modified-Since": past], 200),
                (["If-Modified-Since": "soon"], 200), (["If-None-Match": "\"x\"", "If-Modified-Since": moment], 200),
                (["If-Match": tag], 200), (["If-Match": "*"], 200), (["If-Match": "W/\(tag)"], 412),
                (["If-Match": "\"x\""], 412), (["If-Unmodified-Since": past], 412),
                (["If-Unmodified-Since": moment], 200), (["Range": "bytes=0-0", "If-Range": tag], 206),
                (["Range": "bytes=0-0", "If-Range": "W/\(tag)"], 200),
                (["Range": "bytes=0-0", "If-Range": moment], 206),
                (["Range": "bytes=0-0", "If-Range": past], 200),
            ] as [(HTTPHeaders, Int)] {
                let response = try await client.get("/index.html", headers: headers)
                #expect(response.status.code == status, "\(headers.fields)")
                if status == 304 { #expect(response.body.isEmpty && response.headers["ETag"] == tag) }
            }
            try Files.writeAtomically("<p>other", to: "\(folder)/page/index.html")
            let second = try await client.get("/index.html", headers: ["If-None-Match": tag])
            #expect(second.text == "<p>other" && second.headers["ETag"] != tag)
        }
    }

    @Test("A file that becomes shorter while it is sent cuts the response", arguments: [HTTPTestMode.handler, .path])
    func shortened(mode: HTTPTestMode) async throws {
        try await run(mode) { client, folder in
            let path = "\(folder)/page/large.bin"
            try Files.writeAtomically([UInt8](repeating: 1, count: 20_000_000), to: path)
            await #expect(throws: ParlorError.self) {
                try await client.stream(.get, "/large.bin") { stream in
                    _ = try await stream.next()
                    truncate(path, 0)
                    while try await stream.next() != nil {}
                }
            }
        }
    }
}
