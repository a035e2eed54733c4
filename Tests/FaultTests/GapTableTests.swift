import FaultTestSupport
import Testing

@Suite struct GapTableTests {
    @Test("The table shows the runs of each fault together, and nothing without any")
    func table() {
        let table = GapTable()
        #expect(table.text.isEmpty)
        func row(_ name: String, _ seed: UInt64, _ gap: Duration) -> GapTable.Row {
            GapTable.Row(name: name, seed: seed, gap: gap, errors: 3, acknowledged: 1204, lost: 0)
        }
        table.add(row("postmaster killed", 17, .milliseconds(310)))
        table.add(row("host cut off", 4, .seconds(21)))
        table.add(row("postmaster killed", 18, .microseconds(295_600)))
        #expect(
            table.text == """
                fault              seed       gap  errors  acknowledged  lost
                host cut off          4  21000 ms       3          1204     0
                postmaster killed    17    310 ms       3          1204     0
                postmaster killed    18    296 ms       3          1204     0
                """)
    }
}
