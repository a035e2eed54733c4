import Basics
import HTTP
import HTTPTestSupport
import Testing

@Suite struct HTTPRouterTests {
    private static var router: HTTPRouter {
        var router = HTTPRouter()
        router.get("/", "greets") { _ in .text("hello") }
        router.get("/v1/salons/{id}", "shows a salon") { request in
            .json(["salon": .integer(try request.parameter("id", as: Int.self))])
        }
        router.get("/v1/salons/new", "shows the form") { _ in .text("form") }
        router.add(.delete, "/v1/salons/{salon}", "removes a salon") { request in
            .text("removed \(try request.parameter("salon", as: String.self))")
        }
        router.get("/v1/salons/{id}/staff/{member}", "shows a person") { request in
            .text("\(request.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })")
        }
        router.post("/v1/echo", "gives the body back") { .json(try $0.json()) }
        router.get("/broken", "fails") { _ in throw ParlorError(.database, "the password is swordfish") }
        router.get("/taken", "refuses") { _ in
            throw HTTPProblem(
                .conflict, "the slot is taken", type: "https://parlor.example/slot-taken", title: "Slot taken",
                members: [.init("next", "10:30")], headers: ["Retry-After": "5"])
        }
        return router
    }

    private func run(
        _ mode: HTTPTestMode, _ body: @escaping @Sendable (HTTPTestClient) async throws -> Void
    ) async throws {
        try await HTTPTestClient.run(mode, Self.router.respond, body)
    }

    @Test("A request reaches its route with its parameters", arguments: HTTPTestMode.allCases)
    func routes(mode: HTTPTestMode) async throws {
        try await run(mode) { client in
            #expect(try await client.get("/").text == "hello")
            #expect(try await client.get("/v1/salons/42").json() == ["salon": 42])
            #expect(try await client.get("/v1/salons/new").text == "form")
            #expect(try await client.send(.delete, "/v1/salons/a%2Fb").text == "removed a/b")
            let staff = try await client.get("/v1/salons/7/staff/%C3%9C?id=9")
            #expect(staff.text == #"["id=7", "member=Ü"]"#)
        }
    }

    @Test("What has no route is a 404 problem", arguments: HTTPTestMode.allCases)
    func notFound(mode: HTTPTestMode) async throws {
        try await run(mode) { client in
            for target in [
                "/v2", "/v1", "/v1/salons/", "/v1/salons/1/staff", "/v1/salons/1/staff/2/x", "//", "/V1/echo",
            ] {
                let response = try await client.get(target)
                #expect(response.status == .notFound, "\(target)")
                #expect(response.headers["content-type"] == "application/problem+json")
                let problem: JSON = ["title": "Not Found", "status": 404, "detail": "nothing stands at this path"]
                #expect(try response.json() == problem)
            }
        }
    }

