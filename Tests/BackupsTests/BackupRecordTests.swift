import Backups
import Basics
import Testing

@Suite struct BackupRecordTests {
    @Test(
        "A backup says which full one it stands on",
        arguments: [
            ("20261121-020000F", "20261121-020000F"), ("20261121-020000F_20261121-030000I", "20261121-020000F"),
        ])
    func full(label: String, expected: String) {
        let moment = Timestamp(seconds: 1_795_226_400)
        let record = BackupRecord(label, .full, start: moment, stop: moment, log: .init(first: "A", last: "B"))
        #expect(record.fullLabel == expected)
    }
}
