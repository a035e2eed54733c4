import Basics
import Glibc

/// What a host may be called, and which names mean this machine.
public enum HostName {
    /// Whether `text` could be a host name or an IP address.
    static func isPlausible(_ text: String) -> Bool {
        if text.contains(":") { return address(text, AF_INET6) != nil }
        let allowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return allowed && (1...253).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasPrefix(".")
    }

    /// Whether `text` is `localhost`, an address in 127.0.0.0/8, or `::1`.
    static func isLoopback(_ text: String) -> Bool {
        if text.lowercased() == "localhost" { return true }
        if let bytes = address(text, AF_INET) { return bytes[0] == 127 }
        return address(text, AF_INET6) == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// What this machine is called.
    public static var own: String {
        let name = try? Files.readText("/proc/sys/kernel/hostname").split(separator: "\n").first
        return name.flatMap { $0 }.map { String($0) } ?? "localhost"
    }

    /// Where to ask a server that listens at `host`, which may be every address of this machine.
    public static func reachable(_ host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "::1"
        default: host
        }
    }

    /// Whether what listens at one of them takes a port from the other: they are the same, or one is every address.
    public static func overlap(_ one: String, _ other: String) -> Bool {
        let (one, other) = (numeric(one), numeric(other))
        return one == other || [one, other].contains { $0 == "0.0.0.0" || $0 == "::" }
    }

    private static func numeric(_ text: String) -> String { text.lowercased() == "localhost" ? "127.0.0.1" : text }

    /// Whether `text` is an IP address at which other machines could reach one.
    static func isAddress(_ text: String) -> Bool {
        guard let bytes = address(text, AF_INET) ?? address(text, AF_INET6) else { return false }
        return bytes.contains { $0 != 0 } && !isLoopback(text)
    }

    /// The bytes of an IP address; nil when `text` is none.
    private static func address(_ text: String, _ family: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: family == AF_INET ? 4 : 16)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}
