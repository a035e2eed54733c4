import Basics
import Loop

/// What becomes of a connection for which there is no place.
extension HTTPServerConnection {
    private static let crowded = HTTPProblem(
        .serviceUnavailable, "too many connections are open", headers: ["Retry-After": "1"])

    /// Says that there are too many connections, or answers the one request that is urgent.
    func refuse() async {
        defer { close() }
        do {
            guard let request = try await urgentRequest() else { return try await answer(Self.crowded) }
            var response = await server.handler(request)
            response.headers["Connection"] = "close"
            _ = try await send(response, to: request, nil)
        } catch let fault as HTTPFault {
            try? await answer(fault)
        } catch {
            // The client has left, or said nothing for as long as it was listened to.
        }
    }

    /// The request, when it is urgent.
    private func urgentRequest() async throws -> HTTPRequest? {
        guard let isUrgent = server.isUrgent else { return nil }
        deadline.move(to: limits.linger)
        defer { deadline.lift() }
        while true {
            switch parser.next() {
            case .head(var request, .none):
                request.peer = socket.peer
                return isUrgent(request) ? request : nil
            case .fault(let fault): throw fault
            case .needMore: guard try await receive(atMost: 16_384) > 0 else { return nil }
            case .head, .body, .end: return nil
            }
        }
    }
}
