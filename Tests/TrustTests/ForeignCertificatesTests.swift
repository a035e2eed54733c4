import Basics
import TLS
import TestSupport
import Testing

@testable import Trust

/// An organisation that issues certificates itself, and leaves them in a folder.
private struct Organisation {
    let folder: String
    let authority: CertificateAuthority

    init(in folder: String, moment: Timestamp = today) throws {
        self.folder = folder
        authority = try CertificateAuthority.make(
            commonName: "Organisation \(RandomIdentifier.hex(bytes: 4))", validFrom: moment.after(days: -1),
            expires: moment.after(days: 3650))
        try Files.makeFolder(folder)
        try Files.writeAtomically(try authority.certificate.pem, to: "\(folder)/root.pem")
        for part in clusterParts { try issue(part) }
    }

    func issue(_ part: CertifiedPart, from start: Timestamp = today.after(days: -1), days: Int = 90) throws {
        let issued = try authority.issue(part.request(from: start, until: start.after(days: days)))
        try Files.writeAtomically(try issued.certificate.pem, to: "\(folder)/\(part.name).pem")
        try Files.writeAtomically(issued.key.reveal(), to: "\(folder)/\(part.name).key")
    }

    var files: ForeignCertificates {
        ForeignCertificates(
            authoritiesFile: "\(folder)/root.pem",
            identities: Dictionary(
                uniqueKeysWithValues: clusterParts.map {
                    ($0.name, TLSIdentity(chainFile: "\(folder)/\($0.name).pem", keyFile: "\(folder)/\($0.name).key"))
                }))
    }
}

