import Basics
import JSONText
import TestSupport
import Testing

@testable import Commands

@Suite struct ErrorViewTests {
    static let goldenNames = ["error-plain", "error-debug", "error-json", "error-usage"]

    private let error: ParlorError = {
        var error = ParlorError(
            .portTaken, "port 5432 cannot be used", why: "another program listens there",
            hint: "Stop that program, or set postgres.port to a free one.", detail: "listener: pid 812")
        error.location = "Example/Example.swift:1"
        return error
    }()

    @Test("People get the fact, its reason and a hint")
    func plain() {
        expectGolden(ErrorView(error).text, "error-plain")
    }

    @Test("Who debugs gets everything")
    func debug() {
        expectGolden(ErrorView(error, form: .debug).text, "error-debug")
    }

    @Test("Programs get one object on one line")
    func json() throws {
        let text = ErrorView(error, form: .json).text
        expectGolden(text, "error-json")
        #expect(try JSON(reading: text)["error"]?["exit_status"] == 15)
        let bare = try JSON(reading: ErrorView(ParlorError(.file, "gone"), form: .json).text)
        #expect(bare["error"]?["why"] == .null && bare["error"]?["hint"] == .null)
    }

    @Test("A command line that is wrong names the help that explains it")
    func usage() throws {
        let parser = CommandLineParser(main: Command.main.declaration, general: OptionDeclaration.general)
        let error = try #require(throws: ParlorError.self) { try parser.parse(["logs", "--folow"]) }
        expectGolden(ErrorView(error).text, "error-usage")
    }

    @Test("Detail stays out of the plain form, and colour is used only where it is allowed")
    func safety() {
        #expect(!ErrorView(error).text.contains("812"))
        #expect(!ErrorView(error).text.contains("\u{1B}"))
        #expect(ErrorView(error, inColor: true).text.hasPrefix("parlor: \u{1B}[31merror:\u{1B}[0m port 5432"))
        #expect(!ErrorView(ParlorError(.usage, "\u{1B}[2J"), form: .debug).text.contains("\u{1B}"))
    }
}
