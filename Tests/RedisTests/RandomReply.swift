import TestSupport

@testable import Redis

/// Replies by chance, and how they travel.
enum RandomReply {
    static func reply(_ random: inout SeededGenerator, depth: Int = 0) -> RedisValue {
        switch Int.random(in: 0...(depth < 4 ? 5 : 4), using: &random) {
        case 0: return .null
        case 1: return .integer(.random(in: .min ... .max, using: &random))
        case 2: return .status("S\(Int.random(in: 0...9, using: &random))")
        case 3: return .error(RedisReplyError("ERR \(Int.random(in: 0...9, using: &random))"))
        case 4:
            let count = Int.random(in: 0...50, using: &random)
            return .bytes((0..<count).map { _ in .random(in: 0...255, using: &random) })
        default:
            return .array((0..<Int.random(in: 0...4, using: &random)).map { _ in reply(&random, depth: depth + 1) })
        }
    }

    static func encoded(_ reply: RedisValue) -> [UInt8] {
        switch reply {
        case .null: Array("$-1\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .status(let word): Array("+\(word)\r\n".utf8)
        case .error(let error): Array("-\(error.sentence)\r\n".utf8)
        case .bytes(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10]
        case .array(let elements): Array("*\(elements.count)\r\n".utf8) + elements.flatMap(encoded)
        }
    }
}
