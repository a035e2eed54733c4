import Basics
import TLS
import TestSupport
import Testing

@testable import Trust

/// Parts with what they have read into their memory, and the paths that they were told.
struct SimulatedCluster: Sendable {
    private struct Member: Sendable {
        var identity: Generation.Identity
        var authorities: [TLSCertificate]
        var files: TLSIdentity
    }

    private let store: CertificateStore
    private let parts: [CertifiedPart]
    private var members: [String: Member] = [:]
    var generator: SeededGenerator

    init(_ store: CertificateStore, _ generator: SeededGenerator, of parts: [CertifiedPart] = clusterParts) {
        self.store = store
        self.parts = parts
        self.generator = generator
    }

    /// A part starts, or reads its files again.
    mutating func load(_ name: String) throws {
        guard let stored = try store.current() else { return }
        let files = stored.files(of: name)
        members[name] = Member(
            identity: Generation.Identity(
                chain: try TLSCertificate.all(inFile: files.chainFile), key: Secret(try Files.readText(files.keyFile))),
            authorities: try TLSCertificate.all(inFile: stored.authoritiesFile), files: files)
    }

    mutating func loadAll() throws { for part in parts.shuffled(using: &generator) { try load(part.name) } }

    /// Any of the parts reads its files, or none.
    mutating func loadSome() throws {
        for part in parts where Bool.random(using: &generator) { try load(part.name) }
    }

    /// What is current is whole, what parts were told is still there, and everybody believes everybody.
    func check(at moment: Timestamp) throws {
        _ = try store.current()
        for (name, member) in members {
            #expect(try member.identity.chain.first?.belongs(to: member.identity.key) == true, generator.note)
            #expect(try TLSCertificate.all(inFile: member.files.chainFile) == member.identity.chain, generator.note)
            #expect(try Files.readText(member.files.keyFile) == member.identity.key.reveal(), generator.note)
            for other in members.values {
                let leaf = try #require(member.identity.chain.first)
                let between = Array(member.identity.chain.dropFirst())
                let fault = try leaf.fault(trusting: other.authorities, through: between, as: .client, at: moment)
                #expect(fault == nil, "\(name): \(generator.note)")
            }
        }
    }

    /// Whether every part has what is current and nothing else.
    func isUpToDate() throws -> Bool {
        let content = try #require(try store.current()).content
        return members.count == parts.count
            && members.allSatisfy {
                $1.identity == content.identities[$0] && $1.authorities == content.authorities
            }
    }
}
