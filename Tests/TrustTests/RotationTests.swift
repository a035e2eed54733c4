import Basics
import TLS
import TestSupport
import Testing

@testable import Trust

@Suite struct RotationTests {
    private func withStore(_ body: (CertificateStore) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure(clusterParts, at: today)
            try store.confirmAll()
            try body(store)
        }
    }

    @Test("New certificates have new keys and numbers, say the same and come from the same authority")
    func certificates() throws {
        try withStore { store in
            let before = try #require(try store.current()).content
            try store.carryOut(RotationPlan(.certificates, from: try store.rotationState()))
            let after = try #require(try store.current()).content
            #expect(after.authorities == before.authorities && after.authorityKey == before.authorityKey)
            for part in clusterParts {
                let (old, new) = (try #require(before.identities[part.name]), try store.identity(of: part.name))
                #expect(old.key != new.key && old.chain.first?.serial != new.chain.first?.serial)
                #expect(part.isDescribed(by: try store.certificate(of: part.name)))
            }
            #expect(try Files.list(store.layout.generations) == ["000002"])
        }
    }

    @Test("A new authority is trusted first, then it issues, then the old one is gone, key and all")
    func authority() throws {
        try withStore { store in
            let old = try #require(try store.current()).content
            let plan = RotationPlan(.authority, from: try store.rotationState())
            let stages = try plan.steps.map { step in
                try store.carryOut(RotationPlan(steps: [step]))
                return try store.rotationState()
            }
            #expect(stages.map(\.stage) == [.introducing, .introducing, .retiring, .retiring, .settled, .settled])
            #expect(stages.map(\.isLoaded) == [false, true, false, true, false, true])
            let new = try #require(try store.current()).content
            #expect(new.authorities.count == 1 && new.authorities != old.authorities)
            #expect(new.authorities.first?.commonName != old.authorities.first?.commonName)
            #expect(new.identities.keys == old.identities.keys)
            let oldKey = try #require(old.authorityKey).reveal()
            for bytes in try snapshot(store.layout.folder).values {
                #expect(!String(decoding: bytes, as: UTF8.self).contains(oldKey))
            }
        }
    }

    @Test("The store refuses a change while not every part has read the one before")
    func impatience() throws {
        try withStore { store in
            try store.perform(.introduceAuthority, at: today)
            let before = try snapshot(store.layout.folder)
            let error = #expect(throws: ParlorError.self) { try store.perform(.issueCertificates, at: today) }
            #expect(error?.why == "not every part has read those of generation 2")
            #expect(error?.hint == "Start the cluster, and try again when all parts are ready.")
            // Somebody who has read an older generation confirms nothing.
            try store.confirmLoaded(1)
            #expect(throws: ParlorError.self) { try store.perform(.issueCertificates, at: today) }
            #expect(try snapshot(store.layout.folder) == before)
        }
    }

    @Test("What parts still use stays until they have read what is newer")
    func kept() throws {
        try withStore { store in
            try store.ensure(clusterParts, at: today.after(days: 300))
            try store.ensure(clusterParts, at: today.after(days: 600))
            #expect(try Files.list(store.layout.generations) == ["000001", "000002", "000003"])
            try store.confirmLoaded(2)
            #expect(try Files.list(store.layout.generations) == ["000002", "000003"])
            try store.confirmLoaded(9)
            try store.confirmLoaded(1)
            #expect(try store.loadedNumber() == 2)
            try store.confirmLoaded(3)
            #expect(try Files.list(store.layout.generations) == ["000003"])
        }
    }

    @Test("Before there is anything, there is nothing to rotate")
    func nothing() throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            let state = try store.rotationState()
            #expect(state == RotationPlan.State(.settled, isLoaded: true))
            let error = #expect(throws: ParlorError.self) { try store.perform(.introduceAuthority, at: today) }
            #expect(error?.hint == "Start the cluster once, which makes them.")
        }
    }

    @Test("An authority that has expired is replaced all the same")
    func expired() throws {
        try withStore { store in
            let later = today.after(days: 4000)
            try store.carryOut(RotationPlan(.authority, from: try store.rotationState()), at: later)
            let content = try #require(try store.current()).content
            for part in clusterParts {
                let certificate = try store.certificate(of: part.name)
                #expect(try certificate.fault(trusting: content.authorities, as: .client, at: later) == nil)
            }
        }
    }

    @Test("Lists of certificates name the authority that comes and the one that goes")
    func expiries() throws {
        try withStore { store in
            try store.perform(.introduceAuthority, at: today)
            #expect(try store.expiries(at: today).prefix(2).map(\.name) == ["ca", "ca-next"])
            try store.confirmAll()
            try store.perform(.issueCertificates, at: today)
            #expect(try store.expiries(at: today).prefix(2).map(\.name) == ["ca", "ca-old"])
        }
    }
}
