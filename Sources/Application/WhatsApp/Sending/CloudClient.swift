import Basics
package import HTTP
package import Loop
import Synchronization

/// What came of a call.
package enum CloudAnswer: Hashable, Sendable {
    /// WhatsApp answered.
    case answered(Int, [UInt8])
    /// Nothing of the message left this machine, for this reason.
    case notSent(String)
    /// The message may have arrived: no answer came, or none that can be read.
    case unknown(String)
}

/// Talks to WhatsApp's Cloud API, or to whatever stands at its address. It never sends anything twice.
package struct CloudClient: Sendable {
    /// The version of the API that is spoken.
    package static let version = "v23.0"

    private let client: HTTPClient
    private let origin: HTTPOrigin
    private let folder: [String]
    private let limit: Duration

    /// A client of the API at an address, like `https://graph.facebook.com/v23.0`; nil when that is none. `limit` is how
    /// long an answer may take.
    package init?(
        at address: String, _ options: HTTPClientOptions, within limit: Duration = .seconds(20), on loop: EventLoop
    ) {
        let parts = address.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        guard parts.count >= 2, let origin = HTTPOrigin("\(parts[0])//\(parts[1])") else { return nil }
        var options = options
        options.retries = .never
        self.origin = origin
        folder = Array(parts[2...])
        self.limit = limit
        client = HTTPClient(on: loop, options)
    }

    /// Closes its connections.
    package func close() { client.close() }

    /// Posts a request for a number.
    package func post(_ request: CloudRequest, as sender: CloudSender) async -> CloudAnswer {
        guard let target = HTTPTarget(segments: folder + [sender.phoneNumberID, "messages"]) else {
            return .notSent("the number's identifier is no part of an address")
        }
        var call = HTTPRequest(.post, target)
        call.headers = ["Content-Type": "application/json", "Authorization": "Bearer \(sender.token.reveal())"]
        let body = CloudBody(request.body)
        do {
            let answer = try await client.send(call, body.upload, to: origin, mayRepeat: false, within: limit)
            return .answered(answer.status.code, answer.body)
        } catch {
            // Without its body a request is none: until somebody asked for the first byte of it, nothing was sent.
            let reason = (error as? ParlorError)?.code == .timeout ? "no answer in time" : "the connection failed"
            return body.wasBegun ? .unknown(reason) : .notSent(reason)
        }
    }
}

/// A body that knows whether any of it was sent.
private final class CloudBody: Sendable {
    private let bytes: [UInt8]
    private let wasGiven = Atomic(false)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var wasBegun: Bool { wasGiven.load(ordering: .relaxed) }

    var upload: HTTPUpload {
        HTTPUpload(length: bytes.count, isRepeatable: false) {
            { self.wasGiven.exchange(true, ordering: .relaxed) ? nil : self.bytes }
        }
    }
}
