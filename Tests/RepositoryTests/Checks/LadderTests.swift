import Testing

/// A room imports what stands below its storey, or beside it on the same one.
enum Ladder {
    static let storeys: [(name: String, height: Int)] = [
        ("System", 0), ("Core", 1), ("Drivers", 2), ("Data", 3), ("Application", 4), ("Platform", 4), ("Interfaces", 5),
        ("Commands", 6), ("parlor", 7),
    ]

    /// The storey and the room of a file below Sources; Commands and parlor are storeys of one room.
    static func place(of file: SourceFile) -> (storey: String, room: String)? {
        guard file.isBelow("Sources"), file.folders.count > 1 else { return nil }
        let storey = String(file.folders[1])
        let isOneRoom = ["Commands", "parlor"].contains(storey) || file.folders.count == 2
        return (storey, isOneRoom ? storey : String(file.folders[2]))
    }

    static func faults(in files: [SourceFile], _ manifest: Manifest) -> [Fault] {
        var storeys = Dictionary(
            files.compactMap { place(of: $0).map { ($0.room, $0.storey) } }, uniquingKeysWith: { first, _ in first })
        for shim in manifest.targets where shim.kind == .shim { storeys[shim.name] = "System" }
        return files.flatMap { file -> [Fault] in
            guard let (storey, room) = place(of: file) else { return [] }
            guard height(storey) != nil else {
                let known = Ladder.storeys.map(\.name).joined(separator: ", ")
                return [Fault(path: file.path, message: "\(storey) is no storey; move the file into one of \(known)")]
            }
            return Import.all(in: file).compactMap { item in
                guard item.module != room, let below = storeys[item.module] else { return nil }
                return objection(storey, below).map {
                    let message = "\(room) (\(storey)) imports \(item.module) (\(below)): \($0)"
                    return Fault(path: file.path, line: item.line, message: message)
                }
            }
        } + cycles(in: manifest)
    }

    private static func height(_ storey: String) -> Int? { storeys.first { $0.name == storey }?.height }

    private static func objection(_ importer: String, _ imported: String) -> String? {
        guard let upper = height(importer), let lower = height(imported), importer != imported, lower >= upper else {
            return nil
        }
        if lower == upper {
            return "the two wings never import each other; move what both need to Data, or join them in Interfaces"
        }
        return "it stands above; move this code up, or hand it what it needs as a value or a closure"
    }

    /// Targets that reach themselves through what they import.
    private static func cycles(in manifest: Manifest) -> [Fault] {
        manifest.targets.compactMap { target in
            var reached: Set<String> = []
            var open = target.imports
            while let name = open.popLast() {
                if reached.insert(name).inserted { open += manifest[name]?.imports ?? [] }
            }
            guard reached.contains(target.name) else { return nil }
            let message = "\(target.name) imports itself through others; move what they share into a room below"
            return Fault(path: "Package.swift", line: target.line, message: message)
        }
    }
}

@Suite struct LadderTests {
    private static let low = SourceFile("Sources/Core/Basics/A.swift", "")
    private static let drivers = SourceFile("Sources/Drivers/HTTP/A.swift", "")
    private static let none = Manifest(targets: [])

    @Test(
        "What stands below, beside or outside of the ladder may be imported",
        arguments: ["import Basics", "import Sockets", "import Glibc", "import CUV", "@testable import Basics"])
    func allowed(line: String) {
        let beside = SourceFile("Sources/Drivers/Sockets/A.swift", "")
        let manifest = Manifest(targets: [.init(kind: .shim, name: "CUV", imports: [], line: 1)])
        let file = SourceFile("Sources/Drivers/HTTP/A.swift", line)
        #expect(Ladder.faults(in: [file, beside, Self.low], manifest) == [])
    }

    @Test(
        "An import of a higher storey is named",
        arguments: [
            "import HTTP", "public import HTTP", "package import HTTP", "@_exported import struct HTTP.Server",
            "// why\n@preconcurrency\ninternal import HTTP",
        ])
    func upward(text: String) {
        let file = SourceFile("Sources/Core/Loop/A.swift", text)
        let faults = Ladder.faults(in: [file, Self.drivers], Self.none)
        #expect(faults.map(\.path) == [file.path])
        #expect(faults.first?.message.hasPrefix("Loop (Core) imports HTTP (Drivers): it stands above") == true)
    }

    @Test("An import that stands in a comment or a string is none")
    func noImport() {
        let text = "// import HTTP\nlet text = \"import HTTP\"\n/* import HTTP */"
        let file = SourceFile("Sources/Core/Loop/A.swift", text)
        #expect(Ladder.faults(in: [file, Self.drivers], Self.none) == [])
    }

    @Test("The wings do not import each other", arguments: [("Platform", "Application"), ("Application", "Platform")])
    func wings(importer: String, imported: String) {
        let file = SourceFile("Sources/\(importer)/One/A.swift", "import Two")
        let other = SourceFile("Sources/\(imported)/Two/A.swift", "")
        let faults = Ladder.faults(in: [file, other], Self.none)
        #expect(faults.count == 1 && faults[0].message.contains("wings never import each other"))
    }

    @Test("Commands and the executable are rooms of their own, whatever folders they have")
    func oneRoom() {
        let command = SourceFile("Sources/Commands/Backup/A.swift", "import parlor")
        let faults = Ladder.faults(in: [command, SourceFile("Sources/parlor/A.swift", "import Commands")], Self.none)
        #expect(faults.map(\.path) == [command.path])
    }

    @Test("A folder that is no storey is named")
    func unknownStorey() {
        let faults = Ladder.faults(in: [SourceFile("Sources/Misc/A/A.swift", "")], Self.none)
        #expect(faults.first?.message.hasPrefix("Misc is no storey; move the file into one of System, Core") == true)
    }

    @Test("Targets that import each other in a circle are named")
    func cycle() {
        let rooms = #"room("A", in: "Core", imports: ["B"]), room("B", in: "Core", imports: ["A"])"#
        let manifest = Manifest(Lexer.tokens(of: rooms))
        #expect(Ladder.faults(in: [], manifest).count == 2)
    }

    @Test("The sources keep to the ladder")
    func sources() { expectNone(Ladder.faults(in: Repository.swiftSources, Repository.manifest)) }
}
