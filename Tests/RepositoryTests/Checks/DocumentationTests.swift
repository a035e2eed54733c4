import Testing

/// Whatever another module can see has a line of documentation.
enum Documentation {
    static func faults(in files: [SourceFile]) -> [Fault] {
        files.flatMap { file in
            Declaration.all(in: file.tokens).filter { needsWords($0) && !isDocumented($0, in: file) }.map {
                let message = "\($0.keyword) \($0.name) has no documentation; say in one /// line above it what it is"
                return Fault(path: file.path, line: $0.line, message: message)
            }
        }
    }

    private static func needsWords(_ declaration: Declaration) -> Bool {
        declaration.isVisible && !declaration.isOverride && !declaration.isOnOpeningLine
    }

    private static func isDocumented(_ declaration: Declaration, in file: SourceFile) -> Bool {
        declaration.line > 1 && file.lines[declaration.line - 2].drop { $0 == " " }.hasPrefix("///")
    }
}

@Suite struct DocumentationTests {
    private func undocumented(_ text: String) -> [String] {
        Documentation.faults(in: [SourceFile("Sources/Core/Basics/A.swift", text)]).map {
            String($0.message.prefix { $0 != ";" }.dropLast(" has no documentation".count))
        }
    }

    @Test(
        "What is visible and has no words is named",
        arguments: [
            ("public struct A {}", "struct A"), ("package func a() {}", "func a"), ("open class A {}", "class A"),
            ("public final class A {}", "class A"), ("public actor A {}", "actor A"), ("public let a = 1", "let a"),
            ("public private(set) var a = 1", "var a"), ("extension A {\n    public init?(b: Int) {}\n}", "init init"),
            ("struct A {\n    public static func < (a: A, b: A) -> Bool { true }\n}", "func <"),
            ("struct A {\n    package subscript(b: Int) -> Int { 1 }\n}", "subscript subscript"),
            ("public typealias A = Int", "typealias A"),
            ("@frozen @available(*, deprecated)\npublic enum A {}", "enum A"),
            ("/// A.\npublic enum A {\n    case b(Int)\n}", "case b"),
            ("/// A.\npublic protocol A {\n    func b()\n}", "func b"),
            ("/// A.\npublic protocol A {\n    /// B.\n    associatedtype B\n    var c: B { get }\n}", "var c"),
            ("public extension A {\n    func b() {}\n}", "func b"), ("/// A.\n\npublic struct A {}", "struct A"),
            ("// A.\npublic struct A {}", "struct A"), ("open class A { public class func b() {} }", "class A"),
            ("/// A.\npublic struct A {\n    /// B.\n    public var b = { $0 + 1 }\n    public var c: Int\n}", "var c"),
        ])
    func named(text: String, expected: String) { #expect(undocumented(text).first == expected) }

    @Test(
        "What has words, or nobody else sees, is fine",
        arguments: [
            "public import Glibc", "func a() {}", "enum A {\n    case b\n}", "extension A: B {}",
            "/// A.\n@frozen\n@available(*, deprecated)\npublic struct A {}",
            "/// A.\npublic enum A: Sendable { case b, c }",
            "/// A.\npublic struct A {\n    var b = 1\n    private enum C { case d }\n}",
            "/// A.\npublic class A {\n    public override func b() {}\n    override public var c: Int { 1 }\n}",
            "/// A.\npublic func a(public: Int, case b: Int) {\n    switch c { case 1: break\n    default: break }\n}",
            "/// A.\npublic enum A {\n    var c: Int {\n        switch self {\n        case .b: 1\n        }\n    }\n}",
            "let text = \"\"\"\n    public struct A {}\n    \"\"\"", "/* public struct A {} */",
            "public extension A {\n    private func b() {}\n}",
            "/// A.\npublic protocol A {\n    /// B.\n    init(b: Int)\n}\nextension A {\n    func c() {}\n}",
        ])
    func fine(text: String) { #expect(undocumented(text) == []) }

    @Test("Everything visible in the sources is documented")
    func sources() { expectNone(Documentation.faults(in: Repository.swiftSources)) }
}
