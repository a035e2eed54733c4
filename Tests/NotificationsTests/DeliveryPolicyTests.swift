import Basics
import Testing

@testable import Notifications

@Suite struct DeliveryPolicyTests {
    @Test("Waits grow, attempts end, and nobody asks again who was told no")
    func pauses() {
        let policy = DeliveryPolicy()
        let passing = DeliveryFault("busy", isPassing: true)
        #expect(policy.pause(after: passing, attempts: 1) == .seconds(1))
        #expect(policy.pause(after: passing, attempts: 2) == .seconds(4))
        #expect(policy.pause(after: passing, attempts: 3) == nil)
        #expect(policy.pause(after: DeliveryFault("no"), attempts: 1) == nil)
        let wish = { DeliveryFault("busy", isPassing: true, retryAfter: .seconds($0)) }
        #expect(policy.pause(after: wish(20), attempts: 1) == .seconds(20))
        #expect(policy.pause(after: wish(31), attempts: 1) == nil)
    }

    @Test("A text that holds a secret is not taken over into a fault")
    func hidden() {
        let error = ParlorError(.connection, "no way", why: "POST /hunter2 broke")
        #expect(DeliveryFault(describing: error, hiding: ["", "x"]).reason.contains("hunter2"))
        let fault = DeliveryFault(describing: error, hiding: ["hunter2"])
        #expect(fault.reason == "there is no connection to it, or it broke")
    }

    @Test("The failure for people says how often it was tried, why it failed and what to do")
    func failure() {
        var delivery = Delivery(
            channel: .email, key: "k", fault: DeliveryFault("it answered 535", hint: "Check it."), attempts: 1,
            duration: .zero)
        #expect(delivery.failure?.description == "no message to e-mail (1 attempt): it answered 535\nHINT: Check it.")
        delivery.fault = nil
        #expect(delivery.failure == nil)
    }
}
