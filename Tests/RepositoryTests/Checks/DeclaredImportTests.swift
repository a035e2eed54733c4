import Testing

/// Package.swift lists for each target exactly the targets that its files import.
enum DeclaredImports {
    static func faults(in files: [SourceFile], _ manifest: Manifest) -> [Fault] {
        let byTarget = Dictionary(grouping: files) { target(of: $0) ?? "" }.filter { !$0.key.isEmpty }
        let undeclared = byTarget.keys.sorted().flatMap { name -> [Fault] in
            let files = byTarget[name] ?? []
            guard let target = manifest[name] else {
                let message = "\(name) is no target; declare it in Package.swift"
                return files.prefix(1).map { Fault(path: $0.path, message: message) }
            }
            return files.flatMap { missing(in: $0, target, manifest) }
        }
        return undeclared + manifest.targets.flatMap { unused(in: byTarget[$0.name] ?? [], $0, manifest) }
    }

    private static func target(of file: SourceFile) -> String? {
        if let place = Ladder.place(of: file) { return place.room }
        if file.isBelow("Benchmarks"), file.folders.count > 2, file.folders[1] == "Subjects" {
            return String(file.folders[2])
        }
        return file.isBelow("Tests") && file.folders.count > 1 ? String(file.folders[1]) : nil
    }

    private static func missing(in file: SourceFile, _ target: Manifest.Target, _ manifest: Manifest) -> [Fault] {
        Import.all(in: file).compactMap { item in
            guard item.module != target.name, manifest[item.module] != nil, !target.imports.contains(item.module) else {
                return nil
            }
            let message = "\(item.module) is not declared; add it to the list of \(target.name) in Package.swift"
            return Fault(path: file.path, line: item.line, message: message)
        }
    }

    private static func unused(in files: [SourceFile], _ target: Manifest.Target, _ manifest: Manifest) -> [Fault] {
        let used = Set(files.flatMap { Import.all(in: $0).map(\.module) })
        return target.imports.compactMap { name in
            // Tests that run the program need it built, and import nothing of it.
            let isProgram = target.kind == .tests && manifest[name]?.kind == .executable
            guard !used.contains(name), !isProgram else { return nil }
            let message = "no file of \(target.name) imports \(name); take it out of the list"
            return Fault(path: "Package.swift", line: target.line, message: message)
        }
    }
}

@Suite struct DeclaredImportTests {
    private let manifest = Manifest(
        Lexer.tokens(
            of: """
                func room(_ name: String, in folder: String, imports: [String]) -> Target {
                    .target(name: name, dependencies: imports.map { .byName(name: $0) }, path: "Sources")
                }
                let targets = [
                    .target(name: "CLinux", path: "Sources/System/CLinux"), library("CUV", "libuv"),
                    room("Basics", in: "Core", imports: []),
                    room("Loop", in: "Core", imports: ["Basics", "CUV"]),
                    .executableTarget(name: "parlor", dependencies: ["Loop"], swiftSettings: settings),
                    tests("Loop", of: ["Loop", "parlor"]),
                ]
                """))

    @Test("The helpers' calls in Package.swift are read, their definitions are not")
    func manifestIsRead() {
        #expect(manifest.targets.map(\.name) == ["CLinux", "CUV", "Basics", "Loop", "parlor", "LoopTests"])
        #expect(manifest["Loop"]?.imports == ["Basics", "CUV"])
        #expect(manifest.targets.map(\.kind) == [.shim, .shim, .room, .room, .executable, .tests])
    }

    @Test("Imports that are declared and used are fine")
    func allUsed() {
        let files = [
            SourceFile("Sources/Core/Basics/A.swift", "import Glibc"),
            SourceFile("Sources/Core/Loop/A.swift", "import Basics\ninternal import CUV"),
            SourceFile("Sources/parlor/A.swift", "import Loop"),
            SourceFile("Tests/LoopTests/A.swift", "@testable import Loop"),
        ]
        #expect(DeclaredImports.faults(in: files, manifest) == [])
    }

    @Test("An undeclared import, an unused declaration and an undeclared room are named")
    func mistakes() {
        let files = [
            SourceFile("Sources/Core/Basics/A.swift", "public import CLinux"),
            SourceFile("Sources/Core/Loop/A.swift", "import Basics"),
            SourceFile("Sources/Core/Stray/A.swift", ""), SourceFile("Sources/parlor/A.swift", "import Loop"),
            SourceFile("Tests/LoopTests/A.swift", "import Loop\nimport Basics"),
        ]
        #expect(
            DeclaredImports.faults(in: files, manifest).map(\.description) == [
                "Sources/Core/Basics/A.swift:1: CLinux is not declared; add it to the list of Basics in Package.swift",
                "Tests/LoopTests/A.swift:2: Basics is not declared; add it to the list of LoopTests in Package.swift",
                "Sources/Core/Stray/A.swift: Stray is no target; declare it in Package.swift",
                "Package.swift:7: no file of Loop imports CUV; take it out of the list",
            ])
    }

    @Test("Package.swift lists what the files import, and nothing else")
    func tree() {
        let files = Repository.swiftSources + Repository.swiftTests + Repository.swiftSubjects
        expectNone(DeclaredImports.faults(in: files, Repository.manifest))
    }
}
