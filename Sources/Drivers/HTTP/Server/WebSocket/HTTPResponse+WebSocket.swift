extension HTTPResponse {
    /// Changes to a WebSocket, which `handler` speaks until it returns; or says why the request cannot have one.
    ///
    ///     router.get("/v1/live", "What happens, as it does.") { request in
    ///         try .webSocket(request) { socket in
    ///             for await message in socket.messages { try await socket.send(message) }
    ///         }
    ///     }
    ///
    /// A page of another host is refused unless `allows` says otherwise, because a browser sends its cookies along from
    /// any page. Of `protocols` the first one that the client offers is spoken.
    public static func webSocket(
        _ request: HTTPRequest, limits: WebSocketLimits = WebSocketLimits(), protocols: [String] = [],
        allows: (HTTPRequest) -> Bool = { $0.comesFromItsOwnHost }, _ handler: @escaping WebSocket.Handler
    ) throws(HTTPProblem) -> HTTPResponse {
        let answer = try WebSocketHandshake.accept(request)
        guard allows(request) else { throw HTTPProblem(.forbidden, "pages of this origin may not connect") }
        var response = HTTPResponse(
            HTTPStatus(101), headers: ["Upgrade": "websocket", "Sec-WebSocket-Accept": answer])
        if let chosen = WebSocketHandshake.chosen(protocols, request) {
            response.headers.append("Sec-WebSocket-Protocol", chosen)
        }
        response.upgrade = HTTPUpgrade { stream, early, loop in
            let socket = WebSocket(.server, over: stream, limits: limits, on: loop)
            try await socket.run(early: early, handler)
        }
        return response
    }
}

extension HTTPRequest {
    /// Whether it comes from a page of the host that it goes to, or from no page at all.
    public var comesFromItsOwnHost: Bool { WebSocketHandshake.isSameOrigin(self) }
}
