import Installation
import TestSupport
import Testing

@testable import Commands

@Suite struct InstallationViewTests {
    static let goldenNames = ["install-first", "install-dry", "install-again"]

    private let places = InstalledPlaces()

    private func text(_ finding: InstallationPlan.Finding, _ notices: [String] = [], isDry: Bool = false) throws
        -> String
    {
        let files = [
            InstalledFile("\(places.migrations)/1_one/migration.sql", .copy(of: "/new/1")),
            InstalledFile("\(places.migrations)/2_two/migration.sql", .copy(of: "/new/2")),
            InstalledFile(places.program, .copy(of: "/new/parlor")),
            InstalledFile(places.configuration, .text(""), isKept: true),
            InstalledFile(places.unit, .text(ServiceUnit(user: "parlor").text)),
        ]
        let plan = try InstallationPlan(
            files, removing: finding == .same ? [] : ["\(places.migrations)/0_old"],
            find: { $0.isKept ? .different : finding })
        return InstallationView(plan, places, notices: notices, isDry: isDry).text
    }

    @Test("What was written is listed, the migrations in one line")
    func first() throws { expectGolden(try text(.different), "install-first") }

    @Test("A plan is in the words of a plan, and what people should know of it comes last")
    func dry() throws {
        let notice = "/etc/parlor/parlor.yaml is there already, so other.yaml was not copied"
        expectGolden(try text(.nothing, [notice], isDry: true), "install-dry")
    }

    @Test("Where nothing is to be done, that is said")
    func again() throws { expectGolden(try text(.same), "install-again") }
}
