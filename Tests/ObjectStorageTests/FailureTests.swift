import Basics
import HTTP
import Testing

@testable import ObjectStorage

@Suite struct FailureTests {
    private func error(
        _ status: Int, _ xml: String = "", about name: ObjectName? = "customers/4917012345", headers: HTTPHeaders = [:]
    ) -> ObjectStorageError {
        S3Failure.error(
            HTTPResponse(HTTPStatus(status), headers: headers, body: Array(xml.utf8)), about: name, region: "us-east-1")
    }

    @Test(
        "What the server says becomes the kind of error",
        arguments: [
            (404, "NoSuchKey", ObjectStorageError.Code.noSuchObject), (404, "NoSuchBucket", .noSuchStorage),
            (403, "AccessDenied", .accessDenied), (403, "SignatureDoesNotMatch", .accessDenied),
            (403, "InvalidAccessKeyId", .accessDenied), (403, "RequestTimeTooSkewed", .clockSkew),
            (503, "SlowDown", .busy), (500, "InternalError", .unavailable), (412, "PreconditionFailed", .changed),
            (409, "ConditionalRequestConflict", .changed), (416, "InvalidRange", .invalidRange),
            (400, "BadDigest", .corrupted), (400, "EntityTooLarge", .refused), (501, "NotImplemented", .refused),
            (301, "PermanentRedirect", .wrongRegion), (400, "AuthorizationHeaderMalformed", .wrongRegion),
            (400, "Whatever", .refused),
        ])
    func kinds(status: Int, code: String, kind: ObjectStorageError.Code) {
        let error = error(status, "<Error><Code>\(code)</Code><Message>for 4917012345</Message></Error>")
        #expect(error.code == kind)
        #expect(!error.description.contains("4917012345"))
        #expect(error.debugDescription.contains(code))
    }

    @Test("An answer without words is judged by its status", arguments: [(404, true), (403, false), (503, false)])
    func withoutWords(status: Int, isAbsent: Bool) {
        #expect((error(status).code == .noSuchObject) == isAbsent)
        #expect(error(404, about: nil).code == .noSuchStorage)
    }

    @Test("A wrong region comes with the right one, and a wrong clock with the right time")
    func hints() {
        let moved = error(400, headers: ["x-amz-bucket-region": "eu-central-1"])
        #expect(moved.code == .wrongRegion)
        #expect(moved.why == "its region is eu-central-1, and requests are signed for us-east-1")
        let late = error(
            403, "<Error><Code>RequestTimeTooSkewed</Code><ServerTime>2026-03-01T09:30:00Z</ServerTime></Error>")
        #expect(late.why == "there it is 2026-03-01T09:30:00Z")
        #expect(late.description.contains("HINT: Set the clock"))
    }

    @Test(
        "Names that not every storage can keep are refused",
        arguments: [
            "", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\n", "a\u{7F}", String(repeating: "a", count: 241),
            String(repeating: "%", count: 81), String(repeating: "a/", count: 512) + "a",
        ])
    func names(text: String) { #expect(throws: ObjectStorageError.self) { try ObjectName(text) } }

    @Test("A bucket with a name that no host can have is refused", arguments: ["A", "ab", "a_b", "a..b", ".ab", "a/b"])
    func buckets(bucket: String) throws {
        let origin = try #require(HTTPOrigin("http://localhost"))
        let options = S3Options(
            origin: origin, bucket: bucket, credentials: S3Credentials(accessKey: "", secretKey: Secret("")))
        #expect(throws: ParlorError.self) { try options.check() }
    }
}
