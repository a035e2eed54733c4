import Basics
import TLS

/// A file of a generation.
struct GenerationFile: Equatable, Sendable {
    let name: String
    let bytes: [UInt8]
    let mode: UInt32

    init(certificates: [TLSCertificate], name: String) throws(ParlorError) {
        var text = ""
        for certificate in certificates { text += try certificate.pem }
        self.name = "\(name).crt"
        bytes = Array(text.utf8)
        mode = 0o644
    }

    init(key: Secret, name: String) {
        self.name = "\(name).key"
        bytes = Array(key.reveal().utf8)
        mode = 0o600
    }
}

extension Generation {
    /// The files that hold it.
    var files: [GenerationFile] {
        get throws(ParlorError) {
            var files = [try GenerationFile(certificates: authorities, name: "ca")]
            if let authorityKey { files.append(GenerationFile(key: authorityKey, name: "ca")) }
            if let nextAuthorityKey { files.append(GenerationFile(key: nextAuthorityKey, name: "ca-next")) }
            for (name, identity) in identities.sorted(by: { $0.key < $1.key }) {
                files.append(try GenerationFile(certificates: identity.chain, name: name))
                files.append(GenerationFile(key: identity.key, name: name))
            }
            return files
        }
    }
}
