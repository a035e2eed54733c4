import Agent
import Basics
import Glibc
import State

extension Command {
    /// `parlor cluster invite`.
    static let clusterInvite = Command(
        CommandDeclaration(
            name: "invite",
            group: .operations,
            summary: "Write down what another host needs to join",
            discussion: """
                The file holds the key of the cluster's authority and every password, so that whoever has it can do
                everything: only its owner may read it. Carry it to the other hosts over a way that you trust, use it
                there with "parlor cluster join", and delete it. It serves any number of hosts, until passwords or the
                authority are replaced. Nothing has to run.
                """,
            arguments: [ArgumentDeclaration("file", "Where to write it; there must be none yet")],
            examples: [.init("parlor cluster invite alpha.invitation", "Then copy it to beta and gamma")],
            success: "the file is written",
            failures: ErrorCode.stateFailures),
        work: { try await invite($0) })

    /// `parlor cluster join`.
    static let clusterJoin = Command(
        CommandDeclaration(
            name: "join",
            group: .operations,
            summary: "Make this host a part of another one's cluster",
            discussion: """
                Takes over what "parlor cluster invite" has written down on the host that begins the cluster. After it,
                "parlor up" brings this host's share of the cluster up. Done twice, it changes nothing.
                """,
            arguments: [ArgumentDeclaration("file", "The file of \"parlor cluster invite\"")],
            examples: [.init("parlor cluster join alpha.invitation", "On beta and on gamma, before the first start")],
            success: "this host may start",
            failures: [.alreadyRunning] + ErrorCode.stateFailures),
        work: { try await join($0) })

    private static func invite(_ invocation: Invocation) async throws {
        let path = invocation.command.arguments.first ?? ""
        let workplace = try Workplace(invocation)
        // As whoever asks, who may write where the owner of the state may not.
        let file = try emptyFile(path)
        defer { close(file) }
        let state = try workplace.makeStateFolder { try invocation.terminal.write("\($0)\n") }
        let text = try Invitation(workplace.configuration, to: state).file
        let written = Array(text.utf8).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        guard written == text.utf8.count, fsync(file) == 0 else {
            throw ParlorError.systemCall("write", path: path, errno: errno)
        }
        try invocation.terminal.write(
            """
            \(path) holds the key of the cluster and its passwords: keep it from others, and delete it when every host \
            has joined

            """)
    }

    /// A file that only its owner may read, with nothing in it; one that a failed attempt left serves again.
    private static func emptyFile(_ path: String) throws(ParlorError) -> Int32 {
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0, fchmod(file, 0o600) == 0 else {
            let why = errnoMeaning(errno)
            if file >= 0 { close(file) }
            throw ParlorError(
                .usage, "the invitation cannot be written to \(path)", why: why,
                hint: "Name a file in a folder that you can write to.")
        }
        guard status.st_size == 0 else {
            close(file)
            throw ParlorError(.usage, "\(path) is there already", hint: "Name a file that is not there yet.")
        }
        return file
    }

    private static func join(_ invocation: Invocation) async throws {
        let path = invocation.command.arguments.first ?? ""
        let workplace = try Workplace(invocation)
        guard Files.exists(path) else {
            throw ParlorError(
                .usage, "there is no file \(path)",
                hint: "Write it with \"./parlor cluster invite FILE\" on a host of the cluster, and copy it here.")
        }
        // Read as whoever asks, too.
        let invitation = try Invitation(file: try Files.readText(path))
        let state = try workplace.makeStateFolder { try invocation.terminal.write("\($0)\n") }
        let lock = try state.hold()
        defer { withExtendedLifetime(lock) {} }
        try invitation.accept(in: state)
        try invocation.terminal.write("this host has joined; start it with \"./parlor up\", and delete \(path)\n")
    }
}
