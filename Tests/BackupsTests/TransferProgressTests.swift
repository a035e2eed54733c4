import Testing

@testable import Backups

@Suite struct TransferProgressTests {
    @Test("Each file that is done adds to what is done, and tells how much there is")
    func files() {
        var progress = TransferProgress()
        #expect(progress.total == nil)
        let lines = [
            "P01 DETAIL: backup file /data/base/5/1255 (768KB, 25%) checksum 55ab",
            "P02 DETAIL: backup file /data/base/5/2838 (1.5MB, 75.00%) checksum 55ab",
            "P01 DETAIL: backup file /data/base/1/3456 (0B, 75.00%)",
            "P01 DETAIL: restore file /data/base/1/9 (786432B, 100.00%) checksum 0c",
        ]
        let seen = lines.map { line in
            let took = progress.take(line)
            return took ? progress.done : -1
        }
        #expect(seen == [786_432, 2_359_296, 2_359_296, 3_145_728])
        #expect(progress.total == 3_145_728)
    }

    @Test(
        "Other lines say nothing",
        arguments: [
            "", "P00   INFO: new backup label = 20261121-223636F", "P01 DETAIL: backup file /data/x (12, 3%)",
            "P00   INFO: full backup size = 22.1MB, file total = 964", "P01 DETAIL: path (12KB, 3%)",
        ])
    func others(line: String) {
        var progress = TransferProgress()
        let took = progress.take(line)
        #expect(!took)
        #expect(progress == TransferProgress())
    }

    @Test("The whole is never less than what is done, however the shares are rounded")
    func rounding() throws {
        var progress = TransferProgress()
        _ = progress.take("P01 DETAIL: backup file /data/base/5/1 (10B, 0.00%) checksum 1")
        #expect(progress.total == nil)
        _ = progress.take("P01 DETAIL: backup file /data/base/5/2 (1TB, 100%) checksum 1")
        #expect(progress.done > 1 << 40)
        #expect(try #require(progress.total) >= progress.done)
    }

    @Test("Files in a bundle count as others do")
    func bundled() {
        var progress = TransferProgress()
        let isTaken = progress.take(
            "P02 DETAIL: restore file /data/base/4/2603 (bundle 1/18925, 256KB, 50.00%) checksum 3")
        #expect(isTaken)
        #expect(progress.done == 256 << 10)
        #expect(progress.total == 512 << 10)
    }
}
