import Basics
import Glibc
import Loop
import Processes
import TestSupport
import Testing

@testable import FaultTestSupport

@Suite struct FreezerTests {
    @Test("A tree stands still as a whole, and goes on when it is thawed")
    func tree() async throws {
        try await EventLoop.onThread { loop in
            // The grandchild ends by itself once it may run again, and the child with it.
            let script = "(while [ ! -e \"$0\" ]; do :; done); exit"
            try await withTemporaryFolder { folder in
                let child = try Child(starting: Program("/bin/sh", ["-c", script, "\(folder)/end"]), on: loop)
                while !ProcessTable.processes.contains(where: { ProcessStat(of: $0)?.parent == child.pid }) {
                    await loop.settle()
                }
                let freezer = try Freezer(treeOf: child.pid)
                #expect(freezer.processes.first == child.pid && freezer.processes.count == 2)
                #expect(freezer.processes.allSatisfy { ProcessStat(of: $0)?.state == "T" })
                try Files.writeAtomically("", to: "\(folder)/end")
                await loop.settle()
                #expect(child.isRunning)
                freezer.thaw()
                #expect(try await child.exitStatus().isSuccess)
            }
        }
    }

    @Test("What this process did not start is not touched", arguments: [1, getppid()])
    func foreign(pid: Int32) { #expect(throws: ParlorError.self) { try Freezer(treeOf: pid) } }
}
