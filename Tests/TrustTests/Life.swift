import Basics
import Synchronization
import TestSupport
import Testing

@testable import Trust

/// A store and the parts that live by it, through one life: it begins, renews, and rotates.
final class Life: Sendable {
    static let parts = [clusterParts[0], clusterParts[2]]
    /// When its first certificates are due, and still valid.
    static let moment = today.after(days: 300)

    let store: CertificateStore
    private let cluster: Mutex<SimulatedCluster>
    private let generator = SeededGenerator()

    init(in folder: String) {
        store = CertificateStore(folder: "\(folder)/certificates")
        cluster = Mutex(SimulatedCluster(store, generator, of: Self.parts))
    }

    var note: Comment { generator.note }

    /// The store as the killer lets it be used.
    func store(with killer: Killer) -> CertificateStore {
        store.asking { operation throws(ParlorError) in try killer.ask(operation) }
    }

    /// Some parts start anew; what is on disk is whole, and everybody believes everybody, before and after that.
    func look(at moment: Timestamp = moment) throws {
        try cluster.withLock {
            try $0.check(at: moment)
            try $0.loadSome()
            try $0.check(at: moment)
        }
    }

    func loadAll() throws { try cluster.withLock { try $0.loadAll() } }

    func number(in range: ClosedRange<Int>) -> Int { cluster.withLock { .random(in: range, using: &$0.generator) } }

    var isUpToDate: Bool { get throws { try cluster.withLock { try $0.isUpToDate() } } }

    // MARK: - What happens

    func run(_ goal: RotationPlan.Goal, with store: CertificateStore) throws {
        try store.ensure(Self.parts, at: today)
        try loadAll()
        try store.confirmAll()
        try store.ensure(Self.parts, at: Self.moment)
        try follow(RotationPlan(goal, from: try store.rotationState()), with: store)
    }

    func follow(
        _ plan: RotationPlan, with store: CertificateStore, at moment: Timestamp = moment
    ) throws {
        for step in plan.steps {
            if step == .load {
                try loadAll()
                try store.confirmAll()
            } else {
                try store.perform(step, at: moment)
            }
        }
    }

    /// What the next start does, with nothing but the disk to go by.
    func recover() throws {
        try store.ensure(Self.parts, at: Self.moment)
        try look()
        try follow(RotationPlan(finishing: try store.rotationState()), with: store)
        // What was half done or half removed goes with the next confirmation.
        try store.confirmAll()
    }
}
