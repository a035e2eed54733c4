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
                hint: "Finish the change with \"./parlor harden rotate authority\", or go where the key is.")
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
}
