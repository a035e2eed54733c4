import Basics
import JSONText
import Processes
import Testing

@testable import Agent

@Suite struct SystemStatusTests {
    private let status = SystemStatus(
        parts: [
            PartStatus(
                name: "postgres", kind: "database", state: .ready, pid: 4711, port: 5432,
                since: Timestamp(seconds: 1_772_357_400), memory: .megabytes(212)),
            PartStatus(
                name: "service", kind: "service", state: .backingOff, port: 3000,
                since: Timestamp(seconds: 1_772_357_460), restarts: 2,
                lastRestartReason: "killed by signal 9 (SIGKILL)", detail: "killed by signal 9 (SIGKILL)"),
        ], isHealthy: false)

    @Test("The documented form has these members, in this order, and no others")
    func documented() {
        #expect(
            status.json.pretty == """
                {
                  "parts": [
                    {
                      "name": "postgres",
                      "kind": "database",
                      "state": "ready",
                      "pid": 4711,
                      "port": 5432,
                      "since": "2026-03-01T09:30:00.000Z",
                      "memory_bytes": 222298112,
                      "restarts": 0,
                      "last_restart_reason": null
                    },
                    {
                      "name": "service",
                      "kind": "service",
                      "state": "backing_off",
                      "pid": null,
                      "port": 3000,
                      "since": "2026-03-01T09:31:00.000Z",
                      "memory_bytes": null,
                      "restarts": 2,
                      "last_restart_reason": "killed by signal 9 (SIGKILL)"
                    }
                  ],
                  "healthy": false
                }
                """)
        #expect(SystemStatus.nothing.json.compact == #"{"parts":[],"healthy":false}"#)
    }

    @Test("What the agent sends is what arrives, with what is wrong in it")
    func roundTrip() throws {
        #expect(try SystemStatus(wire: JSON(reading: status.wire.compact)) == status)
        #expect(try SystemStatus(wire: SystemStatus.nothing.wire) == .nothing)
        #expect(status.wire["parts"]?.elements?[1]["detail"] == "killed by signal 9 (SIGKILL)")
    }

    @Test("Every state arrives as itself", arguments: PartStatus.State.allCases)
    func states(state: PartStatus.State) throws {
        var status = status
        status.parts[0].state = state
        #expect(try SystemStatus(wire: status.wire) == status)
    }

    @Test(
        "What is no status is refused, with what to do about it",
        arguments: [
            "{}", "[]", "null", #"{"parts": []}"#, #"{"healthy": true}"#, #"{"parts": {}, "healthy": true}"#,
            #"{"parts": [], "healthy": "yes"}"#, #"{"parts": [{"name": "postgres"}], "healthy": true}"#,
            #"{"parts": [{"name": "a", "kind": "b", "state": "flying", "since": "2026-03-01T09:31:00Z", "restarts": 0}], "healthy": true}"#,
        ])
    func refused(text: String) throws {
        let wire = try JSON(reading: text)
        let error = try #require(throws: ParlorError.self) { try SystemStatus(wire: wire) }
        #expect(error.code == .protocolViolation && error.what == "the agent's answer cannot be read")
        #expect(error.hint?.hasPrefix("The agent may be of another version") == true)
    }
}
