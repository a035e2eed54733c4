import Testing

/// Only one Swift target imports a C library, so that one place answers for it.
enum Shims {
    static func faults(in files: [SourceFile], _ manifest: Manifest) -> [Fault] {
        manifest.targets.filter { $0.kind == .shim }.flatMap { shim -> [Fault] in
            let uses = files.flatMap { file in
                Import.all(in: file).filter { $0.module == shim.name }.map { (file: file, line: $0.line) }
            }
            let rooms = Set(uses.compactMap { Ladder.place(of: $0.file)?.room }).sorted()
            guard rooms.count > 1 else { return [] }
            let owners = rooms.joined(separator: " and ")
            let message = "\(shim.name) is imported by \(owners); let one of them own it and the others ask that one"
            return uses.map { Fault(path: $0.file.path, line: $0.line, message: message) }
        }
    }
}

@Suite struct ShimTests {
    private let manifest = Manifest(targets: [.init(kind: .shim, name: "CUV", imports: [], line: 1)])

    @Test("One target may import a shim from several files")
    func oneOwner() {
        let files = ["A", "B"].map { SourceFile("Sources/Core/Loop/\($0).swift", "import CUV") }
        #expect(Shims.faults(in: files, manifest) == [])
    }

    @Test("A shim that two targets import is named at each import")
    func twoOwners() {
        let files = ["Core/Loop", "Drivers/HTTP"].map { SourceFile("Sources/\($0)/A.swift", "\nimport CUV") }
        let faults = Shims.faults(in: files, manifest)
        #expect(faults.map(\.path) == files.map(\.path))
        #expect(faults.first?.message.hasPrefix("CUV is imported by HTTP and Loop; let one of them own it") == true)
    }

    @Test("Each C library has one owner")
    func sources() { expectNone(Shims.faults(in: Repository.swiftSources, Repository.manifest)) }
}
