import Basics
import HTTP

/// Finds out what an answer means that says no. It performs nothing.
enum S3Failure {
    /// What the server says about it; empty when it says nothing, like after HEAD.
    struct Words: Equatable {
        var code = ""
        var message: String?
        var region: String?
        var serverTime: String?

        init(_ body: [UInt8]) {
            guard let error = try? XMLElement(reading: body), error.name == "Error" else { return }
            code = error.value("Code") ?? ""
            message = error.value("Message")
            region = error.value("Region")
            serverTime = error.value("ServerTime")
        }
    }

    private typealias Failure = ObjectStorageError

    /// The error for an answer to a request about an object, or about the bucket when there is no name.
    static func error(_ response: HTTPResponse, about name: ObjectName?, region: String) -> ObjectStorageError {
        var words = Words(response.body)
        words.region = words.region ?? response.headers["x-amz-bucket-region"]
        let detail = [name?.text, "status \(response.status.code)", words.code, words.message]
            .compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
        return byCode(words, detail) ?? byRegion(words, response, region, detail)
            ?? byStatus(response.status, name, words, detail)
    }

    private static func byCode(_ words: Words, _ detail: String) -> ObjectStorageError? {
        switch words.code {
        case "NoSuchBucket":
            Failure(
                .noSuchStorage, "there is no such bucket", hint: "Make it first, or check its name and the server.",
                detail: detail)
        case "RequestTimeTooSkewed":
            Failure(
                .clockSkew, "the object storage does not accept the time of this machine",
                why: words.serverTime.map { "there it is \($0)" },
                hint: "Set the clock of this machine, best by a time service.", detail: detail)
        case "InvalidAccessKeyId", "SignatureDoesNotMatch":
            Failure(
                .accessDenied, "the object storage does not accept the credentials",
                why: words.code == "SignatureDoesNotMatch" ? "the signature is wrong" : "the access key is not known",
                hint: "Check the access key, the secret key and the region.", detail: detail)
        case "BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest":
            Failure(.corrupted, "an object was not written", why: "it changed on the way", detail: detail)
        case "EntityTooLarge": Failure(.refused, "the object storage refused an object as too large", detail: detail)
        case "SlowDown", "ServiceUnavailable", "RequestLimitExceeded":
            Failure(
                .busy, "the object storage has too much to do",
                hint: "Try again later, or with fewer requests at once.",
                detail: detail)
        case "NotImplemented":
            Failure(
                .refused, "the object storage cannot do this",
                hint: "Where an object must not be replaced, look before writing (the option condition).",
                detail: detail)
        default: nil
        }
    }

    private static func byRegion(
        _ words: Words, _ response: HTTPResponse, _ region: String, _ detail: String
    ) -> ObjectStorageError? {
        let isRedirect = [301, 307].contains(response.status.code)
        let isNamed = ["PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"]
            .contains(words.code)
        guard isNamed || isRedirect || words.region.map({ $0 != region && !response.status.isSuccess }) == true else {
            return nil
        }
        return Failure(
            .wrongRegion, "the bucket stands elsewhere",
            why: words.region.map { "its region is \($0), and requests are signed for \(region)" },
            hint: "Set the region, and the address that belongs to it.", detail: detail)
    }

    private static func byStatus(
        _ status: HTTPStatus, _ name: ObjectName?, _ words: Words, _ detail: String
    ) -> ObjectStorageError {
        switch status.code {
        case 404 where name != nil: Failure(.noSuchObject, "there is no such object", detail: detail)
        case 404: Failure(.noSuchStorage, "there is no such bucket", detail: detail)
        case 401, 403:
            Failure(
                .accessDenied, "the object storage does not allow this",
                hint: "Check what the credentials may do with the bucket.", detail: detail)
        case 409:
            Failure(.changed, "somebody else changes the object at the same time", hint: "Try again.", detail: detail)
        case 412: Failure(.changed, "the object has been replaced meanwhile", detail: detail)
        case 416: Failure(.invalidRange, "the object has no bytes at these positions", detail: detail)
        case 429, 503: Failure(.busy, "the object storage has too much to do", hint: "Try again later.", detail: detail)
        case 500...: Failure(.unavailable, "the object storage has failed", hint: "Try again later.", detail: detail)
        default:
            Failure(.refused, "the object storage refused a request", why: "it answered \(status.code)", detail: detail)
        }
    }
}
