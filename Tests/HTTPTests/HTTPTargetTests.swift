import HTTP
import Testing

@Suite struct HTTPTargetTests {
    @Test(
        "A path is taken apart and decoded",
        arguments: [
            ("/", [""]), ("/a/b", ["a", "b"]), ("/a/", ["a", ""]), ("/caf%C3%A9/x%2Fy", ["café", "x/y"]),
            ("/a+b", ["a+b"]), ("/.well-known/x..y", [".well-known", "x..y"]), ("/a?b/../c", ["a"]),
        ] as [(String, [String])])
    func segments(text: String, segments: [String]) throws {
        #expect(try #require(HTTPTarget(text)).segments == segments)
    }

    @Test(
        "A query is taken apart and decoded",
        arguments: [
            ("/", []), ("/?", []), ("/?a", [("a", "")]), ("/?a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
            ("/?q=a+b%26c=d&&", [("q", "a b&c=d")]), ("/?filter[x]=%F0%9F%92%87", [("filter[x]", "💇")]),
        ] as [(String, [(String, String)])])
    func query(text: String, items: [(String, String)]) throws {
        let target = try #require(HTTPTarget(text))
        #expect(target.queryItems == items.map { HTTPTarget.QueryItem($0.0, $0.1) })
        #expect(target.description == text)
    }

    @Test(
        "What is no target is refused",
        arguments: [
            "", "a", "http://host/", "host:443", "/a b", "/a#b", "/a?b#c", "/%", "/%4", "/%zz", "/%00", "/?%00",
            "/?a=%",
            "/%ff", "/?%C3", "/..", "/a/../b", "/./a", "/%2e%2E/a", "/a/.%2e", "/é", "/a\"", "/<a>", "/a\\b", "**",
            "/a\u{7F}",
        ])
    func refused(text: String) {
        #expect(HTTPTarget(text) == nil)
    }

    @Test("A target that is made of texts reads back as the same texts")
    func made() throws {
        let target = try #require(HTTPTarget(segments: ["a/b", "ü ?"], query: [.init("k&", "v=+ %")]))
        #expect(target.segments == ["a/b", "ü ?"])
        #expect(target.queryItems == [.init("k&", "v=+ %")])
        #expect(HTTPTarget(segments: [".."]) == nil)
    }
}
