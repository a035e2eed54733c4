import Basics
import HTTP

/// An error of WhatsApp's, by its code.
struct CloudFault: Error, Hashable {
    let code: Int
    let status: Int
    let details: String

    init(_ code: Int, status: Int = 400, _ details: String) {
        self.code = code
        self.status = status
        self.details = details
    }

    static func missing(_ part: String) -> CloudFault { CloudFault(131_008, "\(part) is missing") }

    static func wrong(_ part: String) -> CloudFault { CloudFault(131_009, "\(part) has a value that is not valid") }

    var response: HTTPResponse {
        .json(
            [
                "error": [
                    "message": .string("(#\(code)) \(details)"), "type": "OAuthException", "code": .integer(code),
                    "error_data": ["messaging_product": "whatsapp", "details": .string(details)],
                    "fbtrace_id": "simulated",
                ]
            ], status: HTTPStatus(status))
    }
}
