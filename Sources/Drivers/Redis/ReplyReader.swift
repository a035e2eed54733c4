import CHiredis

/// Puts replies together from what the parser finds, one piece after the other.
struct ReplyBuilder {
    private var open: [(left: Int, elements: [RedisValue])] = []
    /// The reply, once all of it is there.
    private(set) var finished: RedisValue?

    init() {}

    /// An array of so many elements begins.
    mutating func begin(_ count: Int) {
        guard count > 0 else { return add(.array([])) }
        // A length costs its sender nothing, so memory is taken as the elements come.
        open.append((left: count, elements: []))
    }

    /// A piece that is complete.
    mutating func add(_ piece: RedisValue) {
        var piece = piece
        while var array = open.popLast() {
            array.elements.append(piece)
            array.left -= 1
            guard array.left == 0 else { return open.append(array) }
            piece = .array(array.elements)
        }
        finished = piece
    }

    /// Hands the reply out and begins anew.
    mutating func take() -> RedisValue? { finished.take() }
}

/// What arrives cannot be read as replies.
struct ReplyFault: Error, Equatable {
    var reason: String
}

/// Reads replies with hiredis's parser, which calls back for every piece of a reply.
///
/// The rest of hiredis is not used: its asynchronous form ends the whole program by `assert` when a server sends a
/// reply that nobody asked for, and its `write` raises SIGPIPE.
final class ReplyReader {
    private let parser: UnsafeMutablePointer<redisReader>
    private let bytesMax: Int
    private var builder = ReplyBuilder()
    /// How much has been fed since the last reply was complete.
    private var unfinished = 0

    /// A reader of replies of at most so many bytes.
    init(bytesMax: Int) {
        guard let parser = redisReaderCreateWithFunctions(Self.callbacks) else {
            preconditionFailure("there is no memory for a reader of replies")
        }
        self.parser = parser
        self.bytesMax = bytesMax
        parser.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit { redisReaderFree(parser) }

    /// Reads `bytes` and hands each reply that they complete to `receive`, until that says false.
    func feed(_ bytes: [UInt8], _ receive: (RedisValue) -> Bool) throws(ReplyFault) {
        var done = 0
        // In small helpings: the parser moves what it has not read yet to the front after every kilobyte.
        while done < bytes.count {
            let helping = bytes[done..<min(done + 16_384, bytes.count)]
            done += helping.count
            unfinished += helping.count
            helping.withUnsafeBytes {
                _ = redisReaderFeed(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
            }
            guard try readAll(receive) else { return }
            guard unfinished <= bytesMax else { throw ReplyFault(reason: "a reply is larger than allowed") }
            guard !isLineEndless else { throw ReplyFault(reason: "a line does not end") }
        }
    }

    private func readAll(_ receive: (RedisValue) -> Bool) throws(ReplyFault) -> Bool {
        while true {
            guard redisReaderGetReply(parser, nil) == REDIS_OK else { throw ReplyFault(reason: parserReason) }
            guard let reply = builder.take() else { return true }
            unfinished = 0
            guard receive(reply) else { return false }
        }
    }

    /// The parser looks for the end of a line from its beginning each time more of it comes, so a line must end soon.
    /// What may be long, a text, begins with a line of its own.
    private var isLineEndless: Bool {
        let (start, length) = (parser.pointee.pos, parser.pointee.len - parser.pointee.pos)
        guard length > 65_536, let text = parser.pointee.buf?.advanced(by: start) else { return false }
        return !(0..<65_536).contains { text[$0] == 13 && text[$0 + 1] == 10 }
    }

    private var parserReason: String {
        if parser.pointee.err == REDIS_ERR_OOM { return "a text does not end where it should" }
        let text = withUnsafeBytes(of: parser.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text.prefix(1).lowercased() + text.dropFirst()
    }

    // MARK: - Callbacks

    // Guard of nonisolated(unsafe): written once, here, and only read afterwards.
    private nonisolated(unsafe) static let callbacks: UnsafeMutablePointer<redisReplyObjectFunctions> = {
        let callbacks = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        callbacks.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, length in ReplyReader.taken(task) { $0.text(task, text, length) } },
                createArray: { task, count in ReplyReader.taken(task) { $0.builder.begin(Int(count)) } },
                createInteger: { task, number in ReplyReader.taken(task) { $0.builder.add(.integer(number)) } },
                createNil: { task in ReplyReader.taken(task) { $0.builder.add(.null) } },
                freeObject: { _ in }))
        return callbacks
    }()

    /// The parser wants an object for each piece, and takes none for a lack of memory; these stand elsewhere, so it
    /// gets a token.
    private static func taken(
        _ task: UnsafePointer<redisReadTask>?, _ take: (ReplyReader) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let data = task?.pointee.privdata else { return nil }
        return take(Unmanaged<ReplyReader>.fromOpaque(data).takeUnretainedValue()) ? data : nil
    }

    private static func taken(
        _ task: UnsafePointer<redisReadTask>?, _ take: (ReplyReader) -> Void
    ) -> UnsafeMutableRawPointer? {
        taken(task) { reader in
            take(reader)
            return true
        }
    }

    private func text(
        _ task: UnsafePointer<redisReadTask>?, _ start: UnsafeMutablePointer<CChar>?, _ length: Int
    ) -> Bool {
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        switch task?.pointee.type {
        case REDIS_REPLY_STATUS: builder.add(.status(String(decoding: bytes, as: UTF8.self)))
        case REDIS_REPLY_ERROR: builder.add(.error(RedisReplyError(String(decoding: bytes, as: UTF8.self))))
        default:
            // The parser skips the two bytes behind a text without looking; they are in its buffer already.
            guard start?[length] == 13, start?[length + 1] == 10 else { return false }
            builder.add(.bytes(Array(bytes)))
        }
        return true
    }
}
