import Basics
import Testing

@testable import ObjectStorage

/// The examples that Amazon publishes for its signatures.
@Suite struct SignatureTests {
    private typealias Item = SignatureV4.Item

    private func signature(_ request: SignatureV4.Request, service: String, key: String, secret: String, at: String)
        throws -> String
    {
        let credentials = S3Credentials(accessKey: key, secretKey: Secret(secret))
        let signer = SignatureV4(credentials: credentials, region: "us-east-1", service: service)
        let value = signer.authorization(request, at: try #require(Timestamp(rfc3339: at)))
        #expect(value.hasPrefix("AWS4-HMAC-SHA256 Credential=\(key)/"))
        return String(value.suffix(64))
    }

    @Test(
        "The general test suite is signed as it should be",
        arguments: [
            ("GET", [], "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            ("POST", [], "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
            (
                "GET", [("Param2", "value2"), ("Param1", "value1")],
                "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
            ),
        ])
    func suite(method: String, query: [(String, String)], expected: String) throws {
        let request = SignatureV4.Request(
            method: method, path: "/", query: query.map { Item($0.0, $0.1) },
            headers: [Item("Host", "example.amazonaws.com"), Item("X-Amz-Date", "20150830T123600Z")],
            payload: SignatureV4.emptyPayload)
        let signature = try signature(
            request, service: "service", key: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            at: "2015-08-30T12:36:00Z")
        #expect(signature == expected)
    }

    private static let accessKey = "AKIAIOSFODNN7EXAMPLE"
    private static let secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    private static let welcome = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"

    @Test(
        "The examples of S3 are signed as they should be",
        arguments: [
            (
                "GET", "/test.txt", [], [("Range", "bytes=0-9")], SignatureV4.emptyPayload,
                "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
            ),
            (
                "PUT", "/test$file.text", [],
                [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")], welcome,
                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
            ),
            (
                "GET", "/", [("lifecycle", "")], [], SignatureV4.emptyPayload,
                "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
            ),
            (
                "GET", "/", [("max-keys", "2"), ("prefix", "J")], [], SignatureV4.emptyPayload,
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ])
    func examples(
        method: String, path: String, query: [(String, String)], headers: [(String, String)], payload: String,
        expected: String
    ) throws {
        let request = SignatureV4.Request(
            method: method, path: path, query: query.map { Item($0.0, $0.1) },
            headers: headers.map { Item($0.0, $0.1) } + [
                Item("Host", "examplebucket.s3.amazonaws.com"), Item("x-amz-date", "20130524T000000Z"),
                Item("x-amz-content-sha256", payload),
            ], payload: payload)
        let signature = try signature(
            request, service: "s3", key: Self.accessKey, secret: Self.secretKey, at: "2013-05-24T00:00:00Z")
        #expect(signature == expected)
    }

    @Test("The example of an address that is good by itself comes out whole")
    func presigned() throws {
        let request = SignatureV4.Request(
            method: "GET", path: "/test.txt", headers: [Item("host", "examplebucket.s3.amazonaws.com")],
            payload: SignatureV4.unsignedPayload)
        let credentials = S3Credentials(accessKey: Self.accessKey, secretKey: Secret(Self.secretKey))
        let query = SignatureV4(credentials: credentials, region: "us-east-1").presignedQuery(
            request, lasting: 86_400, at: try #require(Timestamp(rfc3339: "2013-05-24T00:00:00Z")))
        #expect(
            query.last
                == Item(
                    "X-Amz-Signature", "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    }

    @Test("Names are escaped byte by byte, and listings are read back")
    func escaping() {
        #expect(S3Escaping.path("/a b/ä+%/~-_.") == "/a%20b/%C3%A4%2B%25/~-_.")
        #expect(S3Escaping.query("a/b") == "a%2Fb")
        #expect(S3Escaping.unescape("a+b%2B%C3%A4") == "a b+ä")
        for broken in ["%", "%4", "%zz", "%+1", "%C3"] { #expect(S3Escaping.unescape(broken) == nil) }
    }

    @Test("Secrets are never printed")
    func secrets() {
        let credentials = S3Credentials(accessKey: "key", secretKey: Secret("hidden"), sessionToken: Secret("hidden"))
        #expect(!String(reflecting: credentials).contains("hidden"))
    }
}
