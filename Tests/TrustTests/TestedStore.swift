import Basics
import Synchronization
import TLS
import Testing

@testable import Trust

/// The parts of a small cluster.
let clusterParts = [
    CertifiedPart("etcd-1", hostNames: ["localhost"], addresses: ["127.0.0.1", "::1"]),
    CertifiedPart("postgres-1", hostNames: ["db.example", "localhost"], addresses: ["127.0.0.1"]),
    CertifiedPart("service", commonName: "parlor_service", usages: [.client]),
]

/// A moment long after the authorities of the tests are made.
let today = Timestamp(seconds: 1_800_000_000)

extension Timestamp {
    /// The moment so many days later.
    func after(days: Int) -> Timestamp { self + .days(days) }
}

extension CertificateStore {
    /// What a part's first certificate is now.
    func certificate(of part: String) throws -> TLSCertificate {
        try #require(try identity(of: part).chain.first)
    }

    func identity(of part: String) throws -> Generation.Identity {
        try #require(try current()?.content.identities[part])
    }

    /// Has every part read what is current.
    func confirmAll() throws { try confirmLoaded(try #require(try current()).number) }

    /// Does all the steps of a plan, every part reading its files at once.
    func carryOut(_ plan: RotationPlan, at moment: Timestamp = today) throws {
        for step in plan.steps {
            if step == .load { try confirmAll() } else { try perform(step, at: moment) }
        }
    }

    /// The same store, asking before each step on disk.
    func asking(
        _ ask: @escaping @Sendable (FileOperation) throws(ParlorError) -> Void
    ) -> CertificateStore {
        var store = self
        store.perform = { operation throws(ParlorError) in
            try ask(operation)
            try operation.perform()
        }
        return store
    }
}

/// Everything below a folder, to see that nothing has changed. Links are not followed.
func snapshot(_ folder: String) throws -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    for name in try Files.list(folder) where name != "lock" {
        let path = "\(folder)/\(name)"
        switch try Files.status(path, followLinks: false)?.kind {
        case .folder: found.merge(try snapshot(path)) { one, _ in one }
        case .file: found[path] = try Files.read(path)
        default: found[path] = Array((Files.resolved(path) ?? "nothing").utf8)
        }
    }
    return found
}
