import Basics
import TLS
import TestSupport
import Testing

@testable import Trust

@Suite struct CertificateStoreTests {
    private func withStore(_ body: (CertificateStore) throws -> Void) throws {
        try withTemporaryFolder { folder in try body(CertificateStore(folder: "\(folder)/certificates")) }
    }

    @Test("The first call makes an authority and a certificate for each part, which it vouches for")
    func first() throws {
        try withStore { store in
            #expect(try store.current() == nil)
            #expect(try store.expiries() == [])
            let renewals = try store.ensure(clusterParts, at: today)
            #expect(renewals.map(\.part) == ["etcd-1", "postgres-1", "service"])
            #expect(renewals.allSatisfy { $0.reason == .missing })
            let stored = try #require(try store.current())
            #expect(stored.number == 1 && stored.content.stage == .settled)
            let authority = try #require(stored.content.authorities.first)
            #expect(authority.expires == today.after(days: 3650))
            for part in clusterParts {
                let certificate = try store.certificate(of: part.name)
                #expect(certificate.isSigned(by: authority))
                #expect(part.isDescribed(by: certificate))
                #expect(certificate.expires == today.after(days: 365))
                #expect(certificate.validFrom == today + .seconds(-3600))
                for usage in part.usages {
                    #expect(try certificate.fault(trusting: [authority], as: usage, at: today) == nil)
                }
            }
        }
    }

