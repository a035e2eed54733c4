import Basics
import TLS

/// Which parts need a new certificate, and why.
package struct RenewalPlan: Equatable, Sendable {
    /// Why a part needs a new certificate.
    package enum Reason: String, Equatable, Sendable {
        /// It has none.
        case missing
        /// The one that it has is in the last third of its life, or beyond it.
        case expiring
        /// The one that it has is not valid yet: a clock was wrong when it was made.
        case notYetValid
        /// It is reached by other names now, or has another purpose.
        case namesChanged
    }

    /// A part, and why it needs a new certificate.
    package struct Renewal: Equatable, Sendable {
        /// The part's name.
        package var part: String
        /// The reason.
        package var reason: Reason
    }

    /// What is to be done, in the order of the parts that were asked for; empty when all is well.
    package let renewals: [Renewal]

    /// Compares what there is with what should be.
    init(_ identities: [String: Generation.Identity], for parts: [CertifiedPart], at moment: Timestamp) {
        renewals = parts.compactMap { part in
            Self.reason(part, identities[part.name]?.chain.first, moment).map { Renewal(part: part.name, reason: $0) }
        }
    }

    private static func reason(
        _ part: CertifiedPart, _ certificate: TLSCertificate?, _ moment: Timestamp
    ) -> Reason? {
        guard let certificate else { return .missing }
        guard part.isDescribed(by: certificate) else { return .namesChanged }
        if let start = certificate.validFrom, moment < start { return .notYetValid }
        return CertificatePolicy.isDue(certificate, at: moment) ? .expiring : nil
    }
}
