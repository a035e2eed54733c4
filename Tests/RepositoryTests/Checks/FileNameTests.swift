import Testing

/// No drawer for what nobody found a name for.
enum FileNames {
    private static let drawers: Set = [
        "Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Manager", "Managers", "Common",
    ]

    static func faults(in files: [SourceFile]) -> [Fault] {
        files.compactMap { file in
            let parts = file.folders + [file.name.prefix { $0 != "." }]
            guard let drawer = parts.first(where: isDrawer) else { return nil }
            return Fault(path: file.path, message: "\(drawer) says nothing; name it after what it is in the domain")
        }
    }

    /// `StringUtils` and `Connection+Helpers`, but not `NewTenant` or `CommonMark`.
    private static func isDrawer(_ name: Substring) -> Bool {
        let name = name.prefix(1).uppercased() + name.dropFirst()
        let lastWord = name.lastIndex { $0.isUppercase }.map { String(name[$0...]) } ?? name
        return drawers.contains(lastWord) || name == "New"
    }
}

@Suite struct FileNameTests {
    @Test(
        "A drawer is refused, as a file and as a folder",
        arguments: [
            "Sources/Core/Basics/StringUtils.swift", "Sources/Core/Helpers/A.swift", "Tests/LoopTests/Helper.swift",
            "Sources/Data/Store/ConnectionManager.swift", "Sources/New/A.swift", "docs/common/a.md",
            "Sources/Core/Basics/Array+Helpers.swift",
        ])
    func refused(path: String) { #expect(FileNames.faults(in: [SourceFile(path, "")]).map(\.path) == [path]) }

    @Test(
        "A name that only contains such a word is fine",
        arguments: ["Sources/A/B/NewTenant.swift", "Sources/A/B/CommonMark.swift", "Sources/A/B/Renew.swift", "parlor"])
    func fine(path: String) { #expect(FileNames.faults(in: [SourceFile(path, "")]) == []) }

    @Test("No file or folder of the tree is a drawer")
    func tree() { expectNone(FileNames.faults(in: Repository.files)) }
}
