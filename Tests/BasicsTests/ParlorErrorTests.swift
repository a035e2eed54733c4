import Basics
import Glibc
import Testing

@Suite struct ParlorErrorTests {
    private static let full = ParlorError(
        .portTaken, "port 5432 is taken", why: "postgres with process id 7 listens on it", hint: "Stop it.",
        detail: "select secret", file: "Room/File.swift", line: 12)

    @Test("The description has the fact, the reason and the hint, and nothing that is not for everybody")
    func description() {
        #expect(
            "\(ParlorErrorTests.full)" == """
                port 5432 is taken: postgres with process id 7 listens on it
                HINT: Stop it.
                """)
        #expect("\(ParlorError(.usage, "a fact alone"))" == "a fact alone")
        #expect("\(ParlorError(.usage, "a fact", hint: "Do this."))" == "a fact\nHINT: Do this.")
    }

    @Test("The debug form adds code, place, detail and what stands underneath")
    func debugDescription() {
        var error = ParlorErrorTests.full
        error.cause = ParlorError(.system, "bind failed", file: "Room/Other.swift", line: 3)
        #expect(
            String(reflecting: error) == """
                [port_taken] port 5432 is taken: postgres with process id 7 listens on it
                HINT: Stop it.
                AT: Room/File.swift:12
                DETAIL: select secret
                CAUSE: [system] bind failed
                AT: Room/Other.swift:3
                """)
    }

    @Test("The place is where the error was made")
    func location() {
        #expect(ParlorError(.usage, "a fact").location.hasPrefix("BasicsTests/ParlorErrorTests.swift:"))
    }

    @Test("A failed system call names call, path and reason")
    func systemCall() {
        let error = ParlorError.systemCall("open", path: "/a/b", errno: EACCES)
        #expect("\(error)" == "open failed on /a/b: permission denied")
        #expect(error.code == .file)
        #expect("\(ParlorError.systemCall("fork", errno: EAGAIN))" == "fork failed: resource temporarily unavailable")
        #expect(ParlorError.systemCall("fork", errno: EAGAIN).code == .system)
    }

    @Test("A full disk or quota has its own code and hint", arguments: [ENOSPC, EDQUOT])
    func fullDisk(number: Int32) {
        let error = ParlorError.systemCall(
            "write", path: "/a/b", errno: number, code: .stateFolder, hint: "Another hint.")
        #expect(error.code == .diskFull)
        #expect(error.hint == "Free some space on the file system that holds /a/b, then try again.")
    }

    private struct Foreign: Error { var phone = "+49 170 0000000" }
    private struct Explained: ExplainedError {
        var explained: ParlorError { ParlorError(.database, "the table is missing") }
    }

    @Test("Any error can be told to people")
    func describing() {
        #expect(ParlorError(describing: ParlorErrorTests.full).code == .portTaken)
        #expect(ParlorError(describing: Explained()).what == "the table is missing")
        #expect(ParlorError(describing: CancellationError()).code == .cancelled)
        let foreign = ParlorError(describing: Foreign())
        #expect(foreign.code == .unexpected)
        #expect(!"\(foreign)".contains("+49"))
        #expect(foreign.debugDescription.contains("+49"))
    }

    @Test("An error number that the C library does not know is still told")
    func unknownNumber() {
        #expect(errnoMeaning(ENOENT) == "no such file or directory")
        #expect(errnoMeaning(9999) == "unknown error 9999")
    }
}
