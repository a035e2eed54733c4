import Backups
import Testing

@Suite struct TransferProgressTests {
    @Test("Files count wherever they are, in bundles too")
    func files() {
        var progress = TransferProgress()
        let single = progress.take("P01 DETAIL: backup file /data/base/5/1255 (768KB, 37.5%) checksum 55ee")
        #expect(single)
        #expect(progress.done == 768 << 10)
        #expect(progress.total == 2 << 20)
        let bundled = progress.take(
            "P02 DETAIL: restore file /data/base/4/2603 (bundle 1/18925, 256KB, 50.00%) checksum 3")
        #expect(bundled)
        #expect(progress.done == 1 << 20)
        #expect(progress.total == 2 << 20)
    }

    @Test("Other lines are not taken", arguments: ["P00   INFO: new backup label = 20261121-220246I", ""])
    func otherLines(line: String) {
        var progress = TransferProgress()
        let isTaken = progress.take(line)
        #expect(!isTaken)
        #expect(progress == TransferProgress())
    }
}
