import Basics
import Configuration
import Glibc
import Installation
import Processes

extension Command {
    /// `parlor install`.
    static let install = Command(
        CommandDeclaration(
            name: "install",
            group: .role,
            summary: "Have systemd run the agent of this host from boot on",
            discussion: """
                Compares what must exist with what exists, makes or replaces what differs, and has systemd enable and
                start it. Run again, it says that nothing changed. It wants root.

                The program and the migrations go to /usr/local/lib/parlor, a link to the program to
                /usr/local/bin/parlor, and the unit to /usr/local/lib/systemd/system/parlor.service.

                The configuration is /etc/parlor/parlor.yaml. Where it is missing, the file of --config is copied, else
                the parlor.yaml of the checkout, else one without settings is written; one that is there is never
                touched. It belongs to the user of run_as. Variables are not taken over.

                The state is in /var/lib/parlor/state. The program at /usr/local/bin/parlor knows these places.

                A newer version is installed in the same way. What runs goes on as it is until the unit is restarted.
                """,
            options: [.dryRun, .installRoot, .noStart],
            examples: [
                .init("parlor install --dry-run", "What would be written"),
                .init("parlor install", "Write, enable and start"),
                .init("parlor install --no-start", "The same, to be started at the next boot"),
                .init("parlor install --root /mnt/image", "Into the image of another machine"),
            ],
            success: "everything is in its place",
            failures: [.configuration, .diskFull, .programFailed, .file, .malformed, .system]),
        work: { try await install($0) })

    private static func install(_ invocation: Invocation) async throws {
        let isDry = invocation.command.has(.dryRun)
        let places = InstalledPlaces(below: invocation.command.value(of: .installRoot).map(Files.absolute) ?? "")
        guard isDry || !places.root.isEmpty || UserAccount.current.isRoot else {
            throw ParlorError(
                .system, "installing wants root", why: "units and programs of the whole machine are root's",
                hint: "Run \"sudo ./parlor install\", or look at what it would do with --dry-run.")
        }
        let material = try InstallationMaterial(invocation, places)
        let plan = try InstallationPlan(comparing: material.files, removing: material.obsolete)
        if !isDry { try plan.apply() }
        try invocation.terminal.write(InstallationView(plan, places, notices: material.notices, isDry: isDry).text)
        if !isDry { try await tellServiceManager(plan, places, invocation) }
    }

    /// systemd's own mark that it runs this machine.
    private static let managerMark = "/run/systemd/system"

    private static func tellServiceManager(
        _ plan: InstallationPlan, _ places: InstalledPlaces, _ invocation: Invocation
    ) async throws {
        let managerRuns = places.root.isEmpty && Files.exists(managerMark)
        let orders = ServiceOrders(
            .init(
                root: places.root, managerRuns: managerRuns,
                agentRuns: managerRuns ? try await agentRuns(invocation) : false,
                starts: !invocation.command.has(.noStart), unitChanged: plan.changes(places.unit),
                programChanged: !plan.isEmpty))
        do {
            for words in orders.calls {
                try await Child.runSuccessfully(systemctl(words), within: .seconds(90), on: invocation.loop)
            }
        } catch var error as ParlorError {
            error.hint = "Every file is in its place; mend what systemctl says, then install again."
            throw error
        }
        try invocation.terminal.write(orders.notices.map { "\($0)\n" }.joined())
    }

    private static func agentRuns(_ invocation: Invocation) async throws -> Bool {
        let program = systemctl(["is-active", "--quiet", ServiceUnit.name])
        return try await Child.run(program, within: .seconds(90), on: invocation.loop).status.isSuccess
    }

    private static func systemctl(_ words: [String]) -> Processes.Program {
        Processes.Program("/usr/bin/systemctl", words, environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
    }
}

extension OptionDeclaration {
    /// Another machine's files.
    static let installRoot = value(
        "root", ValueDeclaration("<folder>"), "Install below this folder, and leave systemd alone")

    /// The files alone.
    static let noStart = flag("no-start", "Start nothing now, only at the next boot")
}
