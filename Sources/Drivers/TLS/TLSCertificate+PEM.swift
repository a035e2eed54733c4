public import Basics
import COpenSSL

extension TLSCertificate {
    /// The certificates in PEM text, in their order; what else the text holds is passed over.
    public static func all(inPEM text: String) throws(ParlorError) -> [TLSCertificate] {
        var found: [TLSCertificate] = []
        ERR_clear_error()
        PEM.read(text) { memory in
            while let pointer = PEM_read_bio_X509(memory, nil, { _, _, _, _ in 0 }, nil) {
                let handle = CertificateHandle(owning: pointer)
                found.append(TLSCertificate(handle.pointer))
            }
        }
        // The end of the text is the one good reason to stop.
        guard takeOpenSSLReason() == PEM_R_NO_START_LINE, !found.isEmpty else {
            throw ParlorError(
                .configuration, "the text holds no certificate that can be used",
                hint: "Write the certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----.")
        }
        return found
    }

    /// The certificates of a PEM file, in their order.
    public static func all(inFile path: String) throws(ParlorError) -> [TLSCertificate] {
        let text = try Files.readText(path)
        do throws(ParlorError) { return try all(inPEM: text) } catch {
            throw ParlorError(
                .configuration, "\(path) holds no certificate that can be used", hint: error.hint, cause: error)
        }
    }

    static func one(inPEM text: String) throws(ParlorError) -> TLSCertificate {
        let found = try all(inPEM: text)
        guard found.count == 1, let certificate = found.first else {
            throw ParlorError(
                .configuration, "the text holds \(found.count) certificates and not one",
                hint: "Name the certificate alone, without those that follow it.")
        }
        return certificate
    }

    /// The certificate as PEM text.
    public var pem: String {
        get throws(ParlorError) {
            let handle = try CertificateHandle(self)
            let pointer = handle.pointer
            return try PEM.text { PEM_write_bio_X509($0, pointer) == 1 }
        }
    }
}
