import Basics
import EtcdTestSupport
import HTTP
import Loop
import TLS
import TestSupport
import Testing

@testable import Etcd

/// The example of docs/libraries/etcd.md, as code that is compiled and run.
@Suite struct DocumentationTests {
    private struct Enough: Error {}

    @Test("The example does what it says")
    func example() async throws {
        try await withEtcd { cluster, loop in
            let endpoints = try cluster.options().endpoints
            let (authority, certificate) = (cluster.authorities, cluster.identity.chainFile)
            let key = cluster.identity.keyFile

            let identity = TLSIdentity(chainFile: certificate, keyFile: key)
            let tls = try TLSClient(TLSClientOptions(authorities: .file(authority), identity: identity))
            let options = EtcdOptions(
                endpoints: endpoints,
                secure: { socket, host in try await tls.connect(over: socket, host: host, within: .seconds(5)) })
            let client = try EtcdClient(options, on: loop)

            let lease = try await client.grant(for: .seconds(20))
            let won = try await client.transaction(
                if: [.isMissing("/leader")], then: [.put("/leader", Array("db1".utf8), lease: lease.identity)]
            ).succeeded
            #expect(won)

            let found = try await client.range(.one("/leader"))
            let holder = found.values.first?.lease
            if let holder { try await client.revoke(holder) }
            #expect(holder == lease.identity)

            var seen: [EtcdEvent] = []
            await #expect(throws: Enough.self) {
                try await client.watch(.prefix("/leader"), after: found.header.revision) { notification in
                    switch notification {
                    case .changes(let events): seen += events
                    case .gap: break  // Events are missing here: read anew what was derived from them.
                    case .listening, .interrupted: break
                    }
                    if !seen.isEmpty { throw Enough() }
                }
            }
            #expect(seen.map(\.kind) == [.delete])
            client.close()
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/etcd.md")
        #expect(page.count == 1)
        #expect(try page.linesMissing() == [])
    }
}