    @Test("Keys and folders are for their owner alone, and both ways to the files lead to the same")
    func places() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            let stored = try #require(try store.current())
            let folder = "\(store.layout.folder)/current"
            #expect(Files.resolved(folder) == Files.resolved(stored.folder))
            #expect(
                try Files.list(folder) == [
                    "ca.crt", "ca.key", "etcd-1.crt", "etcd-1.key", "postgres-1.crt", "postgres-1.key", "service.crt",
                    "service.key",
                ])
            for name in try Files.list(folder) {
                #expect(try Files.status("\(folder)/\(name)")?.mode == (name.hasSuffix(".key") ? 0o600 : 0o644))
            }
            for folder in [store.layout.folder, store.layout.generations, stored.folder] {
                #expect(try Files.status(folder)?.mode == 0o700)
            }
            let files = stored.files(of: "etcd-1")
            _ = try TLSServer(TLSServerOptions(identity: files, clientAuthorities: stored.authoritiesFile))
            _ = try TLSClient(TLSClientOptions(authorities: .file(stored.authoritiesFile), identity: files))
        }
    }

    @Test("A second call changes nothing at all, until a certificate is in the last third of its life")
    func twice() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            let before = try snapshot(store.layout.folder)
            #expect(try store.ensure(clusterParts, at: today) == [])
            #expect(try store.ensure(clusterParts.reversed(), at: today.after(days: 243)) == [])
            #expect(try store.ensure([], at: today.after(days: 364)) == [])
            #expect(try snapshot(store.layout.folder) == before)
            let renewals = try store.ensure(clusterParts, at: today.after(days: 244))
            #expect(renewals.count == 3 && renewals.allSatisfy { $0.reason == .expiring })
            #expect(try store.certificate(of: "etcd-1").expires == today.after(days: 244 + 365))
            #expect(try store.ensure(clusterParts, at: today.after(days: 245)) == [])
        }
    }

    @Test("A renewal keeps the key and the authority, so that any mixture of old and new files fits")
    func mixtures() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            let before = try #require(try store.current())
            // Whoever reads through `current` may see each file at another moment.
            let folder = "\(store.layout.folder)/current"
            let seen = Seen()
            let watched = store.asking { _ in seen.look(folder, "postgres-1") }
            try watched.ensure(clusterParts, at: today.after(days: 300))
            seen.look(folder, "postgres-1")
            let after = try #require(try store.current())
            #expect(after.number == 2 && after.content.authorities == before.content.authorities)
            #expect(Set(seen.certificates).count == 2 && seen.faults == 0)
            for certificate in seen.certificates {
                for key in seen.keys { #expect(try certificate.belongs(to: key)) }
            }
        }
    }

    @Test("A part that is reached by other names gets a new certificate, and the others keep theirs")
    func names() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            let before = try #require(try store.current()).content
            var parts = clusterParts
            parts[1].addresses.append("10.0.0.7")
            parts[2].usages = [.client, .server]
            parts[2].hostNames = ["service.example"]
            let renewals = try store.ensure(parts, at: today)
            #expect(renewals.map(\.part) == ["postgres-1", "service"])
            #expect(renewals.allSatisfy { $0.reason == .namesChanged })
            let after = try #require(try store.current()).content
            #expect(after.identities["etcd-1"] == before.identities["etcd-1"])
            #expect(try store.certificate(of: "postgres-1").isFor("10.0.0.7"))
            #expect(try store.certificate(of: "service").usages == [.client, .server])
        }
    }

    @Test("A part that comes later gets its certificate, and one that goes takes it along")
    func comingAndGoing() throws {
        try withStore { store in
            try store.ensure([clusterParts[0]], at: today)
            let first = try store.certificate(of: "etcd-1")
            #expect(try store.ensure(clusterParts, at: today.after(days: 1)).map(\.part) == ["postgres-1", "service"])
            try store.remove(["postgres-1", "unknown"])
            #expect(try store.current()?.content.identities.keys.sorted() == ["etcd-1", "service"])
            #expect(try store.certificate(of: "etcd-1") == first)
        }
    }

    @Test("A certificate that a wrong clock has made for the future is made again")
    func future() throws {
        try withStore { store in
            try store.ensure([], at: today)
            try store.ensure(clusterParts, at: today.after(days: 30))
            let renewals = try store.ensure(clusterParts, at: today)
            #expect(renewals.count == 3 && renewals.allSatisfy { $0.reason == .notYetValid })
        }
    }

    @Test("Near the end of the authority certificates get shorter, and after it none is issued")
    func endOfAuthority() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            try store.ensure(clusterParts, at: today.after(days: 3600))
            #expect(try store.certificate(of: "etcd-1").expires == today.after(days: 3650))
            #expect(try store.ensure(clusterParts, at: today.after(days: 3601)) == [])
            let before = try snapshot(store.layout.folder)
            for (days, reason) in [(3651, "the authority has expired"), (-1, "the authority is not valid yet")] {
                let error = #expect(throws: ParlorError.self) {
                    try store.ensure(clusterParts, at: today.after(days: days))
                }
                #expect(error?.why == reason && error?.code == .stateFolder && error?.hint != nil)
            }
            #expect(try snapshot(store.layout.folder) == before)
        }
    }

    @Test("Every certificate is listed with the days that are left")
    func expiries() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            let now = today.after(days: 300)
            let list = try store.expiries(at: now)
            #expect(list.map(\.name) == ["ca", "etcd-1", "postgres-1", "service"])
            #expect(list.map(\.daysLeft) == [3350, 65, 65, 65])
            #expect(list.map(\.isDue) == [false, true, true, true])
            #expect(try store.expiries(at: today.after(days: 365) + .seconds(1)).last?.daysLeft == -1)
            #expect(list.last?.expires == today.after(days: 365))
        }
    }

    @Test("Without the authority's key everything works but issuing, which says where the key is wanted")
    func absentKey() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            try Files.remove("\(try #require(try store.current()).folder)/ca.key")
            #expect(try store.ensure(clusterParts, at: today) == [])
            let error = #expect(throws: ParlorError.self) {
                try store.ensure(clusterParts, at: today.after(days: 300))
            }
            #expect(
                error?.description == """
                    no certificate can be issued: the key of the authority is not on this machine
                    HINT: Renew the certificates where the key is and copy them here, or replace the authority: \
                    docs/certificates.md says how.
                    """)
        }
    }

    @Test("An authority whose key is lost is replaced while everybody believes everybody")
    func lostKey() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            try store.confirmAll()
            try Files.remove("\(try #require(try store.current()).folder)/ca.key")
            var cluster = SimulatedCluster(store, SeededGenerator())
            try cluster.loadAll()
            for step in RotationPlan(.authority, from: try store.rotationState()).steps {
                if step == .load { try cluster.loadAll() }
                try store.carryOut(RotationPlan(steps: [step]))
                try cluster.loadSome()
                try cluster.check(at: today)
            }
            #expect(try cluster.isUpToDate(), cluster.generator.note)
            #expect(try store.ensure(clusterParts, at: today.after(days: 300)).count == clusterParts.count)
        }
    }

    @Test("Two commands do not change the certificates at once")
    func locked() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today)
            let lock = try #require(try FileLock.take(store.layout.lock))
            let error = #expect(throws: ParlorError.self) { try store.ensure(clusterParts, at: today) }
            #expect(error?.code == .alreadyRunning && error?.hint != nil)
            #expect(try store.current() != nil)
            withExtendedLifetime(lock) {}
        }
    }

    @Test(
        "A name that cannot be a file's, the authority's own and one that is used twice are refused",
        arguments: [["ca"], ["ca-next"], ["ca-old"], ["../x"], ["a.b"], [""], ["-a"], ["A"], ["a b"], ["a", "a"]])
    func refusedNames(names: [String]) throws {
        try withStore { store in
            let parts = names.map { CertifiedPart($0, commonName: "a", hostNames: ["a.example"]) }
            let error = #expect(throws: ParlorError.self) { try store.ensure(parts, at: today) }
            #expect(error?.code == .configuration && error?.hint != nil)
            let current = try store.current()
            #expect(current == nil)
        }
    }

    @Test("A disk that is full leaves what is current as it is", .enabled(if: TinyDisk.isAvailable))
    func fullDisk() throws {
        try TinyDisk.with { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure([clusterParts[0]], at: today)
            let before = try store.current()
            TinyDisk.fill("\(folder)/ballast")
            let error = #expect(throws: ParlorError.self) {
                try store.ensure([clusterParts[0]], at: today.after(days: 300))
            }
            #expect(error?.code == .diskFull)
            #expect(try store.current() == before)
            try Files.remove("\(folder)/ballast")
            #expect(try store.ensure([clusterParts[0]], at: today.after(days: 300)).count == 1)
        }
    }
}
