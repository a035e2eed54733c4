import Loop

/// What a connection leads to.
enum HTTPEndpoint: Hashable, Sendable {
    case origin(HTTPOrigin)
    case address(SocketAddress)

    /// What the field `Host` says.
    var host: String {
        switch self {
        case .origin(let origin): origin.authority
        case .address(.path): "localhost"
        case .address(let address): address.description
        }
    }
}

extension HTTPEndpoint: CustomStringConvertible {
    var description: String {
        switch self {
        case .origin(let origin): origin.description
        case .address(let address): address.description
        }
    }
}
