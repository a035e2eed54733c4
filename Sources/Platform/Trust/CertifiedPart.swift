import Basics
package import TLS

/// A part of the system that has a certificate, and where others reach it.
package struct CertifiedPart: Equatable, Sendable {
    /// The name of its files, like `postgres-1`.
    package var name: String
    /// The common name of its certificate.
    package var commonName: String
    /// The host names that it is reached by.
    package var hostNames: [String]
    /// The numeric addresses that it is reached by.
    package var addresses: [String]
    /// What it may be to others.
    package var usages: Set<CertificateUsage>

    /// A part that connects and is connected to, known by the name of its files, where not said otherwise.
    package init(
        _ name: String, commonName: String? = nil, hostNames: [String] = [], addresses: [String] = [],
        usages: Set<CertificateUsage> = [.server, .client]
    ) {
        self.name = name
        self.commonName = commonName ?? name
        self.hostNames = hostNames
        self.addresses = addresses
        self.usages = usages
    }

    /// The part that a certificate was issued for.
    init(_ name: String, like certificate: TLSCertificate) {
        self.init(
            name, commonName: certificate.commonName, hostNames: certificate.hostNames,
            addresses: certificate.addresses, usages: certificate.usages)
    }

    /// What to ask an authority for.
    func request(from start: Timestamp, until end: Timestamp) -> CertificateRequest {
        CertificateRequest(
            commonName: commonName, hostNames: hostNames, addresses: addresses, usages: usages, validFrom: start,
            expires: end)
    }

    /// Whether a certificate says what it should, whatever its dates.
    func isDescribed(by certificate: TLSCertificate) -> Bool {
        request(from: Timestamp(seconds: 0), until: Timestamp(seconds: 1)).isMet(by: certificate)
    }

    /// Refuses names that cannot be file names or that are the authority's own, and parts of the same name.
    static func check(_ parts: [CertifiedPart]) throws(ParlorError) {
        var seen: Set<String> = []
        for part in parts {
            guard isName(part.name) else {
                throw ParlorError(
                    .configuration, "a part cannot have a certificate of the name \"\(part.name)\"",
                    hint: "Name it in lower-case letters, digits and hyphens, and neither ca, ca-next nor ca-old.")
            }
            guard seen.insert(part.name).inserted else {
                throw ParlorError(
                    .configuration, "two parts want a certificate of the name \(part.name)",
                    hint: "Give each part a name of its own.")
            }
        }
    }

    private static func isName(_ name: String) -> Bool {
        let characters = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return characters && (1...64).contains(name.utf8.count) && name.first != "-"
            && !Generation.reservedNames.contains(name)
    }
}
