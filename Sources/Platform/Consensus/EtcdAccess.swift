package import Basics
package import Etcd
package import HTTP
import TLS

/// How a client reaches the members of etcd: with a certificate of the cluster's authority, which it also believes.
package struct EtcdAccess: Sendable {
    /// The members, the nearest first; at least one.
    package var endpoints: [HTTPOrigin]
    /// Who the client is. The files are read for each connection, so that renewed ones count at once.
    package var certificates: EtcdMember.Certificates

    /// The way to these members.
    package init(_ endpoints: [HTTPOrigin], _ certificates: EtcdMember.Certificates) {
        self.endpoints = endpoints
        self.certificates = certificates
    }

    /// For a client.
    package var options: EtcdOptions {
        let files = certificates
        return EtcdOptions(
            endpoints: endpoints,
            secure: { socket, host in
                let identity = TLSIdentity(chainFile: files.certificate, keyFile: files.key)
                let tls = try TLSClient(TLSClientOptions(authorities: .file(files.authority), identity: identity))
                return try await tls.connect(over: socket, host: host, within: .seconds(10))
            })
    }

    /// The origin of a place; throws when it can be none.
    package static func endpoint(_ host: String, _ port: Int) throws(ParlorError) -> HTTPOrigin {
        if let origin = HTTPOrigin(.https, host: host, port: port) { return origin }
        throw ParlorError(
            .configuration, "\(host):\(port) is no address for etcd",
            hint: "Name a numeric address and a port from 1 to 65535.")
    }
}
