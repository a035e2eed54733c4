package import Basics
package import TLS

/// Certificates of an organisation's own authority, given as files. Parlor takes them and never makes any.
package struct ForeignCertificates: Equatable, Sendable {
    /// A PEM file with the authorities that everybody is to believe.
    package var authoritiesFile: String
    /// Each part's certificate, with those between it and its authority, and its key.
    package var identities: [String: TLSIdentity]

    /// Names the files.
    package init(authoritiesFile: String, identities: [String: TLSIdentity]) {
        self.authoritiesFile = authoritiesFile
        self.identities = identities
    }

    /// What the files hold for these parts, when all of it can be used now.
    func read(for parts: [CertifiedPart], at moment: Timestamp) throws(ParlorError) -> Generation {
        let authorities = try TLSCertificate.all(inFile: authoritiesFile)
        guard authorities.allSatisfy(\.isAuthority) else {
            throw ParlorError(
                .configuration, "\(authoritiesFile) holds a certificate that is not one of an authority",
                hint: "Name the file with the certificate of the authority, which has issued the others.")
        }
        var found: [String: Generation.Identity] = [:]
        for part in parts { found[part.name] = try identity(of: part, trusting: authorities, at: moment) }
        return Generation(authorities: authorities, identities: found)
    }

    private func identity(
        of part: CertifiedPart, trusting authorities: [TLSCertificate], at moment: Timestamp
    ) throws(ParlorError) -> Generation.Identity {
        guard let files = identities[part.name] else {
            throw ParlorError(
                .configuration, "there is no certificate for \(part.name)",
                hint: "Have your authority issue one for \(Self.names(of: part)), and name its files.")
        }
        let chain = try TLSCertificate.all(inFile: files.chainFile)
        let key = Secret(try Files.readText(files.keyFile))
        guard let leaf = chain.first, try fits(key, leaf, files) else {
            throw ParlorError(
                .configuration, "the key in \(files.keyFile) does not belong to the certificate in \(files.chainFile)",
                hint: "Name the two files of one and the same certificate, which stands first in its file.")
        }
        let between = Array(chain.dropFirst())
        for usage in CertificateUsage.allCases where part.usages.contains(usage) {
            let fault = try leaf.fault(trusting: authorities, through: between, as: usage, at: moment)
            if let fault { throw Self.unusable(files, "as \(usage.rawValue): \(fault)", part) }
        }
        if let host = (part.hostNames + part.addresses).first(where: { !leaf.isFor($0) }) {
            throw Self.unusable(files, "it does not name \(host)", part)
        }
        return Generation.Identity(chain: chain, key: key)
    }

    private func fits(
        _ key: Secret, _ certificate: TLSCertificate, _ files: TLSIdentity
    ) throws(ParlorError) -> Bool {
        do throws(ParlorError) { return try certificate.belongs(to: key) } catch {
            throw ParlorError(
                .configuration, "\(files.keyFile) cannot be used", why: error.what, hint: error.hint, cause: error)
        }
    }

    private static func unusable(_ files: TLSIdentity, _ why: String, _ part: CertifiedPart) -> ParlorError {
        ParlorError(
            .configuration, "the certificate in \(files.chainFile) cannot be used for \(part.name)", why: why,
            hint: "Have your authority issue one for \(names(of: part)), valid now, for "
                + "\(part.usages.map(\.rawValue).sorted().joined(separator: " and ")) use.")
    }

    private static func names(of part: CertifiedPart) -> String {
        (part.hostNames + part.addresses).joined(separator: ", ")
    }
}

extension Generation {
    /// The next step from here to what the files of another authority hold, and what it leads to; nil at the end.
    ///
    /// The steps are those of a rotation, so that parts of before and after believe each other at every moment.
    func step(towards target: Generation) -> (step: RotationPlan.Step, content: Generation)? {
        guard self != target else { return nil }
        let strange = target.authorities.filter { !authorities.contains($0) }
        guard strange.isEmpty else {
            var content = self
            // One that was to be introduced has issued nothing, and nobody will miss it.
            if nextAuthorityKey != nil {
                content.authorities.removeLast()
                content.nextAuthorityKey = nil
            }
            content.authorities += strange
            return (.introduceAuthority, content)
        }
        guard identities != target.identities else { return (.retireAuthority, target) }
        let former = authorities.filter { !target.authorities.contains($0) }
        let content = Generation(authorities: target.authorities + former, identities: target.identities)
        return (.issueCertificates, content)
    }
}

extension CertificateStore {
    /// Takes the next step towards certificates that somebody else has issued, and says which it was; nil when nothing
    /// is left to do. After each step every part has to read its files, which `confirmLoaded` notes; `load` says that
    /// this has not happened yet and nothing was changed.
    ///
    /// When the files cannot be used, it throws, and what is current stays.
    package func adopt(
        _ foreign: ForeignCertificates, for parts: [CertifiedPart], at moment: Timestamp = .now()
    ) throws(ParlorError) -> RotationPlan.Step? {
        try CertifiedPart.check(parts)
        let target = try foreign.read(for: parts, at: moment)
        return try change { stored throws(ParlorError) in
            guard let stored else { return (target, .issueCertificates) }
            guard let (step, content) = stored.content.step(towards: target) else { return (nil, nil) }
            guard try loadedNumber() == stored.number else { return (nil, .load) }
            return (content, step)
        }
    }
}
