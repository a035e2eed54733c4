public import Basics
import CUV

/// Why a host's name leads to no address; the `ParlorError` of a failed look-up carries it as its cause.
public struct NameFault: Error, Equatable, Sendable {
    /// Whether the name service could not be asked just now, so that the same question may be answered later.
    public let isTransient: Bool
    /// The system's words.
    public let words: String

    init(_ status: Int32) {
        isTransient = status == UV_EAI_AGAIN.rawValue
        words = uv_strerror(status).map { String(cString: $0) } ?? "error \(status)"
    }
}

extension ParlorError {
    /// Why a host's name leads to no address when that was the trouble; nil for other errors.
    public var nameFault: NameFault? { cause as? NameFault }

    static func noAddress(of host: String, _ status: Int32) -> ParlorError {
        let fault = NameFault(status)
        return ParlorError(
            .connection, "the name \(host) has no address", why: fault.words,
            hint: fault.isTransient
                ? "Check that the machine's name server answers, then try again."
                : "Check the name, or write an address like 127.0.0.1.", cause: fault)
    }
}
