package import Basics
import TLS

/// When a certificate ends, for metrics, alerts and `status`.
package struct CertificateExpiry: Equatable, Sendable {
    /// The part's name; `ca`, `ca-next` or `ca-old` for authorities.
    package var name: String
    /// When it ends.
    package var expires: Timestamp
    /// The whole days that are left; negative when it is over.
    package var daysLeft: Int
    /// Whether it should be new by now: a certificate that nobody renews shows up here long before it ends.
    package var isDue: Bool

    init(_ name: String, _ certificate: TLSCertificate, at moment: Timestamp) {
        self.name = name
        // A date that cannot be read must raise the alarm.
        expires = certificate.expires ?? Timestamp(seconds: 0)
        daysLeft = Int(((expires - moment).seconds / 86_400).rounded(.down))
        isDue = CertificatePolicy.isDue(certificate, at: moment)
    }
}

extension Generation {
    /// Every certificate with its end, authorities first.
    package func expiries(at moment: Timestamp) -> [CertificateExpiry] {
        let others = stage == .introducing ? "ca-next" : "ca-old"
        let authorities = authorities.enumerated().map { place, certificate in
            CertificateExpiry(place == 0 || authorityKey == nil ? "ca" : others, certificate, at: moment)
        }
        let parts = identities.sorted { $0.key < $1.key }.compactMap { name, identity in
            identity.chain.first.map { CertificateExpiry(name, $0, at: moment) }
        }
        return authorities + parts
    }
}
