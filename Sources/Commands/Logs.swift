import Basics
import Loop
import State

extension Command {
    /// `parlor logs`.
    static let logs = Command(
        CommandDeclaration(
            name: "logs",
            group: .daily,
            summary: "Show what the parts have written",
            discussion: """
                Shows the last lines of one part or of all, in the order in which they were written. The logs stay
                in the state folder, so that they can also be read when nothing runs.
                """,
            arguments: [
                ArgumentDeclaration("part", isOptional: true, "One part, named as in status; without it, all")
            ],
            options: [.follow, .lines],
            examples: [
                .init("parlor logs", "The last 100 lines of all parts"),
                .init("parlor logs postgres --follow", "The database, line by line"),
                .init("parlor logs service --lines 20", "The last 20 lines of the service"),
            ],
            success: "the lines are shown",
            failures: [.notRunning] + ErrorCode.stateFailures + [.file]),
        work: { try await show($0) })

    private static func show(_ invocation: Invocation) async throws {
        guard let state = try Workplace(invocation).enterStateFolder() else {
            throw ParlorError(.notRunning, "there are no logs yet", hint: "Start the system with \"./parlor up\".")
        }
        var tails = try parts(state, invocation).map { LogTail(part: $0, path: state.log(of: $0)) }
        let count = invocation.command.count(of: .lines) ?? 100
        let width = tails.count > 1 ? tails.map(\.part.count).max() : nil
        let view = LogLineView(partWidth: width, isForPeople: invocation.terminal.isTerminal())
        func write(_ lines: some Sequence<LogLine>) throws {
            try invocation.terminal.write(lines.map { view.line($0) + "\n" }.joined())
        }
        var logs: [[LogLine]] = []
        for index in tails.indices { logs.append(try tails[index].last(count)) }
        try write(LogLine.merged(logs).suffix(count))
        while invocation.command.has(.follow) {
            try await invocation.loop.sleep(for: .milliseconds(100))
            for index in tails.indices { try write(try tails[index].next()) }
        }
    }

    private static func parts(_ state: StateFolder, _ invocation: Invocation) throws -> [String] {
        let known = try Files.list(state.logs).filter { $0.hasSuffix(".log") }.map { String($0.dropLast(4)) }
        guard let part = invocation.command.arguments.first else { return known }
        guard known.contains(part) else {
            let suggestion = nearest(to: part, among: known).map { "Did you mean \"\($0)\"? " } ?? ""
            throw ParlorError(
                .usage, "there is no log of \"\(part)\"",
                hint: "\(suggestion)There are logs of: \(known.joined(separator: ", ")).")
        }
        return [part]
    }
}

extension OptionDeclaration {
    /// With what is still to come.
    package static let follow = flag("follow", letter: "f", "Go on with new lines until Ctrl-C")

    /// How far back.
    package static let lines = value(
        "lines", letter: "n", ValueDeclaration("<n>", .count, standard: "100"), "Begin with the last <n> lines")
}
