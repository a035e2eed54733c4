import Basics
import Installation
import TestSupport
import Testing

@Suite struct ServiceUnitTests {
    @Test("The unit reads as it should")
    func golden() { expectGolden(ServiceUnit(user: "parlor").text, "unit") }

    /// The values of a key, in their order.
    private func values(of key: String, in unit: ServiceUnit) -> [Substring] {
        unit.text.split(separator: "\n").filter { $0.hasPrefix("\(key)=") }.map { $0.dropFirst(key.utf8.count + 1) }
    }

    @Test("It runs as the user of the configuration")
    func user() { #expect(values(of: "User", in: ServiceUnit(user: "salons")) == ["salons"]) }

    @Test("Homes are closed to it, unless the configuration names a file in one")
    func homes() {
        #expect(values(of: "ProtectHome", in: ServiceUnit(user: "parlor")) == ["yes"])
        #expect(values(of: "ProtectHome", in: ServiceUnit(user: "parlor", readsHomes: true)) == ["read-only"])
    }

    @Test("It is not started again after what only a person can mend, but after everything else")
    func finalCodes() throws {
        let codes = try #require(values(of: "RestartPreventExitStatus", in: ServiceUnit(user: "parlor")).first)
        let statuses = codes.split(separator: " ").compactMap { Int32($0) }
        let names = ErrorCode.all.filter { statuses.contains($0.exitStatus) }.map(\.name)
        #expect(
            names == [
                "usage", "configuration", "state_folder_foreign", "state_folder_newer", "engine_missing",
                "engine_unsupported",
            ])
    }

    @Test("The state folder that systemd makes is the one that the program looks for")
    func state() {
        let unit = ServiceUnit(user: "parlor")
        #expect(values(of: "StateDirectory", in: unit).map { "/var/lib/\($0)" } == [InstalledPlaces().state])
    }
}
