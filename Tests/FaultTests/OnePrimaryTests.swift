import Basics
import Drills
import FaultTestSupport
import Loop
import PostgresTestSupport
import TestSupport
import Testing

@Suite(.serialized) struct OnePrimaryTests {
    /// Watches a pair while `body` does something to it.
    private func watch(
        _ body: @escaping @Sendable (ReplicatedPair, OnePrimary, EventLoop) async throws -> Void
    ) async throws -> OnePrimary {
        try await EventLoop.onThread { loop in
            let pair = try await ReplicatedPair.start(synchronous: false, table: WriterTable(seed: 1), loop: loop)
            defer { pair.kill() }
            let onePrimary = OnePrimary(pair.sockets)
            async let run: Void = onePrimary.run(on: loop)
            try await onePrimary.wait(on: loop) { $0.sightings["primary", default: 0] >= 3 }
            try await body(pair, onePrimary, loop)
            onePrimary.stop()
            await run
            return onePrimary
        }
    }

    @Test("Control: two writable primaries are found")
    func two() async throws {
        let found = try await watch { pair, onePrimary, loop in
            try await pair.promote(loop)
            try await onePrimary.wait(on: loop) { !$0.violations.isEmpty }
        }
        let sentence = "primary was a primary on timeline 1 after standby was one on 2"
        #expect(found.acknowledging.violations.map(\.description) == [sentence])
        #expect(found.acknowledging.longestOverlap > .zero)
    }

    @Test("Control: a primary that was frozen and comes back after its successor is found")
    func thawed() async throws {
        let found = try await watch { pair, onePrimary, loop in
            let freezer = try Freezer(treeOf: pair.primary.pid)
            try await pair.promote(loop)
            try await onePrimary.wait(on: loop) { $0.sightings["standby", default: 0] >= 3 }
            #expect(onePrimary.acknowledging.violations.isEmpty)
            freezer.thaw()
            try await onePrimary.wait(on: loop) { !$0.violations.isEmpty }
        }
        #expect(found.acknowledging.succession == ["primary", "standby"])
    }

    @Test("A primary that is dead before its standby takes over is none")
    func orderly() async throws {
        let found = try await watch { pair, onePrimary, loop in
            pair.primary.kill()
            try await pair.promote(loop)
            try await onePrimary.wait(on: loop) { $0.sightings["standby", default: 0] >= 3 }
        }
        #expect(found.acknowledging.violations.isEmpty && found.standing.violations.isEmpty)
        #expect(found.standing.succession == ["primary", "standby"])
    }
}
