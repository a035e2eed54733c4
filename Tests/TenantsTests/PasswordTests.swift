import Basics
import Loop
import Testing

@testable import Tenants

@Suite("Passwords") struct PasswordTests {
    private static func withHasher(
        _ cost: PasswordCost = PasswordCost(memory: 64, passes: 1),
        _ body: @escaping @Sendable (PasswordHasher) async throws -> Void
    ) async throws {
        try await EventLoop.onThread { loop in
            let hasher = PasswordHasher(cost, on: loop)
            defer { hasher.end() }
            try await body(hasher)
        }
    }

    @Test("A hash says what it cost, has a salt of its own, and fits its password alone")
    func hashes() async throws {
        try await Self.withHasher { hasher in
            let first = try await hasher.hash(Secret("correct horse"))
            let second = try await hasher.hash(Secret("correct horse"))
            #expect(first.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$") && first != second)
            #expect(try await hasher.verify(Secret("correct horse"), against: first))
            #expect(try await hasher.verify(Secret("correct horse"), against: second))
            for wrong in ["", "correct horse ", "Correct horse", "correct horse\0"] {
                #expect(try await !hasher.verify(Secret(wrong), against: first))
            }
            #expect(try await !hasher.verify(Secret("correct horse"), against: nil))
        }
    }

    @Test("The hash of another implementation is understood, and one that is none is an error")
    func foreign() async throws {
        try await Self.withHasher { hasher in
            // From the test vectors of argon2-cffi's documentation of its reference: password "password", salt "somesalt".
            let vector = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
            let fits = try await hasher.verify(Secret("password"), against: vector)
            let fitsAnother = try await hasher.verify(Secret("passwore"), against: vector)
            #expect(fits && !fitsAnother)
            await #expect(throws: ParlorError.self) { try await hasher.verify(Secret("x"), against: "$1$nonsense") }
        }
    }

    @Test("What costs something else than hashes do today is outdated")
    func outdated() async throws {
        let old = PasswordCost(memory: 32, passes: 1)
        try await Self.withHasher(old) { cheap in
            let hash = try await cheap.hash(Secret("correct horse"))
            #expect(!cheap.isOutdated(hash))
            try await Self.withHasher { hasher in
                #expect(hasher.isOutdated(hash))
                let fits = try await hasher.verify(Secret("correct horse"), against: hash)
                #expect(fits)
            }
        }
    }

    @Test("The usual cost is that of the documentation; how long it takes here is printed and not judged")
    func usual() async throws {
        try await Self.withHasher(.usual) { hasher in
            let start = ContinuousClock.now
            let hash = try await hasher.hash(Secret("correct horse"))
            print("argon2id at the usual cost took \((ContinuousClock.now - start).milliseconds) ms")
            #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        }
    }

    @Test("More than may wait is refused, so that guessing cannot fill the memory")
    func bounded() async throws {
        try await Self.withHasher(PasswordCost(memory: 4096, passes: 1)) { hasher in
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    group.addTask { (try? await hasher.hash(Secret("x"))) == nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(refused > 0 && refused < 200)
        }
    }
}
