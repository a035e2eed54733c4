import CFuzzer
import Glibc

/// Hands libFuzzer's inputs to the target that the first word names; the other words are libFuzzer's.
@main
enum Entrypoint {
    /// A target traps when an input shows a mistake of ours; refusing an input is none.
    typealias Target = @Sendable ([UInt8]) -> Void

    private static let targets: [String: Target] = [
        "http-request": HTTPRequestTarget.run, "http-response": HTTPResponseTarget.run, "json": JSONTarget.run,
        "postgres-value": PostgresValueTarget.run, "websocket": WebSocketTarget.run, "xml": XMLTarget.run,
    ]
    // Guard of nonisolated(unsafe): written once, before libFuzzer calls anything, on its one thread. libFuzzer's callback
    // takes no context, so it must stand here.
    nonisolated(unsafe) private static var target: Target = { _ in }

    static func main() {
        guard CommandLine.argc > 1, let chosen = targets[CommandLine.arguments[1]] else {
            print(
                "usage: fuzz <target> [libFuzzer's options] [folders]\n\ntargets:",
                targets.keys.sorted().joined(separator: " "))
            exit(2)
        }
        target = chosen
        var count = CommandLine.argc - 1
        let words: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = CommandLine.unsafeArgv + 1
        words[0] = CommandLine.unsafeArgv[0]
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words
        exit(
            LLVMFuzzerRunDriver(&count, &list) { start, count in
                Entrypoint.target(Array(UnsafeBufferPointer(start: start, count: count)))
                return 0
            })
    }
}
