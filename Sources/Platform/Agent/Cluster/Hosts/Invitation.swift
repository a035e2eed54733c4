package import Basics
import Cluster
package import Configuration
import JSONText
package import State
import TLS
import Trust

/// What a host must know to be a part of a cluster: the authority that everybody there believes, with its key, and the
/// passwords. Whoever holds it can do everything.
package struct Invitation: Sendable {
    private let authority: CertificateAuthority
    private let secrets: [(name: String, value: Secret)]

    private static let version = 1

    /// To the cluster of a state folder; makes what it does not have yet.
    package init(_ configuration: Configuration, to state: StateFolder) throws(ParlorError) {
        authority = try CertificateStore(folder: ClusterPlaces(state: state).certificates).authority()
        _ = try ClusterAccounts(state.secrets)
        _ = try ServicePart.password(configuration, state)
        _ = try ServicePart.sealing(configuration, state)
        for name in ["postgres_pooler", "etcd_token", "redis", BackupSite.keyName] {
            _ = try state.secrets.secret(name)
        }
        secrets = try state.secrets.all()
    }

    /// Gives a state folder what the invitation holds. One that belongs to another cluster is left as it is.
    package func accept(in state: StateFolder) throws(ParlorError) {
        let own = try state.secrets.all()
        for (name, value) in own {
            guard secrets.contains(where: { $0.name == name && $0.value.reveal() != value.reveal() }) else { continue }
            throw ParlorError(
                .stateFolder, "\(state.path) has passwords of its own",
                why: "\(name) there is not the one of the invitation",
                hint: "Use a new state folder, or move this one away if nothing in it is needed.")
        }
        try CertificateStore(folder: ClusterPlaces(state: state).certificates).take(authority)
        for (name, value) in secrets { try state.secrets.keep(value, as: name) }
    }

    /// Throws where a host is to start that is neither the one that begins nor one that has joined: it would make an
    /// authority and passwords of its own, and nobody would believe it.
    static func check(_ layout: ClusterLayout, _ state: StateFolder) throws(ParlorError) {
        guard let own = layout.ownAgent, let first = layout.agents.first, own != first else { return }
        guard try CertificateStore(folder: ClusterPlaces(state: state).certificates).current() == nil else { return }
        throw ParlorError(
            .cluster, "\(own.name) has not joined the cluster",
            why: "it has no certificates of the cluster's authority",
            hint: "Run \"./parlor cluster invite FILE\" on \(first.name), copy the file here, and run "
                + "\"./parlor cluster join FILE\".")
    }

    // MARK: - As a file

    /// The file, which only its owner may read.
    package var file: String {
        get throws(ParlorError) {
            let json: JSON = [
                "parlor_invitation": .integer(Self.version), "authority": .string(try authority.certificate.pem),
                "authority_key": .string(authority.key.reveal()),
                "secrets": .object(secrets.map { .init($0.name, .string($0.value.reveal())) }),
            ]
            return json.pretty + "\n"
        }
    }

    /// Reads a file.
    package init(file: String) throws(ParlorError) {
        guard let json = try? JSON(reading: file), json["parlor_invitation"]?.int == Self.version,
            let certificate = json["authority"]?.text, let key = json["authority_key"]?.text,
            case .object(let members) = json["secrets"]
        else {
            throw ParlorError(
                .usage, "the file is no invitation of this version",
                hint: "Make one with \"./parlor cluster invite FILE\" on a host of the cluster.")
        }
        authority = try CertificateAuthority(certificate: certificate, key: Secret(key))
        secrets = members.compactMap { member in
            Self.isName(member.name) ? member.value.text.map { (member.name, Secret($0)) } : nil
        }
    }

    /// What becomes the name of a file.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.first != "." && !text.contains("/") && !text.utf8.contains(0)
    }
}
