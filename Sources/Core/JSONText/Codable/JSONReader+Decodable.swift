extension JSONReader {
    /// A value of a type that is `Decodable`, for cold paths: about ten times slower than a `JSONReadable`.
    ///
    /// What is wrong with the text, or does not suit the type, is a `JSONFault`; an error of the type's own passes
    /// through.
    public func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from bytes: [UInt8], userInfo: [CodingUserInfoKey: any Sendable] = [:]
    ) throws -> Value {
        let indexer = try take()
        _ = try bytes.withUnsafeBufferPointer { bytes throws(JSONFault) in try indexer.tokens(of: bytes, rules) }
        let text = DecodedText(bytes: bytes, indexer: indexer, userInfo: userInfo)
        do {
            return try Value(from: TokenDecoder(text: text, token: 0, codingPath: []))
        } catch let error as DecodingError {
            throw text.fault(for: error)
        }
    }
}

/// A text that was checked, kept for as long as anybody decodes it.
final class DecodedText: Sendable {
    private let bytes: [UInt8]
    private let indexer: StructuralIndexer
    let userInfo: [CodingUserInfoKey: any Sendable]

    init(bytes: [UInt8], indexer: StructuralIndexer, userInfo: [CodingUserInfoKey: any Sendable]) {
        self.bytes = bytes
        self.indexer = indexer
        self.userInfo = userInfo
    }

    /// Hands out the tokens.
    func withTokens<Result, Failure>(_ body: (Tokens) throws(Failure) -> Result) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { bytes throws(Failure) in try body(indexer.sameTokens(of: bytes)) }
    }

    /// Reads the value at a token; a fault becomes the error that `Decodable` types know, and keeps its place.
    func read<Result>(
        _ token: Int, _ path: [any CodingKey], _ body: (inout JSONCursor) throws(JSONFault) -> Result
    ) throws(DecodingError) -> Result {
        do throws(JSONFault) {
            return try withTokens { tokens throws(JSONFault) in
                var cursor = JSONCursor(tokens, at: token)
                return try body(&cursor)
            }
        } catch {
            let context = DecodingError.Context(codingPath: path, debugDescription: error.what, underlyingError: error)
            throw error.code == .wrongType ? .typeMismatch(Result.self, context) : .dataCorrupted(context)
        }
    }

    /// The fault that an error means, with its place in the text.
    func fault(for error: DecodingError) -> JSONFault {
        switch error {
        case .keyNotFound(let key, let context):
            return fault(.missingMember, "a member is missing", context, inside: [.member(key.stringValue)])
        case .typeMismatch(_, let context): return fault(.wrongType, "the value is of another kind", context)
        case .valueNotFound(_, let context): return fault(.wrongType, "a value is missing", context)
        case .dataCorrupted(let context):
            return fault(.unacceptable, "the value is none of those that are allowed", context)
        @unknown default:
            return fault(.unacceptable, "the value cannot be decoded", .init(codingPath: [], debugDescription: ""))
        }
    }

    private func fault(
        _ code: JSONFault.Code, _ what: String, _ context: DecodingError.Context, inside steps: [JSONPath.Step] = []
    ) -> JSONFault {
        if let fault = context.underlyingError as? JSONFault { return fault }
        return withTokens { tokens in
            let fault = tokens.fault(code, what, at: tokens.value(at: context.codingPath), inside: steps)
            return JSONFault(
                fault.code, fault.what, at: fault.position, path: fault.path, detail: context.debugDescription)
        }
    }
}

extension Tokens {
    /// The value that a coding path leads to, or the last one on the way that there is.
    fileprivate func value(at path: [any CodingKey]) -> Int {
        var value = 0
        for key in path {
            let isObject = byte(of: value) == UInt8(ascii: "{")
            guard isOpening(value), let inner = child(of: value, isObject, key) else { break }
            value = inner
        }
        return value
    }

    private func child(of open: Int, _ isObject: Bool, _ key: any CodingKey) -> Int? {
        var (index, token) = (0, open + 1)
        while token < link(of: open) {
            let value = isObject ? token + 2 : token
            if isObject ? string(of: token) == key.stringValue : index == key.intValue { return value }
            (index, token) = (index + 1, next(after: value))
        }
        return nil
    }
}
