import Basics
import Glibc
import Processes
import TestSupport
import Testing

@Suite struct NotifySocketTests {
    /// Listens at an address, has it told, and gives back what was heard.
    private func heard(at path: String, _ lines: [String]) throws -> String {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_CLOEXEC | O_NONBLOCK, 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = path.utf8.map { $0 == UInt8(ascii: "@") ? 0 : $0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(2 + bytes.count))
            }
        }
        try #require(bound == 0)
        let notify = try #require(NotifySocket(environment: ["NOTIFY_SOCKET": path]))
        #expect(notify.tell(lines[0], lines[1]))
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("What is told arrives as one message, a line each, through a file")
    func file() throws {
        try withTemporaryFolder { folder in
            let text = try heard(at: "\(folder)/notify", ["READY=1", "STATUS=all is well"])
            #expect(text == "READY=1\nSTATUS=all is well")
        }
    }

    @Test("The same through a name without a file")
    func name() throws {
        let text = try heard(at: "@parlor-test-\(RandomIdentifier.hex(bytes: 8))", ["STOPPING=1", "STATUS=stopping"])
        #expect(text == "STOPPING=1\nSTATUS=stopping")
    }

    @Test(
        "Without a usable address there is nobody to tell",
        arguments: [nil, "", "@", "notify", "vsock:2:1", "/\(String(repeating: "a", count: 108))"])
    func nobody(address: String?) {
        #expect(NotifySocket(environment: address.map { ["NOTIFY_SOCKET": $0] } ?? [:]) == nil)
    }

    @Test("A service manager that is gone is no error")
    func gone() throws {
        let notify = try #require(NotifySocket(environment: ["NOTIFY_SOCKET": "/nowhere/notify"]))
        #expect(!notify.tell("READY=1"))
    }
}
