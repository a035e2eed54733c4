import Basics
import Glibc
import Loop

@main
enum Entrypoint {
    static func main() {
        do {
            let arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
            let loop = try EventLoop()
            let report = try loop.run { try await Suite(arguments, on: loop).run() }
            print(arguments.isJSON ? report.json.pretty : report.table, terminator: arguments.isJSON ? "\n" : "")
            exit(report.holds ? 0 : ErrorCode.belowFloor.exitStatus)
        } catch {
            let error = ParlorError(describing: error)
            let isJSON = CommandLine.arguments.contains("--json")
            tell(isJSON ? error.json.compact : "bench: error: \(error)")
            exit(error.code.exitStatus)
        }
    }

    /// Says something beside the result.
    static func tell(_ text: String) { try? Files.write(Array("\(text)\n".utf8), to: 2, path: "standard error") }
}
