@testable import Telemetry
import Testing

@Suite struct RotationPolicyTests {
    @Test(
        "A file is put aside when the line does not fit, but never an empty one",
        arguments: [(0, 5, false), (0, 500, false), (5, 5, false), (5, 6, true), (10, 1, true), (99, 1, true)])
    func rotates(size: Int, count: Int, expected: Bool) {
        #expect(RotationPolicy(limit: 10, keep: 3).rotates(size: size, adding: count) == expected)
    }

    @Test("Older files move up from the first free number on, the oldest only when none is free")
    func moves() {
        func moves(_ existing: Set<String>, keep: Int = 3) -> [String] {
            RotationPolicy(limit: 10, keep: keep).moves(for: "a", exists: existing.contains).map {
                "\($0.from)>\($0.to)"
            }
        }
        #expect(moves([]) == ["a>a.1"])
        #expect(moves(["a.1"]) == ["a.1>a.2", "a>a.1"])
        #expect(moves(["a.1", "a.2", "a.3"]) == ["a.2>a.3", "a.1>a.2", "a>a.1"])
        #expect(moves(["a.2", "a.3"]) == ["a>a.1"])
        #expect(moves(["a.1"], keep: 1) == ["a>a.1"])
        #expect(moves(["a.1"], keep: 0) == [])
    }
}
