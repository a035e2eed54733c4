import Basics
import Cluster
import Testing

@Suite struct MachineTests {
    @Test(
        "The limit of a control group is a number of bytes, or none",
        arguments: [
            ("2147483648\n", ByteCount.gigabytes(2)), ("536870912", .megabytes(512)), ("max\n", nil), ("", nil),
            ("\n", nil), ("lots\n", nil),
        ])
    func limit(text: String, expected: ByteCount?) { #expect(Machine.limit(text) == expected) }

    @Test("This machine has memory and at least one core")
    func current() {
        let machine = Machine.current()
        #expect(machine.memory >= .megabytes(16))
        #expect(machine.cores >= 1)
    }
}
