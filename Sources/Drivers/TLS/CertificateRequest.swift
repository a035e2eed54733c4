public import Basics

/// What a certificate lets its holder be.
public enum CertificateUsage: String, CaseIterable, Hashable, Sendable {
    /// The end that is connected to.
    case server
    /// The end that connects.
    case client
}

/// What a certificate shall say about its holder.
public struct CertificateRequest: Equatable, Sendable {
    /// The common name of the subject, of 1 to 64 bytes. Servers that know clients by their certificate look at it.
    public var commonName: String
    /// The host names that the holder is reached by.
    public var hostNames: [String]
    /// The numeric addresses that the holder is reached by.
    public var addresses: [String]
    /// What the holder may be. Members of a cluster that connect to each other, as those of etcd do, need both.
    public var usages: Set<CertificateUsage>
    /// The moment from which the certificate is valid, to the second.
    public var validFrom: Timestamp
    /// The last moment at which it is, to the second.
    public var expires: Timestamp

    /// A certificate for both ends, where not said otherwise.
    public init(
        commonName: String, hostNames: [String] = [], addresses: [String] = [],
        usages: Set<CertificateUsage> = [.server, .client], validFrom: Timestamp, expires: Timestamp
    ) {
        self.commonName = commonName
        self.hostNames = hostNames
        self.addresses = addresses
        self.usages = usages
        self.validFrom = validFrom
        self.expires = expires
    }

    /// Whether a certificate says about names and usages what is asked for, no less and no more. When it is valid does
    /// not matter.
    public func isMet(by certificate: TLSCertificate) -> Bool {
        commonName == certificate.commonName && usages == certificate.usages
            && Set(hostNames.map { $0.lowercased() }) == Set(certificate.hostNames.map { $0.lowercased() })
            && Set(addresses.map { NumericAddress.canonical($0) ?? $0 }) == Set(certificate.addresses)
    }

    /// Refuses what no certificate can say, before anything is made of it.
    func check() throws(ParlorError) {
        if let fault {
            throw ParlorError(
                .configuration, "no certificate can be issued for \(Self.shown(commonName))", why: fault.reason,
                hint: fault.hint)
        }
    }

    private var fault: (reason: String, hint: String)? {
        guard Self.isCommonName(commonName) else {
            return ("its common name is not 1 to 64 bytes of printable text", "Give it a shorter and plainer name.")
        }
        if let name = hostNames.first(where: { !Self.isHostName($0) }) {
            return ("\(Self.shown(name)) is no host name", "Name hosts in ASCII letters, digits, hyphens and dots.")
        }
        if let address = addresses.first(where: { NumericAddress.bytes(of: $0) == nil }) {
            return ("\(Self.shown(address)) is no numeric address", "Write addresses like 10.0.0.1 or fd00::1.")
        }
        guard !usages.isEmpty else { return ("it is to be neither server nor client", "Name at least one usage.") }
        guard !usages.contains(.server) || !hostNames.isEmpty || !addresses.isEmpty else {
            return ("a server without host name and address can be verified by nobody", "Name where it is reached.")
        }
        guard validFrom < expires else { return ("it would end before it begins", "Check the machine's clock.") }
        return nil
    }

    static func isCommonName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count) && name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    }

    /// Labels as hosts really have them, the first of which may be an asterisk.
    private static func isHostName(_ name: String) -> Bool {
        guard name.utf8.count <= 253 else { return false }
        var labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if labels.count > 2, labels.first == "*" { labels.removeFirst() }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private static func shown(_ text: String) -> String {
        let plain = text.unicodeScalars.prefix(80).map { $0.value >= 32 && $0.value != 127 ? Character($0) : "?" }
        return "\"\(String(plain))\""
    }
}
