import Basics
import JSONText

/// What an answer means for the message, by WhatsApp's error codes and the HTTP status, never by titles.
package enum SendVerdict: Hashable, Sendable {
    /// What has to slow down.
    package enum Scope: Hashable, Sendable {
        /// Everything that the number sends.
        case number
        /// What it sends to this customer.
        case pair
        /// Everything that the application sends.
        case application
    }

    /// WhatsApp has it, under this identifier.
    case sent(String)
    /// It was not taken; it may go through later.
    case retry(because: String)
    /// It was not taken because there was too much.
    case slowDown(Scope)
    /// It will never be taken: WhatsApp's code, and why.
    case refused(Int, because: String)
    /// Nothing of this salon is taken, because its token is not valid.
    case tokenInvalid
    /// Nobody knows whether it was taken.
    case unknown(because: String)

    /// What an answer means.
    package init(_ answer: CloudAnswer) {
        switch answer {
        case .notSent(let reason): self = .retry(because: reason)
        case .unknown(let reason): self = .unknown(because: reason)
        case .answered(let status, let body): self.init(status: status, body: body)
        }
    }

    private init(status: Int, body: [UInt8]) {
        let json = try? JSON(reading: body)
        if (200...299).contains(status) {
            // It was taken; without its identifier only its states can tell which one it is.
            let id = json?["messages"]?.elements?.first?["id"]?.text
            self = id.map { .sent($0) } ?? .unknown(because: "the answer does not name the message")
        } else if let code = json?["error"]?["code"]?.int {
            self.init(code: code, status: status)
        } else if status == 401 {
            self = .tokenInvalid
        } else if status == 429 {
            self = .slowDown(.application)
        } else if (400...499).contains(status) {
            self = .refused(status, because: "WhatsApp answers \(status) without a code")
        } else {
            // It may come from a gateway that had handed the message on.
            self = .unknown(because: "WhatsApp answers \(status) without a code")
        }
    }

    private init(code: Int, status: Int) {
        switch code {
        case 130_429: self = .slowDown(.number)
        case 131_056: self = .slowDown(.pair)
        case 4, 80_007: self = .slowDown(.application)
        case 190: self = .tokenInvalid
        case 131_047: self = .refused(code, because: "the customer's last message is more than 24 hours old")
        case 131_049: self = .refused(code, because: "WhatsApp keeps this customer from getting more of this kind")
        case 131_062: self = .refused(code, because: "this kind cannot be sent without a number")
        // WhatsApp's own trouble: it says that the message failed.
        case 1, 2, 131_000, 131_016: self = .retry(because: "WhatsApp has trouble of its own (\(code))")
        case _ where status >= 500: self = .retry(because: "WhatsApp has trouble of its own (\(code))")
        default: self = .refused(code, because: "WhatsApp refuses it (\(code))")
        }
    }
}
