package import Basics
package import TLS

/// How long certificates live, and when they are renewed.
package struct CertificatePolicy: Equatable, Sendable {
    /// How long an authority is valid.
    package var authorityLifetime: Duration
    /// How long a part's certificate is valid.
    package var partLifetime: Duration
    /// How far back a certificate begins, for machines whose clock is behind.
    package var tolerance: Duration

    /// Ten years for an authority, one for a part, an hour between clocks.
    package init(
        authorityLifetime: Duration = .days(3650), partLifetime: Duration = .days(365),
        tolerance: Duration = .seconds(3600)
    ) {
        self.authorityLifetime = authorityLifetime
        self.partLifetime = partLifetime
        self.tolerance = tolerance
    }

    /// Whether a certificate is in the last third of its life, or beyond it.
    package static func isDue(_ certificate: TLSCertificate, at moment: Timestamp) -> Bool {
        guard let start = certificate.validFrom, let end = certificate.expires else { return true }
        return moment + (end - start) / 3 > end
    }
}

extension Duration {
    /// Days of 24 hours.
    package static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}
