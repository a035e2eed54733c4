import Basics
import Digests
import Testing

@testable import ObjectStorage

@Suite struct PartPlanTests {
    @Test(
        "Parts have the preferred size unless that would be too many",
        arguments: [[0, 8], [1, 8], [80_000, 8], [80_001, 9], [5 << 20, 525]])
    func known(megabytes: [Int]) throws {
        let (length, size) = (megabytes[0] << 20, megabytes[1] << 20)
        let plan = try #require(PartPlan(length: length, preferred: .megabytes(8)))
        #expect(plan.size(ofPart: 1) == size && plan.size(ofPart: 10_000) == size)
        #expect(size * 10_000 >= length)
    }

    @Test("Without a length the parts grow, so that the largest object fits")
    func unknown() throws {
        let plan = try #require(PartPlan(length: nil, preferred: .megabytes(5)))
        #expect(plan.size(ofPart: 1) == 5 << 20 && plan.size(ofPart: 1000) == 5 << 20)
        #expect(plan.size(ofPart: 1001) == 10 << 20 && plan.size(ofPart: 10_001) == nil)
        #expect((1...10_000).reduce(0) { $0 + (plan.size(ofPart: $1) ?? 0) } >= 5 << 39)
        #expect((1...10_000).allSatisfy { plan.size(ofPart: $0) ?? .max <= 5 << 30 })
    }

    @Test("An object of more than five terabytes has no plan")
    func tooLarge() { #expect(PartPlan(length: (5 << 40) + 1, preferred: .megabytes(8)) == nil) }

    @Test("An upload is gone on with when it is of the same name, and a part when it is the same")
    func resumption() {
        typealias Upload = UploadResumption.Upload
        let uploads = [
            Upload(name: "a", identifier: "1", begun: "2026-01-01T00:00:00Z"),
            Upload(name: "a", identifier: "2", begun: "2026-01-02T00:00:00Z"),
            Upload(name: "a/b", identifier: "3", begun: "2026-01-03T00:00:00Z"),
        ]
        #expect(UploadResumption.choice(among: uploads, for: "a")?.identifier == "2")
        #expect(UploadResumption.choice(among: uploads, for: "b") == nil)
        let part = UploadedPart(number: 1, size: 5, tag: "x")
        #expect(UploadResumption.has(part, among: [1: part]))
        #expect(!UploadResumption.has(part, among: [2: part]))
        #expect(!UploadResumption.has(part, among: [1: UploadedPart(number: 1, size: 5, tag: "y")]))
    }

    @Test("Content is cut at the same places, however it comes", arguments: [1, 7, 64, 1000])
    func cutting(pieceSize: Int) async throws {
        let bytes = noise(640)
        let starts = stride(from: 0, to: bytes.count, by: pieceSize)
        let pieces = Pieces(starts.map { Array(bytes[$0...].prefix(pieceSize)) })
        let plan = try #require(PartPlan(length: nil, preferred: ByteCount(128)))
        let reader = PartReader(ObjectSource { pieces.next() }, plan)
        var parts: [PartReader.Part] = []
        while let part = try await reader.next() { parts.append(part) }
        #expect(parts.map(\.bytes.count) == [128, 128, 128, 128, 128] && parts.map(\.number) == [1, 2, 3, 4, 5])
        #expect(parts.flatMap(\.bytes) == bytes && reader.digest() == Digest(.sha256, of: bytes))
        #expect(parts.allSatisfy { $0.md5 == Digest(.md5, of: $0.bytes) && $0.sha256 == Digest(.sha256, of: $0.bytes) })
    }
}
