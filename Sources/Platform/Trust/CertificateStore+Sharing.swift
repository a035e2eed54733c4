package import Basics
package import TLS

/// One authority for the parts of several machines: each issues the certificates of its own parts with it.
extension CertificateStore {
    /// The authority that issues here, made where there is none yet.
    package func authority(at moment: Timestamp = .now()) throws(ParlorError) -> CertificateAuthority {
        try ensure([], at: moment)
        guard let content = try current()?.content, content.stage == .settled, let key = content.authorityKey,
            let certificate = content.authorities.first
        else {
            throw ParlorError(
                .stateFolder, "the authority in \(layout.folder) cannot be shared now",
                why: "it is being replaced, or its key is not on this machine",
                hint:
                    "Finish the change with \"./parlor harden rotate certificates --authority\", or go where the key is."
            )
        }
        return try CertificateAuthority(certificate, key: key)
    }

    /// Takes another machine's authority over, where none has issued anything yet.
    package func take(_ authority: CertificateAuthority) throws(ParlorError) {
        try change { stored throws(ParlorError) in
            guard let stored else {
                let first = Generation(
                    authorities: [authority.certificate], authorityKey: authority.key, identities: [:])
                return (first, ())
            }
            guard stored.content.authorities.contains(authority.certificate) else {
                throw ParlorError(
                    .stateFolder, "\(layout.folder) holds certificates of another authority",
                    why: "this machine has begun, or joined, another cluster",
                    hint: "Use a new state folder, or move this one away if nothing in it is needed.")
            }
            return (nil, ())
        }
    }

    // MARK: - Changing the authority of several machines

    /// The authority that is about to be the only one, on the machine that has made it or was told of it; nil when none is.
    package func comingAuthority() throws(ParlorError) -> CertificateAuthority? {
        guard let content = try current()?.content else { return nil }
        let pair: (TLSCertificate?, Secret?)
        switch content.stage {
        case .settled: return nil
        case .introducing: pair = (content.authorities.last, content.nextAuthorityKey)
        case .retiring: pair = (content.authorities.first, content.authorityKey)
        }
        guard let certificate = pair.0, let key = pair.1 else { return nil }
        return try CertificateAuthority(certificate, key: key)
    }

    /// Trusts another machine's new authority beside the present one; nothing where that is so already.
    package func introduce(_ authority: CertificateAuthority) throws(ParlorError) {
        try change { stored throws(ParlorError) in
            guard var content = stored?.content, !content.authorities.contains(authority.certificate) else {
                return (nil, ())
            }
            guard content.stage == .settled, content.authorityKey != nil else {
                throw ParlorError(
                    .stateFolder, "another change of the authority is under way in \(layout.folder)",
                    hint:
                        "Finish it with \"./parlor harden rotate certificates --authority\" on the host where it began."
                )
            }
            content.authorities.append(authority.certificate)
            content.nextAuthorityKey = authority.key
            return (content, ())
        }
    }
}
