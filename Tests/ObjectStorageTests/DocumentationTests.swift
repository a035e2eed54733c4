import Basics
import HTTP
import Loop
import S3TestSupport
import TLS
import TLSTestSupport
import TestSupport
import Testing

@testable import ObjectStorage

/// The examples of docs/libraries/object-storage.md, as code that is compiled and run.
@Suite struct DocumentationTests {
    @Test("The example of a folder does what it says")
    func example() async throws {
        try await withTemporaryFolder { folder in
            try await EventLoop.onThread { loop in
                let rows = Pieces([Array("name\n".utf8), Array("Ada\n".utf8)])
                let storage: any ObjectStorage = try await FolderStorage.open(folder, on: loop)

                try await storage.write(ObjectName("salons/7/logo.txt"), Array("Ada's".utf8))
                let logo = try await storage.read(ObjectName("salons/7/logo.txt"))
                #expect(logo == Array("Ada's".utf8))

                var options = ObjectWriting()
                options.type = "text/csv"
                options.notes = ["made-by": "export"]
                options.isOnlyIfAbsent = true
                let written = try await storage.write(
                    ObjectName("exports/1.csv"), ObjectSource { rows.next() }, options)
                #expect(written.size == 9)

                let size = try await storage.read(ObjectName("exports/1.csv"), ObjectReading()) { reader in
                    var size = 0
                    while let bytes = try await reader.next() { size += bytes.count }
                    return size
                }
                let tail = try await storage.read(written.name, ObjectReading(.last(6), tag: written.tag))
                #expect(size == 9 && tail == Array("e\nAda\n".utf8))

                var entries: [ObjectEntry] = []
                for try await entry in storage.list(ObjectQuery(prefix: "salons/", delimiter: "/")) {
                    entries.append(entry)
                }
                #expect(entries == [.prefix("salons/7/")])
            }
        }
    }

    @Test("The example of a bucket does what it says")
    func bucket() async throws {
        let server = try S3TestServer.shared()
        try await withTemporaryFolder { folder in
            let authority = try TestAuthority(in: folder)
            let identity = try authority.issue(for: ["localhost"])
            let authorities = authority.certificateFile
            let credentials = S3Credentials(accessKey: server.accessKey, secretKey: server.secretKey)
            try await EventLoop.onThread { loop in
                try await TLSFront.run(identity, to: server.port, on: loop) { front in
                    let origin = try #require(HTTPOrigin(.https, host: "localhost", port: front.port))

                    let tls = try TLSClient(TLSClientOptions(authorities: .file(authorities)))
                    var connections = HTTPClientOptions()
                    connections.secure = { socket, host in
                        try await tls.connect(over: socket, host: host, within: .seconds(10))
                    }
                    connections.retries = S3Storage.retries
                    let client = HTTPClient(on: loop, connections)
                    let bucket = try S3Storage(
                        S3Options(origin: origin, bucket: "parlor", region: "us-east-1", credentials: credentials),
                        client: client)
                    try await bucket.makeBucket()
                    let address = try bucket.address(
                        for: .reading, of: ObjectName("exports/1.csv"), lasting: .seconds(600))
                    #expect(address?.hasPrefix("https://localhost:\(front.port)/parlor/exports/1.csv?") == true)
                    client.close()
                }
            }
        }
    }

    @Test("Every line of Swift on the page stands in this file")
    func lines() throws {
        let page = try DocumentedCode("libraries/object-storage.md")
        #expect(page.count == 2)
        #expect(try page.linesMissing() == [])
    }
}
