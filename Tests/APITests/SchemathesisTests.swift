import Basics
import Configuration
import Foundation
import HTTP
import Loop
import Telemetry
import Testing

@testable import API

/// A peer that knows nothing of this program reads the document, and tries what it promises: values as they should be,
/// values as they should not be, and sequences of requests that follow from each other.
@Suite("What schemathesis makes of the API", .longSearch) struct SchemathesisTests {
    private static let seed = 20_261_122
    private static let examples = 12

    @Test("Everything that it sends is answered as the document says, and nothing by a 500")
    func search() async throws {
        try await TestedAPI.run { configuration in
            (configuration.api.readsPerMinute, configuration.api.writesPerMinute) = (1_000_000, 1_000_000)
            configuration.api.signInsPerMinute = 1_000_000
            configuration.sealing.keys = SealingSecrets("1=\(String(repeating: "0123456789abcdef", count: 4))")
        } _: { api in
            try await api.sql("UPDATE users SET is_platform_admin = true RETURNING id::text")
            _ = try await api.furnish()
            let result = try await Self.serving(api) { port in
                try await Self.run(port: port, salon: "\(api.salons[0])", token: api.tokens[.owner] ?? "")
            }
            #expect(result.status == 0, "\(result.output)")
            #expect(try await api.get("\(api.salon)/bookings").status == .ok, "the search did not lock itself out")
            #expect(api.log.records.filter { $0.level >= .error }.isEmpty)
            print("schemathesis, seed \(Self.seed): \(result.output.suffix(1500))")
        }
    }

    /// Runs `body` while the API is served on a port, on the loop that it lives on.
    private static func serving<Result: Sendable>(
        _ api: TestedAPI, _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let server = try await api.loop.perform { [loop = api.loop, router = api.router] in
            try HTTPServer(at: .tcp(host: "127.0.0.1", port: 0), on: loop) { await router.respond(to: $0) }
        }
        guard case .tcp(_, let port) = server.address else { throw ParlorError(.usage, "there is no port") }
        async let running: Void = api.loop.perform { try await server.run() }
        defer { server.shutDown(within: .zero) }
        let result = try await body(port)
        server.shutDown(within: .zero)
        try await running
        return result
    }

    private static func run(port: Int, salon: String, token: String) async throws -> (status: Int32, output: String) {
        let here = Files.parent(of: #filePath)
        let folder = "\(here)/../../.build/schemathesis"
        let program = try await run("/bin/bash", ["\(here)/schemathesis", folder])
        guard program.status == 0 else {
            throw ParlorError(
                .programFailed, "schemathesis could not be installed", why: program.output,
                hint: "Let Tests/APITests/schemathesis reach a package index.")
        }
        let settings = "\(folder)/\(UUID().uuidString).toml"
        // What the document cannot say is which salon there is, and what follows from the clock, from other rows and from
        // cursors: so values that fit it may be refused, and are not held against it.
        try Files.writeAtomically(
            Array(
                """
                [parameters]
                "path.salon" = "\(salon)"
                [checks.missing_required_header]
                expected-statuses = [400, 401, 403, 406, 415, 422, 428]
                """.utf8), to: settings)
        defer { try? Files.remove(settings) }
        return try await run(
            program.output.trimmingCharacters(in: .whitespacesAndNewlines),
            [
                "--config-file", settings, "run", "http://127.0.0.1:\(port)/v1/openapi.json", "--seed", "\(seed)",
                "--max-examples", "\(examples)", "-H", "Authorization: Bearer \(token)", "--no-color",
                "--generation-database", "none", "--continue-on-failure", "--suppress-health-check", "all",
                "--exclude-checks", "positive_data_acceptance", "--warnings", "off",
                "--exclude-operation-id", "signOut", "--exclude-operation-id", "signOutEverywhere",
                "--exclude-operation-id", "rotateSession",
            ], in: folder)
    }

    private static func run(
        _ program: String, _ arguments: [String], in folder: String = "/tmp"
    ) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        // On a thread of its own, because it waits.
        return try await Task.detached {
            let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: output, as: UTF8.self))
        }.value
    }
}

extension Trait where Self == ConditionTrait {
    /// Longer than everybody would wait for: `PARLOR_FAULTS=1` has it run.
    fileprivate static var longSearch: Self {
        .enabled(if: getenv("PARLOR_FAULTS") != nil, "a long search; ./parlor test --faults runs it")
    }
}
