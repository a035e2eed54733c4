import Basics
import CSimdJSON

/// Finds and checks the tokens of texts, one after the other, in memory that it keeps between them.
///
/// simdjson's first stage checks the UTF-8 and finds where tokens begin; `StructuralWalk` then checks the grammar token
/// by token and links what belongs together. Both only say whether all is well, so that they stay fast: what is wrong
/// with a text that they refuse, and where, is found by `Examiner`, which reads it again byte by byte.
final class StructuralIndexer: @unchecked Sendable {
    // Guard of @unchecked Sendable: in one hand at a time. `JSONReader` takes it off its shelf under a lock, and
    // `DecodedText`, which keeps one for itself, only reads.

    private let index: OpaquePointer
    private var links = UnsafeMutableBufferPointer<UInt32>(start: nil, count: 0)
    private var frames: [StructuralWalk.Frame] = []

    /// With the best instructions of this processor, or with those of a name; nil where they cannot be had.
    init?(instructions: String? = nil) {
        let index =
            if let instructions { instructions.withCString { parlor_json_index_make($0) } } else {
                parlor_json_index_make(nil)
            }
        guard let index else { return nil }
        self.index = index
    }

    deinit {
        parlor_json_index_free(index)
        links.deallocate()
    }

    /// The instructions that simdjson was built for, whether or not this processor has them.
    static var instructions: [String] {
        sequence(first: 0) { $0 + 1 }.lazy.map { parlor_json_instructions($0) }.prefix { $0 != nil }.compactMap {
            $0.map { String(cString: $0) }
        }
    }

    /// The length of the longest text so far, which its memory was made for.
    private(set) var lengthMax = 0

    /// The tokens of a text, when all is well with it. They hold until the next call, and as long as the text's memory.
    func tokens(of bytes: UnsafeBufferPointer<UInt8>, _ rules: JSONRules) throws(JSONFault) -> Tokens {
        let sizeMax = min(rules.sizeMax.bytes, Int(Tokens.linkMask))
        guard bytes.count <= sizeMax else {
            throw JSONFault(
                .tooLarge, "the text is larger than \(sizeMax) bytes", at: JSONPosition(of: 0, in: bytes),
                path: JSONPath())
        }
        guard let start = bytes.baseAddress, !bytes.isEmpty else { throw Examiner.fault(in: bytes, rules) }
        lengthMax = max(lengthMax, bytes.count)
        switch parlor_json_index_find(index, start, bytes.count) {
        case PARLOR_JSON_FOUND: break
        case PARLOR_JSON_NO_MEMORY:
            throw JSONFault(
                .tooLarge, "there is no memory for the text", at: JSONPosition(of: 0, in: bytes), path: JSONPath())
        default: throw Examiner.fault(in: bytes, rules)
        }
        let count = parlor_json_index_count(index)
        makeRoom(tokens: count, depth: rules.depthMax)
        let tokens = Tokens(
            bytes: bytes, offsets: UnsafeBufferPointer(start: parlor_json_index_offsets(index), count: count + 1),
            links: links)
        var walk = StructuralWalk(tokens, rules)
        switch walk.run(&frames) {
        case .sound: return tokens
        case .refused: throw Examiner.fault(in: bytes, rules)
        case .duplicate(let name):
            throw tokens.fault(.duplicateMember, "the object has a member of this name already", at: name)
        }
    }

    /// The tokens that the last call found, over the same text.
    func sameTokens(of bytes: UnsafeBufferPointer<UInt8>) -> Tokens {
        let offsets = UnsafeBufferPointer(
            start: parlor_json_index_offsets(index), count: parlor_json_index_count(index) + 1)
        return Tokens(bytes: bytes, offsets: offsets, links: links)
    }

    private func makeRoom(tokens: Int, depth: Int) {
        if frames.count < depth { frames = Array(repeating: StructuralWalk.Frame(open: 0, commas: 0), count: depth) }
        guard links.count < tokens else { return }
        links.deallocate()
        links = .allocate(capacity: max(tokens, 512).nextPowerOfTwo)
        links.initialize(repeating: 0)
    }
}

extension Int {
    fileprivate var nextPowerOfTwo: Int { 1 << (Int.bitWidth - (self - 1).leadingZeroBitCount) }
}
