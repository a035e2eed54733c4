import Basics
import TestSupport
import Glibc
import Testing

@Suite struct FileLockTests {
    private func holding(_ path: String, _ body: () throws -> Void) throws {
        let lock = try #require(try FileLock.take(path))
        try body()
        withExtendedLifetime(lock) {}
    }

    /// A child of another test that is between its fork and its exec has every lock of this process, for a moment.
    private func becomesFree(_ path: String) throws -> Bool {
        for _ in 0..<100_000 {
            if try FileLock.holder(of: path) == nil { return true }
            sched_yield()
        }
        return false
    }

    @Test("Who holds a lock is written in it, and the lock is free again when its holder lets go")
    func ownProcess() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/lock"
            #expect(try FileLock.holder(of: path) == nil)
            try holding(path) { () throws in
                #expect(try FileLock.take(path) == nil)
                #expect(try FileLock.holder(of: path) == getpid())
                #expect(try Files.status(path)?.mode == 0o600)
            }
            #expect(try becomesFree(path))
            #expect(try FileLock.take(path) != nil)
        }
    }

    @Test("Another process cannot take a lock that we hold")
    func heldHere() throws {
        try withTemporaryFolder { folder in
            // A child of another test that is between its fork and its exec has the lock too, for a moment.
            let attempt = "flock --timeout 2 '\(folder)/lock' true"
            try holding("\(folder)/lock") { () throws in
                #expect(system(attempt) != 0)
            }
            #expect(system(attempt) == 0)
        }
    }

    @Test("A lock of another process is seen, and the kernel gives it back when that process is killed")
    func heldElsewhere() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder)/lock"
            let ready = "\(folder)/ready"
            mkfifo(ready, 0o600)
            // It writes its number into the lock as we do, tells that it is ready, and waits for the end of its input.
            let script = "\(folder)/script"
            try Files.writeAtomically("echo $$ > '\(path)'; echo > '\(ready)'; exec cat", to: script)
            let input = try #require(popen("exec flock --no-fork '\(path)' sh '\(script)'", "we"))
            _ = try Files.read(ready)

            let holder = try #require(try FileLock.holder(of: path))
            #expect(holder != getpid())
            #expect(try FileLock.take(path) == nil)
            #expect(try Files.readText(path) == "\(holder)\n", "a failed attempt leaves the holder's number alone")
            kill(holder, SIGKILL)
            pclose(input)

            #expect(try becomesFree(path))
            try holding(path) { () throws in
                #expect(try FileLock.holder(of: path) == getpid())
            }
        }
    }

    @Test("A link in the place of the lock is not followed")
    func link() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically("kept", to: "\(folder)/target")
            symlink("\(folder)/target", "\(folder)/lock")
            #expect(throws: ParlorError.self) { try FileLock.take("\(folder)/lock") }
            #expect(try Files.readText("\(folder)/target") == "kept")
        }
    }
}
