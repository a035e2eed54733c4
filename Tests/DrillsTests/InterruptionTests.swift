import Drills
import Testing

@Suite struct InterruptionTests {
    private static let start = ContinuousClock.now

    /// Acknowledgements at so many milliseconds, each by a server.
    private func interruption(at moment: Int, _ seen: [(Int, Int)]) -> Interruption? {
        Interruption(
            at: Self.start + .milliseconds(moment),
            seen.map { .init(moment: Self.start + .milliseconds($0.0), server: "host:\($0.1)") }, from: "host:1")
    }

    @Test("The first write counts from the disturbance, the pause from the last write before it")
    func usual() throws {
        let found = try #require(interruption(at: 100, [(60, 1), (90, 1), (500, 2), (520, 2)]))
        #expect(found.firstWrite == .milliseconds(400))
        #expect(found.pause == .milliseconds(410))
    }

    @Test("What the former server acknowledges in its last moments ends nothing")
    func lastBreath() throws {
        let found = try #require(interruption(at: 100, [(95, 1), (103, 1), (104, 1), (604, 2)]))
        #expect(found.firstWrite == .milliseconds(504))
        #expect(found.pause == .milliseconds(500))
    }

    @Test("A pause after the first write is one too, in whatever order the answers were noted")
    func later() throws {
        let found = try #require(interruption(at: 100, [(1900, 2), (90, 1), (400, 2), (410, 2)]))
        #expect(found.firstWrite == .milliseconds(300))
        #expect(found.pause == .milliseconds(1490))
    }

    @Test("There is none when no other server acknowledges anything", arguments: [[], [(90, 1)], [(90, 1), (200, 1)]])
    func none(seen: [(Int, Int)]) { #expect(interruption(at: 100, seen) == nil) }
}
