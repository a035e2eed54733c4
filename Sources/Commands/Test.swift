import Basics

extension Command {
    /// `parlor test`, which is listed here and run by the launcher script: a program cannot build and test itself.
    static let test = Command(
        CommandDeclaration(
            name: "test",
            group: .help,
            summary: "Build Parlor and pass its tests; only as ./parlor test",
            discussion: """
                The launcher script of a checkout does this itself: it installs the Debian packages that are
                missing, builds Parlor, and passes the tests. It ends with status 0 when every test passed. The
                program alone has no tests to run.
                """,
            options: [
                .flag("sanitize", "Run the tests under the thread and the address sanitizer instead of plainly"),
                .flag("faults", "Run the long fault tests too, which take some minutes"),
            ],
            examples: [.init("./parlor test", "In the root of a checkout")],
            isOfLauncher: true),
        work: { _ in
            throw ParlorError(
                .usage, "the program does not run its own tests", why: "the launcher script of a checkout does",
                hint: "Run \"./parlor test\" in the checkout.")
        })
}