    @Test("A method that a path does not have is a 405 that lists what it has", arguments: HTTPTestMode.allCases)
    func methodNotAllowed(mode: HTTPTestMode) async throws {
        try await run(mode) { client in
            let response = try await client.send(.put, "/v1/salons/1")
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers["Allow"] == "DELETE, GET, HEAD")
            #expect(try response.json()["status"] == 405)
            let all = try await client.send(.options, "*")
            #expect(all.status == .noContent)
            #expect(all.headers["Allow"] == "DELETE, GET, HEAD, POST")
        }
    }

    @Test("HEAD is answered like GET, without the body", arguments: HTTPTestMode.allCases)
    func head(mode: HTTPTestMode) async throws {
        try await run(mode) { client in
            let response = try await client.send(.head, "/")
            #expect(response.status == .ok)
            #expect(response.headers["Content-Type"] == "text/plain; charset=utf-8")
            #expect(response.body.isEmpty)
        }
    }

    @Test("Wrong input is a 400 that says what, and a problem keeps all its members", arguments: HTTPTestMode.allCases)
    func problems(mode: HTTPTestMode) async throws {
        try await run(mode) { client in
            let salon = try await client.get("/v1/salons/x")
            #expect(salon.status == .badRequest)
            #expect(try salon.json()["detail"] == #"the path's "id" has a wrong form"#)
            let echo = try await client.send(.post, "/v1/echo", body: "{")
            #expect(echo.status == .badRequest)
            #expect(try echo.json()["detail"]?.text?.hasPrefix("this JSON cannot be read") == true)
            let taken = try await client.get("/taken")
            #expect(taken.headers["Retry-After"] == "5")
            #expect(
                taken.text == #"{"type":"https://parlor.example/slot-taken","title":"Slot taken","status":409,"#
                    + #""detail":"the slot is taken","next":"10:30"}"#)
        }
    }

    @Test("What middleware refuses is not read", arguments: [HTTPTestMode.handler, .port])
    func unread(mode: HTTPTestMode) async throws {
        var router = HTTPRouter()
        router.wrap { request, next in
            request.headers["Authorization"] == nil ? .problem(.unauthorized) : await next(request)
        }
        router.post("/", "takes much") { .text("\($0.body.count)") }
        try await HTTPTestClient.run(mode, router.respond) { client in
            let isRead = Box(false)
            try await client.stream(
                .post, "/",
                body: {
                    // The first piece travels with the head over a socket; without one, nobody asks for it.
                    defer { isRead.value = true }
                    return isRead.value ? nil : [1]
                }
            ) { #expect($0.head.status == .unauthorized) }
            #expect(!isRead.value || mode != .handler)
        }
    }

    @Test("An error inside is a bare 500 for the client, and is reported with its route")
    func failure() async throws {
        let reported = Box<[String]>([])
        var router = HTTPRouter { error, request in
            reported.value.append("\(request.route.map(String.init(describing:)) ?? "-"): \(error)")
        }
        router.get("/a/{b}", "fails") { _ in throw ParlorError(.database, "swordfish") }
        let response = await router.respond(to: HTTPRequest(.get, try #require(HTTPTarget("/a/1"))))
        #expect(response.text == #"{"title":"Internal Server Error","status":500}"#)
        #expect(reported.value == ["GET /a/{b}: swordfish"])
    }

    @Test("Middleware wraps in order, knows the route, and may answer itself", arguments: HTTPTestMode.allCases)
    func middleware(mode: HTTPTestMode) async throws {
        var router = Self.router
        router.wrap { request, next in
            var response = await next(request)
            response.headers["X-Route"] = request.route?.pattern.description ?? "none"
            response.headers["X-Order"] = "outer " + (response.headers["X-Order"] ?? "")
            return response
        }
        router.wrap { request, next in
            if request.headers["Authorization"] == nil { return .problem(.unauthorized) }
            var response = await next(request)
            response.headers["X-Order"] = "inner"
            return response
        }
        try await HTTPTestClient.run(mode, router.respond) { client in
            let known = try await client.get("/v1/salons/1", headers: ["Authorization": "x"])
            #expect(known.headers["X-Route"] == "/v1/salons/{id}")
            #expect(known.headers["X-Order"] == "outer inner")
            let unknown = try await client.get("/nowhere", headers: ["Authorization": "x"])
            #expect(unknown.headers["X-Route"] == "none")
            #expect(try await client.get("/").status == .unauthorized)
        }
    }

    @Test("The table lists its routes in order")
    func list() {
        let lines = Self.router.routes.prefix(4).map { "\($0) – \($0.summary)" }
        #expect(
            lines == [
                "GET / – greets", "GET /v1/salons/{id} – shows a salon", "GET /v1/salons/new – shows the form",
                "DELETE /v1/salons/{salon} – removes a salon",
            ])
    }

    private enum Room: String, HTTPPathValue { case chair, mirror }

    private static let salon = HTTPPathParameter<Int>("salon")
    private static let room = HTTPPathParameter<Room>("room")

    @Test(
        "A typed parameter takes its values, and what is none leads elsewhere or nowhere",
        arguments: HTTPTestMode.allCases)
    func typed(mode: HTTPTestMode) async throws {
        var router = HTTPRouter()
        router.get("/salons/{name}", "by name") { .text("name \(try $0.parameter("name", as: String.self))") }
        router.get("/salons/\(Self.salon)", "by number") { .text("number \(try $0.parameter(Self.salon) + 1)") }
        router.get("/salons/\(Self.salon)/\(Self.room)", "a room") { request in
            .text("\(try request.parameter(Self.salon)) \(try request.parameter(Self.room).rawValue)")
        }
        router.get("/wrong", "asks for what it has not") { .text("\(try $0.parameter(Self.salon))") }
        router.get("/files/{path...}", "all below") { .text(try $0.parameter("path")) }
        try await HTTPTestClient.run(mode, router.respond) { client in
            for (target, answer) in [
                ("/salons/41", "number 42"), ("/salons/-1", "number 0"), ("/salons/041", "name 041"),
                ("/salons/+1", "name +1"), ("/salons/99999999999999999999", "name 99999999999999999999"),
                ("/salons/1/chair", "1 chair"), ("/salons/1/sofa", nil), ("/salons/x/chair", nil),
                ("/files/a", "a"), ("/files/a/b%20c", "a/b c"), ("/files/", nil), ("/files", nil), ("/files/a//b", nil),
                ("/files/a%2Fb", nil),
            ] {
                let response = try await client.get(target)
                #expect(response.status == (answer == nil ? .notFound : .ok), "\(target)")
                if let answer { #expect(response.text == answer, "\(target)") }
            }
            let wrong = try await client.get("/wrong")
            #expect(wrong.status == .internalServerError)
        }
        #expect(
            router.routes.map { "\($0)\($0.pattern.parameters.map { " \($0.name): \($0.type)" }.joined())" } == [
                "GET /salons/{name} name: text", "GET /salons/{salon} salon: integer",
                "GET /salons/{salon}/{room} salon: integer room: text", "GET /wrong", "GET /files/{path...} path: path",
            ])
    }

    @Test(
        "What is no pattern is refused",
        arguments: ["", "a", "/{", "/{}", "/a{b}", "/{b}c", "/{a b}", "/{a}/{a}", "/{a...}/b", "/{...}", "/{a}/{a...}"])
    func patterns(text: String) {
        #expect(HTTPRoutePattern(text) == nil)
    }

    @Test("A second route for the same requests stops the program at its start")
    func twice() async {
        await #expect(processExitsWith: .failure) {
            var router = HTTPRouter()
            router.get("/{a}", "one") { _ in .text("one") }
            router.get("/{b}", "two") { _ in .text("two") }
        }
    }
}
