import Installation
import Testing

@Suite struct ServiceOrdersTests {
    @Test("A new unit is made known, enabled and started without being waited for")
    func new() {
        let orders = ServiceOrders(.init())
        #expect(orders.calls == [["daemon-reload"], ["enable", "--now", "--no-block", "parlor.service"]])
        #expect(orders.notices.count == 1 && orders.notices[0].hasPrefix("the agent starts, now and at every boot"))
    }

    @Test("A unit that has not changed need not be made known, and is enabled and started where it was not")
    func unchanged() {
        let orders = ServiceOrders(.init(unitChanged: false, programChanged: false))
        #expect(orders.calls == [["enable", "--now", "--no-block", "parlor.service"]])
    }

    @Test("Without a start it is enabled only")
    func withoutStart() {
        let orders = ServiceOrders(.init(starts: false))
        #expect(orders.calls == [["daemon-reload"], ["enable", "parlor.service"]])
        #expect(orders.notices.last == "  systemctl start parlor.service")
    }

    @Test("What runs is never restarted, and people hear how to")
    func running() {
        let orders = ServiceOrders(.init(agentRuns: true))
        #expect(!orders.calls.contains { $0.contains("restart") || $0.contains("stop") })
        #expect(orders.notices.last == "  systemctl restart parlor.service")
    }

    @Test("What runs with the same files needs no word")
    func runningUnchanged() {
        let orders = ServiceOrders(.init(agentRuns: true, unitChanged: false, programChanged: false))
        #expect(orders.notices.isEmpty)
    }

    @Test("Where systemd does not run, people hear what to type once it does")
    func withoutManager() {
        let orders = ServiceOrders(.init(managerRuns: false))
        #expect(orders.calls.isEmpty)
        #expect(orders.notices[0].contains("systemd does not run here"))
        #expect(orders.notices.dropFirst() == ["  systemctl daemon-reload", "  systemctl enable --now parlor.service"])
    }

    @Test(
        "Another root is none of this machine's systemd's business, whether it runs or not", arguments: [true, false])
    func otherRoot(managerRuns: Bool) {
        let orders = ServiceOrders(.init(root: "/mnt/image", managerRuns: managerRuns))
        #expect(orders.calls.isEmpty)
        #expect(orders.notices.last == "  systemctl --root=/mnt/image enable parlor.service")
        let again = ServiceOrders(.init(root: "/mnt/image", managerRuns: managerRuns, unitChanged: false))
        #expect(again.calls.isEmpty && again.notices.isEmpty)
    }
}
