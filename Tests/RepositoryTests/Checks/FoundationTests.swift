import Testing

/// The program does without Foundation, for its start-up time and its size.
enum FoundationImports {
    static func faults(in files: [SourceFile]) -> [Fault] {
        files.flatMap { file in
            Import.all(in: file).filter { $0.module.hasPrefix("Foundation") }.map {
                let message = "\($0.module) is imported; use Glibc, Synchronization, or what Basics has"
                return Fault(path: file.path, line: $0.line, message: message)
            }
        }
    }
}

@Suite struct FoundationTests {
    @Test("Other modules are fine")
    func others() {
        #expect(FoundationImports.faults(in: [SourceFile("A.swift", "import Glibc // not Foundation")]) == [])
    }

    @Test(
        "An import of Foundation is named",
        arguments: ["import Foundation", "public import struct Foundation.URL", "internal import FoundationEssentials"])
    func named(text: String) {
        #expect(FoundationImports.faults(in: [SourceFile("A.swift", "\n" + text)]).map(\.line) == [2])
    }

    @Test("No source imports Foundation")
    func sources() { expectNone(FoundationImports.faults(in: Repository.swiftSources)) }
}
