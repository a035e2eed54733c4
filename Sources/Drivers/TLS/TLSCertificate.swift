public import Basics
import COpenSSL

/// What a certificate says about its holder.
public struct TLSCertificate: Equatable, Sendable {
    /// The common name of its subject.
    public let commonName: String?
    /// The host names among its alternative names.
    public let hostNames: [String]
    /// When it stops being valid; nil when that date cannot be read.
    public let expires: Timestamp?

    init(_ handle: OpaquePointer) {
        commonName = Self.commonName(handle)
        hostNames = Self.hostNames(handle)
        expires = Self.expiry(handle)
    }

    private static func commonName(_ handle: OpaquePointer) -> String? {
        let subject = X509_get_subject_name(handle)
        let place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard place >= 0 else { return nil }
        return text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)))
    }

    private static func hostNames(_ handle: OpaquePointer) -> [String] {
        guard let list = X509_get_ext_d2i(handle, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(list)
        defer { GENERAL_NAMES_free(names) }
        return (0..<OPENSSL_sk_num(names)).compactMap { place in
            let name = OPENSSL_sk_value(names, place)?.assumingMemoryBound(to: GENERAL_NAME.self)
            guard let name, name.pointee.type == GEN_DNS else { return nil }
            return text(name.pointee.d.dNSName)
        }
    }

    private static func text(_ value: UnsafePointer<ASN1_STRING>?) -> String? {
        guard let value, let bytes = ASN1_STRING_get0_data(value) else { return nil }
        let buffer = UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(value)))
        return String(validating: buffer, as: UTF8.self)
    }

    private static func expiry(_ handle: OpaquePointer) -> Timestamp? {
        guard let beginning = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_TIME_free(beginning) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, beginning, X509_get0_notAfter(handle)) == 1 else { return nil }
        return Timestamp(seconds: Int64(days) * 86_400 + Int64(seconds))
    }
}
