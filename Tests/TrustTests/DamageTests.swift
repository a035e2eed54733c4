import Basics
import Glibc
import TLS
import TestSupport
import Testing

@testable import Trust

@Suite struct DamageTests {
    /// A way in which files can be wrong, and what the error says of it.
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let words: String
        let perform: @Sendable (String) throws -> Void

        init(_ name: String, _ words: String, _ perform: @escaping @Sendable (String) throws -> Void) {
            testDescription = name
            self.words = words
            self.perform = perform
        }
    }

    private static func overwrite(_ name: String, _ text: String) -> @Sendable (String) throws -> Void {
        { try Files.writeAtomically(text, to: "\($0)/\(name)") }
    }

    private static func copy(_ source: String, to name: String) -> @Sendable (String) throws -> Void {
        { try Files.writeAtomically(try Files.read("\($0)/\(source)"), to: "\($0)/\(name)") }
    }

    private static func remove(_ name: String) -> @Sendable (String) throws -> Void {
        { try Files.remove("\($0)/\(name)") }
    }

    private static func strangeCertificate(_ name: String) -> @Sendable (String) throws -> Void {
        { folder in
            let stranger = try Generation.first(CertificatePolicy(), at: today)
            var content = stranger
            try content.issue([clusterParts[1]], keepingKeys: false, CertificatePolicy(), at: today)
            for file in try content.files where file.name.hasPrefix(name) {
                try Files.writeAtomically(file.bytes, to: "\(folder)/\(file.name)")
            }
        }
    }

    static let damages = [
        Damage("garbage for a certificate", "postgres-1.crt holds no certificate", overwrite("postgres-1.crt", "x")),
        Damage("an empty certificate", "postgres-1.crt holds no certificate", overwrite("postgres-1.crt", "")),
        Damage("garbage for a key", "postgres-1.key cannot be used", overwrite("postgres-1.key", "x")),
        Damage("no key", "postgres-1.key is missing", remove("postgres-1.key")),
        Damage("no certificate", "postgres-1.crt is missing", remove("postgres-1.crt")),
        Damage(
            "another part's key", "postgres-1.key does not belong to the certificate",
            copy("etcd-1.key", to: "postgres-1.key")),
        Damage(
            "a pair of another authority", "postgres-1.crt is not trusted by", strangeCertificate("postgres-1")),
        Damage("another authority", "ca.key does not belong", strangeCertificate("ca.crt")),
        Damage("another authority, complete", "etcd-1.crt is not trusted by", strangeCertificate("ca.")),
        Damage("no authority", "ca.crt is missing", remove("ca.crt")),
        Damage("garbage for the authority", "ca.crt holds no certificate", overwrite("ca.crt", "x")),
        Damage(
            "a part in the place of the authority", "not one of an authority", copy("etcd-1.crt", to: "ca.crt")),
        Damage("garbage for the authority's key", "ca.key cannot be used", overwrite("ca.key", "x")),
        Damage("a key for others to read", "etcd-1.key can be read by others") { folder in
            _ = chmod("\(folder)/etcd-1.key", 0o644)
        },
        Damage("no generation", "000001 is missing") { folder in try Files.remove(folder) },
        Damage("no link", "current is missing") { folder in
            try Files.remove("\(Files.parent(of: Files.parent(of: folder)))/current")
        },
        Damage("a folder in the place of the link", "does not lead to a generation") { folder in
            let link = "\(Files.parent(of: Files.parent(of: folder)))/current"
            try Files.remove(link)
            try Files.makeFolder(link)
        },
        Damage("a link to somewhere else", "does not lead to a generation") { folder in
            let link = "\(Files.parent(of: Files.parent(of: folder)))/current"
            try Files.remove(link)
            try FileOperation.link(link, to: "/tmp").perform()
        },
    ]

    @Test("What is wrong is named with what to do, and nothing is changed", arguments: damages)
    func damaged(damage: Damage) throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure(clusterParts, at: today)
            try store.confirmAll()
            let keys = try clusterParts.map { try store.identity(of: $0.name).key.reveal().split(separator: "\n")[1] }
            try damage.perform(store.layout.folder(of: 1))
            let before = try snapshot(store.layout.folder)
            // A renewal would be due, and must not paint over it.
            for attempt in [
                { try store.ensure(clusterParts, at: today.after(days: 300)) as Any },
                { try store.perform(.issueCertificates, at: today) as Any },
            ] {
                let error = #expect(throws: ParlorError.self) { _ = try attempt() }
                #expect(error?.code == .stateFolder)
                #expect(error?.what.contains(damage.words) == true, "\(String(describing: error))")
                #expect(error?.hint != nil)
                let told = error.map { String(reflecting: $0) } ?? ""
                for key in keys { #expect(!told.contains(key)) }
            }
            #expect(try snapshot(store.layout.folder) == before)
        }
    }

    @Test("A damaged note of what was read stops rotations, not renewals, and a restart mends it")
    func note() throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure(clusterParts, at: today)
            try Files.writeAtomically("x", to: store.layout.loaded)
            let error = #expect(throws: ParlorError.self) { try store.perform(.issueCertificates, at: today) }
            #expect(error?.what == "\(store.layout.loaded) holds no number of a generation")
            #expect(error?.hint == "Remove the file, and restart the cluster.")
            #expect(try store.ensure(clusterParts, at: today.after(days: 300)).count == 3)
            try Files.remove(store.layout.loaded)
            try store.confirmAll()
            try store.perform(.issueCertificates, at: today)
        }
    }

    @Test("The hint about a part works: without both files they are made anew")
    func hint() throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure(clusterParts, at: today)
            let place = store.layout.folder(of: 1)
            try Files.writeAtomically("x", to: "\(place)/postgres-1.crt")
            let error = #expect(throws: ParlorError.self) { try store.current() }
            #expect(
                error?.hint
                    == "Remove postgres-1.crt and postgres-1.key from \(place); the next start makes both anew.")
            try Files.remove("\(place)/postgres-1.crt")
            try Files.remove("\(place)/postgres-1.key")
            #expect(try store.ensure(clusterParts, at: today).map(\.part) == ["postgres-1"])
        }
    }

    @Test("The hint about the link works, also when a kill has left half a generation")
    func lostLink() throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure(clusterParts, at: today)
            try store.confirmAll()
            let content = try #require(try store.current()).content
            let killer = Killer(after: 5)
            let mortal = store.asking { operation throws(ParlorError) in try killer.ask(operation) }
            #expect(throws: ParlorError.self) { try mortal.perform(.issueCertificates, at: today) }
            #expect(try store.generationNumbers() == [1, 2])
            try Files.remove(store.layout.current)
            let error = #expect(throws: ParlorError.self) { try store.current() }
            #expect(
                error?.hint == """
                    Restore it from a backup, or lead it to the generation that \(store.layout.loaded) names: \
                    "ln -sfn generations/NUMBER \(store.layout.current)".
                    """)
            let name = StoreLayout.name(try #require(try store.loadedNumber()))
            try FileOperation.link(store.layout.current, to: "generations/\(name)").perform()
            #expect(try store.current()?.content == content)
            try store.carryOut(RotationPlan(.certificates, from: try store.rotationState()))
            #expect(try Files.list(store.layout.generations) == ["000002"])
        }
    }

    @Test("Any byte that is changed in any file is noticed, or does not matter")
    func anyByte() throws {
        try withTemporaryFolder { folder in
            let store = CertificateStore(folder: "\(folder)/certificates")
            try store.ensure(clusterParts, at: today)
            let content = try #require(try store.current()).content
            let place = store.layout.folder(of: 1)
            let files = try content.files
            var generator = SeededGenerator()
            for _ in 0..<60 {
                let file = files[Int.random(in: 0..<files.count, using: &generator)]
                var bytes = file.bytes
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
                try Files.writeAtomically(bytes, to: "\(place)/\(file.name)")
                if let read = try? store.current()?.content {
                    #expect(read.identities.keys == content.identities.keys, generator.note)
                    #expect(read.identities.allSatisfy { $1.chain == content.identities[$0]?.chain }, generator.note)
                }
                try Files.writeAtomically(file.bytes, to: "\(place)/\(file.name)")
            }
            #expect(try store.current()?.content == content)
        }
    }
}
