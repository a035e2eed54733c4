import Basics
import Synchronization

/// The codes by which people name bookings: six characters that nobody mistakes for each other when they are read out or
/// written by hand (no 0, O, 1, I, L, U), and without vowels, so that they make no words.
package enum BookingCode {
    private static let alphabet = Array("23456789BCDFGHJKMNPQRSTVWXYZ".utf8)

    /// A code made by chance, one of 481,890,304.
    package static func random(using generator: inout some RandomNumberGenerator) -> String {
        let letters = (0..<6).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
        return String(decoding: letters, as: UTF8.self)
    }

    /// The code that somebody means: small letters, spaces and hyphens are let pass; nil for what can be none. Codes of
    /// other alphabets, which older bookings may have, are codes too.
    package static func read(_ text: String) -> String? {
        let letters = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case 97...122: byte - 32
            case UInt8(ascii: " "), UInt8(ascii: "-"): nil
            default: byte
            }
        }
        guard letters.count == 6, letters.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }) else {
            return nil
        }
        return String(decoding: letters, as: UTF8.self)
    }
}

/// Where a desk gets its codes from.
package final class BookingCodes: Sendable {
    private let seeded: Mutex<SeededRandom?>

    /// Codes by the kernel's generator, so that nobody guesses the next one; or with a seed those that a test repeats.
    package init(seed: UInt64? = nil) { seeded = Mutex(seed.map { SeededRandom(seed: $0) }) }

    func next() -> String {
        seeded.withLock { seeded in
            guard var numbers = seeded else {
                var generator = SystemRandomNumberGenerator()
                return BookingCode.random(using: &generator)
            }
            defer { seeded = numbers }
            return BookingCode.random(using: &numbers)
        }
    }
}
