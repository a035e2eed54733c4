import Basics
import Glibc
import Processes

/// A network of the kernel's that has a name: interfaces, routes and filters of its own.
struct NetworkNamespace: Hashable {
    let name: String

    private static let folder = "/run/netns"

    /// All that have names.
    static var all: [NetworkNamespace] {
        ((try? Files.list(folder)) ?? []).map { NetworkNamespace(name: $0) }
    }

    var path: String { "\(Self.folder)/\(name)" }

    func create() throws(ParlorError) { try RootCommand.ip("netns", "add", name) }

    func remove() throws(ParlorError) { try RootCommand.ip("netns", "delete", name) }

    /// Runs ip inside.
    func ip(_ arguments: String...) throws(ParlorError) { try RootCommand.ip(["-n", name] + arguments) }

    /// Makes the calling thread a part of it: the sockets that it opens from now on, the threads it makes and the
    /// programs it starts.
    func enter() throws(ParlorError) { try Self.enter(path) }

    /// Does something as a part of it, and is then what it was.
    func inside<Result>(_ body: () throws -> Result) throws -> Result {
        let before = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
        guard before >= 0 else { throw ParlorError.systemCall("open", path: "/proc/thread-self/ns/net", errno: errno) }
        defer { close(before) }
        try enter()
        defer {
            // A thread that stayed there would do everything else there too.
            precondition(Self.setns(before, Self.network) == 0, "the thread cannot leave the network \(name)")
        }
        return try body()
    }

    /// The threads of this process that are a part of it.
    func threads() throws(ParlorError) -> [String] {
        guard let own = Self.identity(path) else { return [] }
        return try Files.list("/proc/self/task").filter { Self.identity("/proc/self/task/\($0)/ns/net") == own }
    }

    /// The processes that were started in it, or from there.
    var processes: [Int32] {
        guard let own = Self.identity(path) else { return [] }
        return ProcessTable.processes.filter { Self.identity("/proc/\($0)/ns/net") == own }
    }

    private static func identity(_ path: String) -> UInt64? {
        var found = stat()
        return stat(path, &found) == 0 ? UInt64(found.st_ino) : nil
    }

    private static func enter(_ path: String) throws(ParlorError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .systemCall("open", path: path, errno: errno) }
        defer { close(descriptor) }
        guard setns(descriptor, network) == 0 else { throw .systemCall("setns", path: path, errno: errno) }
    }

    /// CLONE_NEWNET.
    private static let network: Int32 = 0x4000_0000

    /// The C library declares this call for programs in GNU's C only, and Swift's view of it is not one.
    private static func setns(_ descriptor: Int32, _ kind: Int32) -> Int32 {
        guard let symbol = dlsym(nil, "setns") else {
            errno = ENOSYS
            return -1
        }
        return unsafeBitCast(symbol, to: (@convention(c) (Int32, Int32) -> Int32).self)(descriptor, kind)
    }
}
