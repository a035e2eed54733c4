package import Basics
package import TLS

/// Everything that parts need to trust each other at one time: authorities, certificates, keys.
///
/// The first authority is the one that issues. During a rotation there is a second one, so that parts with certificates
/// of either believe each other.
package struct Generation: Equatable, Sendable {
    /// A part's certificate, those between it and its authority, and its key.
    package struct Identity: Equatable, Sendable {
        /// The certificate, followed by those between it and its authority.
        package var chain: [TLSCertificate]
        /// The private key as PEM text.
        package var key: Secret
    }

    /// How far the change of an authority has come.
    package enum Stage: String, Equatable, Sendable {
        /// There is one authority, or somebody else decides about them.
        case settled
        /// A second authority is trusted, and has issued nothing yet.
        case introducing
        /// The new authority has issued all certificates, and the old one is still trusted.
        case retiring
    }

    /// Whom every part believes; the first one issues.
    package var authorities: [TLSCertificate]
    /// The key of the first authority; nil where somebody else issues.
    package var authorityKey: Secret?
    /// The key of the last authority, when it is to become the first one.
    package var nextAuthorityKey: Secret?
    /// The parts' certificates by the names of their files.
    package var identities: [String: Identity]

    /// The names of files that no part can have.
    static let reservedNames: Set<String> = ["ca", "ca-next", "ca-old"]

    /// How far the change of an authority has come.
    package var stage: Stage {
        if nextAuthorityKey != nil { return .introducing }
        return authorityKey != nil && authorities.count > 1 ? .retiring : .settled
    }

    // MARK: - Issuing

    /// A first generation, with an authority and nothing else.
    static func first(_ policy: CertificatePolicy, at moment: Timestamp) throws(ParlorError) -> Generation {
        let authority = try newAuthority(policy, at: moment)
        return Generation(authorities: [authority.certificate], authorityKey: authority.key, identities: [:])
    }

    private static func newAuthority(
        _ policy: CertificatePolicy, at moment: Timestamp
    ) throws(ParlorError) -> CertificateAuthority {
        // Verifiers find an authority by its name, so that the next one must have another.
        try .make(
            commonName: "Parlor authority \(RandomIdentifier.hex(bytes: 4))",
            validFrom: moment - policy.tolerance, expires: moment + policy.authorityLifetime)
    }

    private func issuer(at moment: Timestamp) throws(ParlorError) -> CertificateAuthority {
        guard let authorityKey, let certificate = authorities.first else {
            throw ParlorError(
                .stateFolder, "no certificate can be issued", why: "the key of the authority is not on this machine",
                hint: "Renew the certificates where the key is and copy them here, or replace the authority: "
                    + "docs/certificates.md says how.")
        }
        if let start = certificate.validFrom, let end = certificate.expires, !(start...end).contains(moment) {
            throw ParlorError(
                .stateFolder, "no certificate can be issued",
                why: moment < start ? "the authority is not valid yet" : "the authority has expired",
                hint: "Check this machine's clock; if it is right, replace the authority: docs/certificates.md "
                    + "says how.")
        }
        return try CertificateAuthority(certificate, key: authorityKey)
    }

    /// Issues certificates for parts. One that has a key keeps it, unless keys are to change.
    mutating func issue(
        _ parts: [CertifiedPart], keepingKeys: Bool, _ policy: CertificatePolicy, at moment: Timestamp
    ) throws(ParlorError) {
        guard !parts.isEmpty else { return }
        let issuer = try issuer(at: moment)
        for part in parts {
            let request = part.request(from: moment - policy.tolerance, until: moment + policy.partLifetime)
            let kept = keepingKeys ? identities[part.name]?.key : nil
            let issued = try issuer.issue(request, keeping: kept)
            identities[part.name] = Identity(chain: [issued.certificate], key: issued.key)
        }
    }

    // MARK: - Changing the authority

    /// Makes a second authority that is trusted from now on; nothing when there is one already.
    mutating func introduceAuthority(_ policy: CertificatePolicy, at moment: Timestamp) throws(ParlorError) {
        guard stage == .settled else { return }
        let next = try Self.newAuthority(policy, at: moment)
        authorities.append(next.certificate)
        nextAuthorityKey = next.key
    }

    /// Gives every part a new certificate with a new key, of the authority that was introduced if there is one.
    mutating func reissue(_ policy: CertificatePolicy, at moment: Timestamp) throws(ParlorError) {
        if let nextAuthorityKey, let next = authorities.popLast() {
            authorities.insert(next, at: 0)
            authorityKey = nextAuthorityKey
            self.nextAuthorityKey = nil
        }
        let parts = identities.keys.sorted().compactMap { name in
            identities[name]?.chain.first.map { CertifiedPart(name, like: $0) }
        }
        try issue(parts, keepingKeys: false, policy, at: moment)
    }

    /// Trusts nobody any more but the authority that issues.
    mutating func retireAuthority() {
        guard stage == .retiring else { return }
        authorities.removeLast(authorities.count - 1)
    }
}

extension Timestamp {
    /// The moment `duration` earlier.
    static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }
}