@Suite struct ForeignCertificatesTests {
    private func withStore(_ body: (CertificateStore, Organisation) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try body(
                CertificateStore(folder: "\(folder)/certificates"), try Organisation(in: "\(folder)/organisation"))
        }
    }

    /// Adopts to the end, everybody reading after each step.
    private func adopt(_ files: ForeignCertificates, into store: CertificateStore) throws -> [RotationPlan.Step] {
        var steps: [RotationPlan.Step] = []
        while let step = try store.adopt(files, for: clusterParts, at: today), steps.count < 10 {
            steps.append(step)
            try store.confirmAll()
        }
        return steps
    }

    @Test("Files of an organisation's authority are taken as they are, and none is ever made")
    func taken() throws {
        try withStore { store, organisation in
            #expect(try adopt(organisation.files, into: store) == [.issueCertificates])
            let content = try #require(try store.current()).content
            #expect(content.authorities == [organisation.authority.certificate] && content.authorityKey == nil)
            for part in clusterParts {
                let given = try TLSCertificate.all(inFile: "\(organisation.folder)/\(part.name).pem")
                #expect(try store.identity(of: part.name).chain == given)
            }
            #expect(try adopt(organisation.files, into: store) == [])
            #expect(throws: ParlorError.self) { try store.ensure(clusterParts, at: today.after(days: 80)) }
        }
    }

    @Test("Renewed files of the same authority are one step")
    func renewed() throws {
        try withStore { store, organisation in
            _ = try adopt(organisation.files, into: store)
            try organisation.issue(clusterParts[1])
            #expect(try adopt(organisation.files, into: store) == [.issueCertificates])
            #expect(try store.current()?.number == 2)
        }
    }

    @Test("From our own authority to theirs, from theirs to another and back, everybody believes everybody")
    func overlap() throws {
        try withStore { store, organisation in
            try store.ensure(clusterParts, at: today)
            var cluster = SimulatedCluster(store, SeededGenerator())
            let other = try Organisation(in: "\(organisation.folder)-2")
            for files in [organisation.files, other.files] {
                var steps: [RotationPlan.Step] = []
                try cluster.loadAll()
                try store.confirmAll()
                while let step = try store.adopt(files, for: clusterParts, at: today), steps.count < 10 {
                    steps.append(step)
                    try cluster.loadSome()
                    try cluster.check(at: today)
                    #expect(try store.adopt(files, for: clusterParts, at: today) == (steps.count < 3 ? .load : nil))
                    try cluster.loadAll()
                    try cluster.check(at: today)
                    try store.confirmAll()
                }
                #expect(steps == [.introduceAuthority, .issueCertificates, .retireAuthority])
                #expect(try store.current()?.content.authorityKey == nil)
            }
            for step in RotationPlan(.authority, from: try store.rotationState()).steps {
                if step == .load { try cluster.loadAll() }
                try store.carryOut(RotationPlan(steps: [step]))
                try cluster.loadSome()
                try cluster.check(at: today)
            }
            #expect(try store.current()?.content.authorityKey != nil)
        }
    }

    @Test("A rotation that was in progress does not get into the way of somebody else's authority")
    func inProgress() throws {
        for steps in 1...5 {
            try withStore { store, organisation in
                try store.ensure(clusterParts, at: today)
                try store.confirmAll()
                let plan = RotationPlan(.authority, from: try store.rotationState())
                try store.carryOut(RotationPlan(steps: Array(plan.steps.prefix(steps))))
                var cluster = SimulatedCluster(store, SeededGenerator())
                try cluster.loadAll()
                while let step = try store.adopt(organisation.files, for: clusterParts, at: today) {
                    try cluster.check(at: today)
                    if step == .load { try cluster.loadAll() } else { try cluster.loadSome() }
                    try cluster.check(at: today)
                    try cluster.loadAll()
                    try store.confirmAll()
                }
                #expect(try store.current()?.content.authorities == [organisation.authority.certificate])
            }
        }
    }

    @Test("A host that is given what another one has issued takes each step of a rotation at once, and can issue none")
    func following() throws {
        try withTemporaryFolder { folder in
            let centre = CertificateStore(folder: "\(folder)/centre")
            let host = CertificateStore(folder: "\(folder)/host")
            let part = clusterParts[1]
            func follow() throws -> [RotationPlan.Step] {
                let given = try #require(try centre.current())
                let files = ForeignCertificates(
                    authoritiesFile: given.authoritiesFile, identities: [part.name: given.files(of: part.name)])
                var steps: [RotationPlan.Step] = []
                while let step = try host.adopt(files, for: [part], at: today), steps.count < 10 {
                    steps.append(step)
                    try host.confirmAll()
                }
                let content = try #require(try host.current()).content
                #expect(content.authorities == given.content.authorities)
                #expect(content.identities == [part.name: try centre.identity(of: part.name)])
                #expect(content.authorityKey == nil && content.nextAuthorityKey == nil)
                return steps
            }
            try centre.ensure(clusterParts, at: today)
            try centre.confirmAll()
            #expect(try follow() == [.issueCertificates])
            for step in RotationPlan(.authority, from: try centre.rotationState()).steps {
                try centre.carryOut(RotationPlan(steps: [step]))
                #expect(try follow() == (step == .load ? [] : [step]))
            }
        }
    }

    private enum Fault: String, CaseIterable {
        case missing = "stat failed"
        case unknown = "there is no certificate for postgres-1"
        case strange = "as server: its certificate comes from an authority that is not trusted here"
        case expired = "as server: its certificate has expired"
        case wrongKey = "does not belong to the certificate"
        case wrongName = "it does not name db.example"
        case garbage = "holds no certificate that can be used"
    }

    @Test("Files that cannot be used are named with what to ask for, and what is current stays")
    func unusable() throws {
        for fault in Fault.allCases {
            try withStore { store, organisation in
                _ = try adopt(organisation.files, into: store)
                let before = try snapshot(store.layout.folder)
                var files = organisation.files
                let certificate = "\(organisation.folder)/postgres-1.pem"
                switch fault {
                case .missing: try Files.remove(certificate)
                case .unknown: files.identities["postgres-1"] = nil
                case .strange:
                    files.authoritiesFile = "\(try Organisation(in: "\(organisation.folder)-2").folder)/root.pem"
                case .expired: try organisation.issue(clusterParts[1], from: today.after(days: -5), days: 4)
                case .wrongKey: files.identities["postgres-1"]?.keyFile = "\(organisation.folder)/etcd-1.key"
                case .wrongName:
                    try organisation.issue(CertifiedPart("postgres-1", hostNames: ["localhost"]))
                case .garbage: try Files.writeAtomically("x", to: certificate)
                }
                let error = #expect(throws: ParlorError.self) {
                    try store.adopt(files, for: clusterParts, at: today)
                }
                if fault != .missing {
                    #expect(error?.summary.contains(fault.rawValue) == true, "\(String(describing: error))")
                    #expect(error?.code == .configuration && error?.hint != nil)
                }
                #expect(try snapshot(store.layout.folder) == before)
            }
        }
    }
}
