import Basics
import Testing

@testable import Store

@Suite struct SealingKeyringTests {
    private func refusal(_ secrets: [SealingKeyID: Secret], sealing: SealingKeyID? = nil) -> String? {
        do {
            _ = try SealingKeyring(secrets, sealing: sealing)
            return nil
        } catch {
            #expect(error.kind == .unusableKeyring)
            return error.explained.why
        }
    }

    @Test("A keyring without keys, with a weak, missing or repeated one is refused, and the reason holds no secret")
    func refusals() throws {
        let good = Secret.generate()
        #expect(refusal([:]) == "there are none")
        #expect(refusal([1: good], sealing: 2) == "key 2 is to seal, and there is no such key")
        let weak = "the secret of key 3 is too short or too uniform to be random"
        #expect(refusal([1: good, 3: Secret("hunter2")]) == weak)
        #expect(refusal([1: good, 3: Secret(String(repeating: "abc", count: 20))]) == weak)
        #expect(refusal([1: good, 2: good]) == "two of them have the same secret")
        #expect(refusal([1: good]) == nil)
    }

    @Test("Printing a keyring shows the ids and no key")
    func printing() throws {
        let keyring = try keyring(1, 5, 3)
        #expect("\(keyring)" == "keys 1, 3, 5, 5 seals")
        #expect(Mirror(reflecting: keyring).children.isEmpty)
    }
}
