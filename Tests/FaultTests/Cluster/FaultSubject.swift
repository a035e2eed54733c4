import Agent
import Basics
import Drills
import FaultTestSupport
import Loop
import Postgres
import SystemTestSupport

/// A cluster that faults are done to: one on this machine, or one whose hosts are those of a lab.
protocol FaultSubject: Sendable {
    /// Where the test runs.
    var loop: EventLoop { get }
    /// Where clients are.
    var places: [ClientPlace] { get }

    /// The cluster as it stands.
    func cluster() async throws -> ClusterStatus

    /// Waits until everything is as it should be; says who leads.
    func whole(within limit: Duration) async throws -> String

    /// The superuser's way to a node, which no fault of the network closes.
    func superuser(of node: String, to database: String) throws -> ConnectionOptions

    /// The place that a fault of a node hits, and of whose clients nothing is expected but that they are not lied to.
    func place(with node: String) -> String?
}

extension FaultSubject {
    func superuser(of node: String) throws -> ConnectionOptions { try superuser(of: node, to: ParlorSystem.database) }
}

/// Where clients are, and through whose pooler they write.
struct ClientPlace: Sendable {
    /// The name.
    let name: String
    /// Whose pooler they use.
    let system: ParlorSystem
    /// The host that they are on; nil for this machine.
    var host: NetworkHost?

    /// Runs `body` there.
    func run(_ body: @escaping @Sendable (EventLoop) async throws -> Void) async throws {
        if let host { try await host.run(body) } else { try await body(system.loop) }
    }
}

extension ParlorSystem: FaultSubject {
    var places: [ClientPlace] { [ClientPlace(name: "here", system: self)] }

    /// Clients of one machine reach every node.
    func place(with node: String) -> String? { nil }
}

/// The clients of one place.
struct WriterGroup: Sendable {
    let place: ClientPlace
    let writers: Writers
}
