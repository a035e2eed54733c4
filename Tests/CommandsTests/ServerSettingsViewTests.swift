import Basics
import Cluster
import TestSupport
import Testing

@testable import Commands

@Suite struct ServerSettingsViewTests {
    static let goldenNames = ["server-settings", "server-settings-narrow"]

    private var view: ServerSettingsView {
        let disk = Disk(fileSystem: "ext4", kind: .solidState, capacity: .gigabytes(500))
        let machine = Machine(memory: .gigabytes(8), cores: 4, disk: disk)
        let basis = ServerSettings.Basis(machine, .solo, connections: 200)
        let settings = ServerSettings(
            basis,
            overrides: [
                .init("work_mem", "64MB", place: "in parlor.yaml:7"), .init("jit", "off", place: "with --set"),
            ])
        return ServerSettingsView(
            settings, machine, memoryKey: "database.memory", customFile: "/var/lib/parlor/postgres/custom.conf")
    }

    @Test(
        "Each setting stands beside its reason, and below it where there is no room",
        arguments: [(100, ""), (60, "-narrow")])
    func golden(width: Int, name: String) {
        let lines = view.lines(width: width)
        expectGolden(lines.map { "\($0)\n" }.joined(), "server-settings\(name)")
        #expect(lines.filter { $0.displayWidth > width || $0.hasSuffix(" ") } == [])
    }

    @Test("Programs get the machine, and each setting with what it takes to change it")
    func json() {
        let json = view.json
        #expect(json["custom_file"] == "/var/lib/parlor/postgres/custom.conf")
        #expect(json["machine"]?["cores"] == 4 && json["machine"]?["disk"] == "solid_state")
        func setting(_ name: String) -> JSON? { json["settings"]?.elements?.first { $0["name"]?.text == name } }
        #expect(setting("shared_buffers")?["change"] == "restart" && setting("jit")?["change"] == "reload")
        #expect(setting("work_mem")?["derived"] == "16MB" && setting("work_mem")?["set_by_you"] == true)
        #expect(setting("jit")?["derived"] == .null && setting("shared_buffers")?["set_by_you"] == false)
    }
}
