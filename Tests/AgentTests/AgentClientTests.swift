import Basics
import Glibc
import HTTP
import HTTPTestSupport
import Loop
import Processes
import State
import TestSupport
import Testing

@testable import Agent

@Suite struct AgentClientTests {
    private func withState(_ body: @escaping @Sendable (StateFolder) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await body(try StateFolder.create("\(folder)/state", owner: geteuid()))
        }
    }

    /// Asks an agent's socket at which `handler` answers.
    private func ask(
        _ handler: @escaping HTTPServer.Handler, _ body: @escaping @Sendable (AgentClient) async throws -> Void
    ) async throws {
        try await withState { state in
            try await withHTTPServer(at: .path(state.agentSocket), handler) { _, loop in
                try await body(AgentClient(state, on: loop))
            }
        }
    }

    @Test("A running agent tells how its parts stand, and stops them when it is asked to")
    func agent() async throws {
        try await withState { state in
            try await EventLoop.onThread { loop in
                let part = SupervisedProgram(
                    PartDeclaration("sleeper", kind: "service", port: 3000),
                    program: { Program("/bin/sleep", ["1000"]) }, probe: {})
                let (changes, report) = AsyncStream.makeStream(of: PartStatus.self)
                let supervisor = Supervisor([part], stateFolder: state.path, on: loop) { report.yield($0) }
                let router = AgentControl.router(supervisor)
                let server = try HTTPServer(at: .path(state.agentSocket), on: loop) { await router.respond(to: $0) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await server.run() }
                    group.addTask {
                        await supervisor.run()
                        report.finish()
                        server.shutDown(within: .seconds(10))
                    }
                    for await change in changes where change.state == .ready { break }
                    let client = AgentClient(state, on: loop)
                    let status = try #require(try await client.status())
                    #expect(status.isHealthy && status.parts.map(\.name) == ["sleeper"])
                    #expect(status.parts[0].state == .ready && (status.parts[0].memory?.bytes ?? 0) > 4096)
                    #expect(status.parts[0].port == 3000 && status.parts[0].pid != nil)
                    #expect(try await client.stop())
                    try await group.waitForAll()
                    #expect(await supervisor.statuses.map(\.state) == [.stopped])
                    #expect(try await client.status() == nil)
                }
            }
        }
    }

    @Test("Without a socket there is no agent")
    func absent() async throws {
        try await withState { state in
            try await EventLoop.onThread { loop in
                let client = AgentClient(state, on: loop)
                let (status, isStopping) = (try await client.status(), try await client.stop())
                #expect(status == nil && !isStopping)
            }
        }
    }

    @Test("A socket at which nobody listens any more is no agent, and neither is a file in its place")
    func stale() async throws {
        try await withState { state in
            let descriptor = try bindAndForget(state.agentSocket)
            defer { close(descriptor) }
            try await EventLoop.onThread { loop in
                let client = AgentClient(state, on: loop)
                let (status, isStopping) = (try await client.status(), try await client.stop())
                #expect(status == nil && !isStopping)
                try Files.remove(state.agentSocket)
                try Files.writeAtomically("", to: state.agentSocket)
                let ofFile = try await client.status()
                #expect(ofFile == nil)
            }
        }
    }

    /// A socket as a killed agent leaves it: bound, and nobody listens.
    private func bindAndForget(_ path: String) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(descriptor >= 0 && status == 0)
        return descriptor
    }

    @Test(
        "An answer that is no status is an error",
        arguments: [
            (HTTPResponse.json(["hello": "world"]), ErrorCode.protocolViolation),
            (.problem(.internalServerError), .protocolViolation), (.problem(.notFound), .protocolViolation),
            (.text("hello"), .malformed), (HTTPResponse(.ok), .malformed),
        ])
    func nonsense(response: HTTPResponse, code: ErrorCode) async throws {
        try await ask({ _ in response }) { client in
            let error = await #expect(throws: ParlorError.self) { try await client.status() }
            #expect(error?.code == code)
        }
    }

    @Test(
        "Something else that answers was not asked to stop",
        arguments: [HTTPStatus.ok, .notFound, .internalServerError])
    func notStopped(status: HTTPStatus) async throws {
        try await ask({ _ in HTTPResponse(status) }) { client in
            let error = await #expect(throws: ParlorError.self) { try await client.stop() }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("What does not even speak HTTP is an error, and one that hangs up has just ended")
    func noHTTP() async throws {
        try await withState { state in
            try await EventLoop.onThread { loop in
                let listener = try Listener(at: .path(state.agentSocket), on: loop)
                defer { listener.close() }
                let client = AgentClient(state, on: loop)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        let error = await #expect(throws: ParlorError.self) { try await client.status() }
                        #expect(error?.code == .protocolViolation)
                        let nothing = try await client.status()
                        #expect(nothing == nil)
                    }
                    let garbler = try await listener.accept()
                    try await garbler.write(Array("220 mail.example.com ESMTP\r\n\r\n".utf8))
                    garbler.close()
                    try await listener.accept().close()
                    try await group.waitForAll()
                }
            }
        }
    }
}
