import Commands
import Glibc

@main struct Entrypoint {
    static func main() { exit(Program().run(Array(CommandLine.arguments.dropFirst()))) }
}
