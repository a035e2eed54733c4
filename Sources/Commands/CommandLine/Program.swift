package import Basics
import Glibc
import Loop

/// The program from its arguments to its exit status.
package struct Program: Sendable {
    private let main: Command
    private let terminal: Terminal

    /// A program of the commands below `main`, writing to `terminal`.
    package init(main: Command = .main, terminal: Terminal = Terminal()) {
        self.main = main
        self.terminal = terminal
    }

    /// Does what the arguments, without the program's name, ask for, and returns the exit status.
    package func run(_ arguments: [String]) -> Int32 {
        do {
            let loop = try EventLoop()
            return try loop.run { await run(arguments, on: loop) }
        } catch {
            try? terminal.write(ErrorView(ParlorError(describing: error), form: .plain).text, to: .error)
            return ParlorError(describing: error).code.exitStatus
        }
    }

    func run(_ arguments: [String], on loop: EventLoop) async -> Int32 {
        // A reader that went away is found out by the write itself, which lets the work end in order.
        signal(SIGPIPE, SIG_IGN)
        let asked = { (option: OptionDeclaration) in arguments.prefix { $0 != "--" }.contains(option.spelling) }
        let terminal = asked(.noColor) ? terminal.withoutColor : terminal
        do {
            try await answer(arguments, on: terminal, loop)
            return 0
        } catch is OutputClosed {
            return 0
        } catch let said as AlreadySaid {
            return said.code.exitStatus
        } catch {
            let error = ParlorError(describing: error)
            // Read from the raw words, because the line may be what could not be understood.
            let form: ErrorView.Form = asked(.json) ? .json : asked(.debug) ? .debug : .plain
            let view = ErrorView(error, form: form, inColor: terminal.allowsColor(on: .error))
            // There is no other place left to complain to.
            try? terminal.write(view.text, to: .error)
            return error.code.exitStatus
        }
    }

    private func answer(_ arguments: [String], on terminal: Terminal, _ loop: EventLoop) async throws {
        let parser = CommandLineParser(main: main.declaration, general: OptionDeclaration.general)
        switch try parser.parse(arguments) {
        case .version: try terminal.write("parlor \(Version.current)\n")
        case .help(let path): try showHelp(of: path, on: terminal)
        case .command(let parsed):
            guard let work = main.command(at: parsed.path)?.work else {
                return try showHelp(of: parsed.path, on: terminal)
            }
            try await work(Invocation(command: parsed, main: main.declaration, terminal: terminal, loop: loop))
        }
    }

    private func showHelp(of path: [String], on terminal: Terminal) throws {
        let view = HelpView(width: terminal.width, inColor: terminal.allowsColor(on: .output))
        try terminal.write(view.text(main: main.declaration, path: path))
    }
}

/// Ends a command with a status other than 0 when its own output has said everything, as an unhealthy `health` does.
package struct AlreadySaid: Error {
    /// What the status says.
    package let code: ErrorCode

    /// An end without another word.
    package init(_ code: ErrorCode) { self.code = code }
}
