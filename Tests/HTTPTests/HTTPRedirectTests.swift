import Testing

@testable import HTTP

@Suite struct HTTPRedirectTests {
    private func redirect(
        _ status: Int, _ location: String?, _ method: HTTPMethod = .get, from origin: String = "https://a.example"
    ) throws -> HTTPRedirect? {
        let request = HTTPRequest(
            method, try #require(HTTPTarget("/x/y?z")),
            headers: ["Authorization": "secret", "Cookie": "c", "Accept": "*/*", "Content-Type": "text/plain"])
        var response = HTTPResponse(HTTPStatus(status))
        response.headers["Location"] = location
        let endpoint = HTTPEndpoint.origin(try #require(HTTPOrigin(origin)))
        return HTTPRedirect(response, to: request, at: endpoint)
    }

    @Test(
        "A location is read against where the request went",
        arguments: [
            ("/p?q", "https://a.example", "/p?q"), ("w", "https://a.example", "/x/w"),
            ("https://b.example:444/p#f", "https://b.example:444", "/p"),
            ("https://A.example", "https://a.example", "/"),
            ("https://b.example?q", "https://b.example", "/?q"),
        ])
    func locations(location: String, origin: String, target: String) throws {
        let next = try #require(try redirect(302, location))
        #expect(next.endpoint == HTTPOrigin(origin).map(HTTPEndpoint.origin))
        #expect(next.request.target.description == target)
    }

    @Test("Credentials stay with their origin")
    func credentials() throws {
        #expect(try redirect(302, "/p")?.request.headers["Authorization"] == "secret")
        for location in ["https://b.example/", "https://a.example:444/"] {
            let headers = try #require(try redirect(307, location)).request.headers
            #expect(headers["Authorization"] == nil && headers["Cookie"] == nil && headers["Accept"] == "*/*")
        }
    }

    @Test(
        "What is no sound location is not followed",
        arguments: [
            nil, "", "//b.example/", "http://a.example/", "ftp://a.example/", "https://u:p@a.example/",
            "https:///x", "/../..", "/a b", "https://a.example:0/",
        ])
    func refused(location: String?) throws { #expect(try redirect(302, location) == nil) }

    @Test("Methods and bodies change as RFC 9110 says")
    func methods() throws {
        #expect(try redirect(303, "/", .put)?.request.method == .get)
        #expect(try redirect(303, "/", .head)?.request.method == .head)
        #expect(try redirect(301, "/", .post)?.request.method == .get)
        #expect(try redirect(302, "/", .post)?.keepsBody == false)
        #expect(try redirect(302, "/", .post)?.request.headers["Content-Type"] == nil)
        #expect(try redirect(302, "/", .put)?.request.method == .put)
        #expect(try redirect(308, "/", .post)?.request.method == .post)
        #expect(try redirect(307, "/", .post)?.keepsBody == true)
        #expect(try redirect(304, "/") == nil && redirect(300, "/") == nil)
    }

    @Test(
        "An origin is a scheme, a host and a port, and nothing more",
        arguments: [
            ("http://example.org", "http://example.org", "example.org"),
            ("HTTPS://Example.org:443/", "https://example.org", "example.org"),
            ("https://[::1]:8443", "https://[::1]:8443", "[::1]:8443"),
            ("http://127.0.0.1:80", "http://127.0.0.1", "127.0.0.1"),
        ])
    func origins(text: String, description: String, authority: String) {
        #expect(HTTPOrigin(text)?.description == description)
        #expect(HTTPOrigin(text)?.authority == authority)
    }

    @Test(
        "What is more or less than an origin is none",
        arguments: [
            "", "example.org", "http://", "http://a/b", "http://a:b", "http://a:65536", "http://u@a", "http://a b",
            "http://[a]", "http://[::1", "http://[::1]x", "http://a?b", "ws://a", "http://a:-1",
        ])
    func noOrigins(text: String) { #expect(HTTPOrigin(text) == nil) }
}
