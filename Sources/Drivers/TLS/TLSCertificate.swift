public import Basics
import COpenSSL

/// What a certificate says about its holder.
public struct TLSCertificate: Hashable, Sendable {
    /// The common name of its subject.
    public let commonName: String?
    /// The host names among its alternative names.
    public let hostNames: [String]
    /// The numeric addresses among its alternative names.
    public let addresses: [String]
    /// What its holder may be; a certificate that does not say so allows everything.
    public let usages: Set<CertificateUsage>
    /// Whether its holder may issue certificates.
    public let isAuthority: Bool
    /// The common name of who has issued it.
    public let issuer: String?
    /// Its number in hexadecimal digits.
    public let serial: String
    /// When it begins to be valid; nil when that date cannot be read.
    public let validFrom: Timestamp?
    /// When it stops being valid; nil when that date cannot be read.
    public let expires: Timestamp?
    /// The certificate itself in DER form.
    public let encoded: [UInt8]

    init(_ handle: OpaquePointer) {
        let names = AlternativeNames(handle)
        commonName = Self.commonName(X509_get_subject_name(handle))
        hostNames = names.hostNames
        addresses = names.addresses
        usages = Self.usages(handle)
        isAuthority = X509_check_ca(handle) == 1
        issuer = Self.commonName(X509_get_issuer_name(handle))
        serial = Self.serial(handle)
        validFrom = Self.moment(X509_get0_notBefore(handle))
        expires = Self.moment(X509_get0_notAfter(handle))
        encoded = Self.encoding(handle)
    }

    private static func commonName(_ subject: OpaquePointer?) -> String? {
        let place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
        guard place >= 0 else { return nil }
        return AlternativeNames.text(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)))
    }

    private static func usages(_ handle: OpaquePointer) -> Set<CertificateUsage> {
        // All bits are set where the certificate does not say.
        let bits = X509_get_extended_key_usage(handle)
        return Set(CertificateUsage.allCases.filter { bits & UInt32($0.openSSLBit) != 0 })
    }

    private static func serial(_ handle: OpaquePointer) -> String {
        hexadecimal(AlternativeNames.bytes(X509_get0_serialNumber(handle)))
    }

    private static func moment(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        guard let beginning = ASN1_TIME_set(nil, 0) else { return nil }
        defer { ASN1_TIME_free(beginning) }
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, beginning, time) == 1 else { return nil }
        return Timestamp(seconds: Int64(days) * 86_400 + Int64(seconds))
    }

    private static func encoding(_ handle: OpaquePointer) -> [UInt8] {
        let length = Int(i2d_X509(handle, nil))
        guard length > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: length) { bytes, count in
            var place = bytes.baseAddress
            count = max(0, Int(i2d_X509(handle, &place)))
        }
    }
}

extension TLSCertificate: CustomStringConvertible {
    /// Whose it is, and its number.
    public var description: String { "\(commonName ?? "nobody") (\(serial))" }
}

extension CertificateUsage {
    fileprivate var openSSLBit: Int32 {
        switch self {
        case .server: XKU_SSL_SERVER
        case .client: XKU_SSL_CLIENT
        }
    }
}

/// The names among a certificate's alternative names that Parlor has a use for.
private struct AlternativeNames {
    var hostNames: [String] = []
    var addresses: [String] = []

    init(_ handle: OpaquePointer) {
        guard let list = X509_get_ext_d2i(handle, NID_subject_alt_name, nil, nil) else { return }
        let names = OpaquePointer(list)
        defer { GENERAL_NAMES_free(names) }
        for place in 0..<OPENSSL_sk_num(names) {
            guard let name = OPENSSL_sk_value(names, place)?.assumingMemoryBound(to: GENERAL_NAME.self) else {
                continue
            }
            add(name.pointee)
        }
    }

    private mutating func add(_ name: GENERAL_NAME) {
        switch name.type {
        case GEN_DNS: if let text = Self.text(name.d.dNSName) { hostNames.append(text) }
        case GEN_IPADD:
            if let text = NumericAddress.text(of: Self.bytes(name.d.iPAddress)) { addresses.append(text) }
        default: break
        }
    }

    static func text(_ value: UnsafePointer<ASN1_STRING>?) -> String? {
        value == nil ? nil : String(validating: bytes(value), as: UTF8.self)
    }

    static func bytes(_ value: UnsafePointer<ASN1_STRING>?) -> [UInt8] {
        guard let value, let bytes = ASN1_STRING_get0_data(value) else { return [] }
        return Array(UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(value))))
    }
}
