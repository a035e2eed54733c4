package import Basics
import CArgon2
package import Loop

/// How much a guess of a password costs.
package struct PasswordCost: Hashable, Sendable {
    /// Memory in KiB.
    package var memory: UInt32
    /// How many times it is gone over.
    package var passes: UInt32

    /// A cost.
    package init(memory: UInt32, passes: UInt32) {
        self.memory = memory
        self.passes = passes
    }

    /// 19 MiB twice, the first choice of OWASP's password storage cheat sheet: about 20 ms of one core where this was
    /// written (`PasswordTests` prints it), during which 19 MiB are in use.
    package static let usual = PasswordCost(memory: 19_456, passes: 2)
}

/// Hashes passwords with argon2id, away from the loop.
///
/// Invariants: at most two are hashed at a time and at most 64 wait, whatever comes, so that guessing costs this machine
/// a bounded part of its processors and memory; every check costs the same, whether there is a hash to check or not.
package final class PasswordHasher: Sendable {
    private let cost: PasswordCost
    private let pool = BlockingPool(name: "passwords", threadMax: 2, waitingMax: 64)
    private let loop: EventLoop

    /// One whose new hashes cost so much.
    package init(_ cost: PasswordCost = .usual, on loop: EventLoop) {
        self.cost = cost
        self.loop = loop
    }

    /// Ends its threads.
    package func end() { pool.end() }

    /// The hash of a password in the form of PHC, with a salt of its own and what it cost.
    package func hash(_ password: Secret) async throws -> String {
        let cost = cost
        return try await pool.run(on: loop) { try Self.hash(password, cost) }
    }

    /// Whether a password is the one of a hash. Without a hash it is not, which takes as long to find out.
    package func verify(_ password: Secret, against hash: String?) async throws -> Bool {
        let cost = cost
        return try await pool.run(on: loop) {
            guard let hash else {
                _ = try Self.hash(password, cost)
                return false
            }
            let bytes = Array(password.reveal().utf8)
            let result = hash.withCString { argon2id_verify($0, bytes, bytes.count) }
            switch Argon2_ErrorCodes(result) {
            case ARGON2_OK: return true
            case ARGON2_VERIFY_MISMATCH: return false
            default: throw Self.failure(result)
            }
        }
    }

    /// Whether a hash costs something else than hashes do today, so that it is made anew when its password is there.
    package func isOutdated(_ hash: String) -> Bool {
        !hash.hasPrefix("$argon2id$v=19$m=\(cost.memory),t=\(cost.passes),p=1$")
    }

    private static func hash(_ password: Secret, _ cost: PasswordCost) throws -> String {
        let bytes = Array(password.reveal().utf8)
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        var encoded = [CChar](repeating: 0, count: 128)
        let result = argon2id_hash_encoded(
            cost.passes, cost.memory, 1, bytes, bytes.count, salt, salt.count, 32, &encoded, encoded.count)
        guard Argon2_ErrorCodes(result) == ARGON2_OK else { throw failure(result) }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func failure(_ code: Int32) -> ParlorError {
        ParlorError(
            .system, "a password could not be hashed",
            why: argon2_error_message(code).map { String(cString: $0).lowercased() })
    }
}
