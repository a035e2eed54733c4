import Basics
import Testing

@Suite struct SecretTests {
    private struct Account {
        var name = "parlor"
        var password: Secret
        var others: [String: Secret?]
    }

    private static let word = "correct horse battery staple"

    @Test("No way of printing a secret shows it")
    func neverPrinted() {
        let secret = Secret(SecretTests.word)
        let account = Account(password: secret, others: ["first": secret, "second": Secret?.some(secret)])
        var dumped = ""
        dump(secret, to: &dumped)
        dump(account, to: &dumped)
        dump([Secret?.some(secret)], to: &dumped)
        var printed = ""
        print(secret, [secret], account, to: &printed)
        debugPrint(secret, [secret], account, to: &printed)
        let failure = ParlorError(
            .database, "login failed", detail: "as \(secret)", cause: CarriesSecret(secret: secret))
        let texts = [
            secret.description, secret.debugDescription, "\(secret)", String(describing: secret),
            String(reflecting: secret),
            "\([secret])", "\(["a": secret])", "\(Secret?.some(secret) as Any)", "\(account)",
            String(reflecting: account),
            "\(Set([secret]))", "\((1, secret))", "\(Result<Secret, any Error>.success(secret))", dumped, printed,
            failure.description, failure.debugDescription,
        ]
        for text in texts { #expect(!text.contains("horse")) }
        #expect(secret.description == "********")
        #expect(dumped.contains(Secret.mask))
        #expect(failure.debugDescription.contains(Secret.mask))
    }

    private struct CarriesSecret: Error { var secret: Secret }

    @Test("Reflection finds nothing in a secret")
    func reflection() {
        let mirror = Mirror(reflecting: Secret(SecretTests.word))
        #expect(mirror.children.isEmpty)
        #expect(mirror.superclassMirror == nil)
    }

    @Test("The one place that needs the value gets it")
    func revealed() {
        #expect(Secret(SecretTests.word).reveal() == SecretTests.word)
        #expect(Secret("").isEmpty)
        #expect(!Secret("a").isEmpty)
    }

    @Test("A generated secret is long, needs no quoting, and never comes twice")
    func generated() {
        let secrets = (0..<200).map { _ in Secret.generate().reveal() }
        #expect(Set(secrets).count == 200)
        for secret in secrets {
            #expect(secret.count == 43)
            #expect(secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") })
        }
        #expect(Set(secrets.joined()).count == 64, "every character of the alphabet is used")
    }
}
