import Basics
import Loop

/// Something that is shown once, or with `--watch` once a second until Ctrl-C; with `--json` as JSON.
struct LiveView {
    /// What is shown, in both forms.
    struct Picture {
        let json: JSON
        let lines: [String]
    }

    let invocation: Invocation
    let ask: () async throws -> Picture

    private var terminal: Terminal { invocation.terminal }
    private var isJSON: Bool { invocation.command.has(.json) }

    /// Shows it as the options say.
    func show() async throws {
        guard invocation.command.has(.watch) else {
            let picture = try await ask()
            return try terminal.write(isJSON ? picture.json.pretty + "\n" : text(picture.lines))
        }
        let isTerminal = terminal.isTerminal()
        if isTerminal, !isJSON { try terminal.write(Repaint.opening) }
        while true {
            let picture = try await ask()
            if isJSON {
                try terminal.write(picture.json.compact + "\n")
            } else if isTerminal {
                try terminal.write(Repaint.frame(picture.lines, height: terminal.height))
            } else {
                try terminal.write(text(picture.lines + [""]))
            }
            try await invocation.loop.sleep(for: .seconds(1))
        }
    }

    private func text(_ lines: [String]) -> String { lines.map { "\($0)\n" }.joined() }
}
