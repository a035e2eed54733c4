import Basics
import TLS

/// Reads a generation back, and believes nothing that it has not verified: keys fit, authorities are some, and they
/// vouch for every part. Whether a certificate is still valid is a question for later.
struct GenerationReader {
    let folder: String

    func read() throws(ParlorError) -> Generation {
        let names = try Files.list(folder)
        let authorities = try authorities()
        let own = try key(of: "ca", isOptional: true)
        let next = try key(of: "ca-next", isOptional: true)
        if let own, let first = authorities.first { try check(own, "ca", first, authorityHint) }
        if let next, let last = authorities.last { try check(next, "ca-next", last, authorityHint) }
        var identities: [String: Generation.Identity] = [:]
        for name in Self.parts(in: names) { identities[name] = try identity(name, trusting: authorities) }
        return Generation(
            authorities: authorities, authorityKey: own, nextAuthorityKey: next, identities: identities)
    }

    /// The names of which there is a certificate or a key. Half a pair must not be passed over.
    private static func parts(in names: [String]) -> [String] {
        let parts = names.filter { $0.hasSuffix(".crt") || $0.hasSuffix(".key") }.map { String($0.dropLast(4)) }
        return Set(parts).subtracting(Generation.reservedNames).sorted()
    }

    // MARK: - Authorities

    private var authorityHint: String {
        "Restore \(folder) from a backup. Without one, stop the cluster, move \(Files.parent(of: Files.parent(of: folder))) "
            + "away and start: everything gets new certificates."
    }

    private func authorities() throws(ParlorError) -> [TLSCertificate] {
        let path = "\(folder)/ca.crt"
        let found = try certificates(path, authorityHint)
        guard found.allSatisfy(\.isAuthority) else {
            throw fault("\(path) holds a certificate that is not one of an authority", nil, authorityHint)
        }
        return found
    }

    // MARK: - Parts

    private func identity(
        _ name: String, trusting authorities: [TLSCertificate]
    ) throws(ParlorError) -> Generation.Identity {
        let path = "\(folder)/\(name).crt"
        let chain = try certificates(path, hint(of: name))
        guard let key = try key(of: name, isOptional: false), let leaf = chain.first else {
            throw missing("\(folder)/\(name).key", hint(of: name))
        }
        try check(key, name, leaf, hint(of: name))
        for usage in CertificateUsage.allCases where leaf.usages.contains(usage) {
            let fault = try leaf.fault(trusting: authorities, through: Array(chain.dropFirst()), as: usage, at: nil)
            if let fault {
                throw self.fault("\(path) is not trusted by \(folder)/ca.crt", "\(fault)", hint(of: name))
            }
        }
        return Generation.Identity(chain: chain, key: key)
    }

    private func hint(of name: String) -> String {
        "Remove \(name).crt and \(name).key from \(folder); the next start makes both anew."
    }

    // MARK: - Files

    private func certificates(_ path: String, _ hint: String) throws(ParlorError) -> [TLSCertificate] {
        guard try Files.status(path) != nil else { throw missing(path, hint) }
        do throws(ParlorError) { return try TLSCertificate.all(inFile: path) } catch {
            throw fault(error.what, error.why, hint, error)
        }
    }

    private func key(of name: String, isOptional: Bool) throws(ParlorError) -> Secret? {
        let path = "\(folder)/\(name).key"
        guard let status = try Files.status(path) else {
            if isOptional { return nil }
            throw missing(path, hint(of: name))
        }
        guard status.mode & 0o077 == 0 else {
            throw fault(
                "the key \(path) can be read by others", nil,
                "Run \"chmod 600 \(path)\". If somebody may have read it, replace the authority: docs/certificates.md "
                    + "says how.")
        }
        return Secret(try Files.readText(path))
    }

    private func check(
        _ key: Secret, _ name: String, _ certificate: TLSCertificate, _ hint: String
    ) throws(ParlorError) {
        let path = "\(folder)/\(name).key"
        let fits: Bool
        do throws(ParlorError) { fits = try certificate.belongs(to: key) } catch {
            throw fault("\(path) cannot be used", error.what, hint, error)
        }
        guard fits else {
            let file = name == "ca-next" ? "ca" : name
            throw fault("the key \(path) does not belong to the certificate in \(folder)/\(file).crt", nil, hint)
        }
    }

    private func missing(_ path: String, _ hint: String) -> ParlorError { fault("\(path) is missing", nil, hint) }

    private func fault(_ what: String, _ why: String?, _ hint: String, _ cause: ParlorError? = nil) -> ParlorError {
        ParlorError(.stateFolder, what, why: why, hint: hint, cause: cause)
    }
}
