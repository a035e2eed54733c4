import Basics
import Glibc
import Processes

extension Workshop {
    private var libraries: [String: String] { ["LD_LIBRARY_PATH": "\(yardsticks)/libraries"] }

    private var path: [String: String] { ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": folder] }

    /// One of the unpacked programs.
    func unpacked(_ name: String, _ arguments: [String], _ environment: [String: String] = [:]) -> Program {
        Program(
            "\(yardsticks)/root/usr/bin/\(name)", arguments,
            environment: libraries.merging(path) { $1 }.merging(environment) { $1 })
    }

    /// One of the scripts for node.
    func node(_ script: String, _ arguments: [String]) -> Program {
        Program(
            "/usr/bin/env", ["node", "\(peers)/\(script).js"] + arguments,
            environment: path.merging([
                "NODE_PATH": "\(yardsticks)/root/usr/share/nodejs", "NODE_ENV": "production",
            ]) { $1 })
    }

    /// One of the scripts for Debian's Python.
    func python(_ script: String, _ arguments: [String]) -> Program {
        Program(
            "/usr/bin/python3", ["\(peers)/\(script).py"] + arguments,
            environment: path.merging([
                "PYTHONPATH": "\(yardsticks)/root/usr/lib/python3/dist-packages", "PYTHONDONTWRITEBYTECODE": "1",
            ]) { $1 })
    }
}
