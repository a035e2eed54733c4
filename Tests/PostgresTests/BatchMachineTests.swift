import TestSupport
import Testing

@testable import Postgres

@Suite struct BatchMachineTests {
    private typealias Action = BatchMachine.Action

    private func machine(_ limits: BatchLimits = BatchLimits(rowsMax: 4), rows: Range<Int> = 0..<0) -> BatchMachine {
        var machine = BatchMachine(limits)
        for lane in 0..<limits.connections { _ = machine.handle(.ready(lane: lane)) }
        for row in rows { _ = machine.handle(.submit(row: row, bytes: 10)) }
        return machine
    }

    @Test("Rows that come together go together, and the rest when the Sync has answered")
    func pacing() {
        var machine = machine(rows: 1..<3)
        #expect(machine.handle(.tick) == [.send(lane: 0, rows: [1, 2])])
        for row in 3..<9 { #expect(machine.handle(.submit(row: row, bytes: 10)) == []) }
        #expect(machine.handle(.tick) == [])
        let next: [Action] = [.succeed([1, 2]), .send(lane: 0, rows: [3, 4, 5, 6])]
        #expect(machine.handle(.answered(lane: 0, .committed)) == next)
        let last: [Action] = [.succeed([3, 4, 5, 6]), .send(lane: 0, rows: [7, 8])]
        #expect(machine.handle(.answered(lane: 0, .committed)) == last)
    }

    @Test("A crowd does not wait for the end of the tick, and each batch on its way asks for twice as many")
    func crowd() {
        var machine = machine(BatchLimits(connections: 2, rowsMax: 64, promptRows: 2))
        #expect(machine.handle(.submit(row: 1, bytes: 10)) == [])
        #expect(machine.handle(.submit(row: 2, bytes: 10)) == [.send(lane: 0, rows: [1, 2])])
        for row in 3..<6 { #expect(machine.handle(.submit(row: row, bytes: 10)) == []) }
        #expect(machine.handle(.submit(row: 6, bytes: 10)) == [.send(lane: 1, rows: [3, 4, 5, 6])])
        for row in 7..<20 { #expect(machine.handle(.submit(row: row, bytes: 10)) == []) }
        #expect(machine.handle(.tick) == [])
        #expect(
            machine.handle(.answered(lane: 1, .committed)) == [
                .succeed([3, 4, 5, 6]), .send(lane: 1, rows: Array(7..<20)),
            ])
    }

    @Test("A bad row is found by halving, and its neighbours are written")
    func halving() {
        var machine = machine(rows: 1..<5)
        _ = machine.handle(.tick)
        #expect(machine.handle(.answered(lane: 0, .refused)) == [.send(lane: 0, rows: [1, 2])])
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([1, 2]), .send(lane: 0, rows: [3, 4])])
        #expect(machine.handle(.answered(lane: 0, .refused)) == [.send(lane: 0, rows: [3])])
        #expect(machine.handle(.answered(lane: 0, .refused)) == [.fail([3]), .send(lane: 0, rows: [4])])
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([4])])
    }

    @Test("A failure that no row is to blame for is not halved")
    func failure() {
        var machine = machine(rows: 1..<5)
        _ = machine.handle(.tick)
        #expect(machine.handle(.answered(lane: 0, .failed)) == [.fail([1, 2, 3, 4])])
    }

    @Test("What was on its way on a broken lane is in doubt, what was rolled back waits for the next one")
    func lost() {
        var machine = machine(rows: 1..<7)
        _ = machine.handle(.tick)
        _ = machine.handle(.answered(lane: 0, .refused))
        #expect(machine.handle(.lost(lane: 0)) == [.doubt([1, 2])])
        #expect(machine.handle(.tick) == [])
        #expect(machine.handle(.ready(lane: 0)) == [.send(lane: 0, rows: [3, 4, 5, 6])])
    }

    @Test("Neither more rows nor more bytes than allowed go together or wait")
    func bounds() {
        var machine = machine(BatchLimits(rowsMax: 4, bytesMax: 25, waitingMax: 3), rows: 1..<4)
        #expect(machine.handle(.submit(row: 4, bytes: 1)) == [.refuse(row: 4, isStopping: false)])
        #expect(machine.handle(.tick) == [.send(lane: 0, rows: [1, 2])])
        _ = machine.handle(.submit(row: 5, bytes: 1000))
        _ = machine.handle(.submit(row: 6, bytes: 1))
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([1, 2]), .send(lane: 0, rows: [3])])
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([3]), .send(lane: 0, rows: [5])])
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([5]), .send(lane: 0, rows: [6])])
    }

    @Test("A row that nobody waits for is not sent, unless it is on its way")
    func withdrawn() {
        var machine = machine(rows: 1..<4)
        #expect(machine.handle(.withdraw(row: 2)).first == .drop([2]))
        _ = machine.handle(.answered(lane: 0, .refused))
        #expect(machine.handle(.withdraw(row: 3)) == [.drop([3])])
        #expect(machine.handle(.withdraw(row: 1)) == [])
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([1])])
    }

    @Test("A batcher that stops writes what waits, refuses what comes, and then has finished")
    func stopping() {
        var machine = machine(rows: 1..<3)
        #expect(machine.handle(.stop) == [.send(lane: 0, rows: [1, 2])])
        #expect(machine.handle(.submit(row: 3, bytes: 1)) == [.refuse(row: 3, isStopping: true)])
        #expect(machine.handle(.answered(lane: 0, .committed)) == [.succeed([1, 2]), .finish])
        var stuck = BatchMachine(BatchLimits())
        _ = stuck.handle(.submit(row: 1, bytes: 1))
        #expect(stuck.handle(.stop) == [])
        #expect(stuck.handle(.giveUp) == [.drop([1]), .finish])
    }

    @Test("Whatever the server answers, every row gets one outcome, and a good row fails only with a broken lane")
    func simulation() {
        var generator = SeededGenerator()
        for _ in 0..<200 {
            var world = BatchWorld(&generator)
            for _ in 0..<200 { world.step(&generator) }
            world.end(&generator)
            #expect(world.faults == [], generator.note)
        }
    }
}

/// A server that refuses some rows, behind lanes that break by chance.
private struct BatchWorld {
    private var machine: BatchMachine
    private var sent: [Int: [Int]] = [:]
    private var down: Set<Int>
    private var open: Set<Int> = []
    private var bad: Set<Int> = []
    private var written: Set<Int> = []
    private var lastRow = 0
    private var isFinished = false
    private(set) var faults: [String] = []

    init(_ generator: inout SeededGenerator) {
        let lanes = Int.random(in: 1...2, using: &generator)
        let prompt = Bool.random(using: &generator) ? Int.random(in: 1...4, using: &generator) : nil
        machine = BatchMachine(
            BatchLimits(connections: lanes, rowsMax: 8, bytesMax: 200, promptRows: prompt, waitingMax: 50))
        down = Set(0..<lanes)
    }

    mutating func step(_ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...4:
            lastRow += 1
            open.insert(lastRow)
            if Int.random(in: 0..<6, using: &generator) == 0 { bad.insert(lastRow) }
            post(.submit(row: lastRow, bytes: Int.random(in: 1...60, using: &generator)))
        case 5: post(.tick)
        case 6:
            guard let lane = down.sorted().randomElement(using: &generator) else { return }
            down.remove(lane)
            post(.ready(lane: lane))
        case 7 where Int.random(in: 0..<5, using: &generator) == 0:
            guard let lane = sent.keys.sorted().randomElement(using: &generator) else { return }
            down.insert(lane)
            post(.lost(lane: lane))
            sent[lane] = nil
        case 8 where Bool.random(using: &generator):
            guard let row = open.sorted().randomElement(using: &generator) else { return }
            post(.withdraw(row: row))
        default: answer(&generator)
        }
    }

    private mutating func answer(_ generator: inout SeededGenerator) {
        guard let lane = sent.keys.sorted().randomElement(using: &generator), let rows = sent.removeValue(forKey: lane)
        else { return }
        let isRefused = rows.contains(where: bad.contains)
        if !isRefused { written.formUnion(rows) }
        post(.answered(lane: lane, isRefused ? .refused : .committed))
    }

    mutating func end(_ generator: inout SeededGenerator) {
        while let lane = down.popFirst() { post(.ready(lane: lane)) }
        post(.stop)
        while !sent.isEmpty { answer(&generator) }
        if !isFinished { faults.append("it does not finish") }
        if !open.isEmpty { faults.append("rows are left without an outcome") }
    }

    private mutating func post(_ event: BatchMachine.Event) {
        for action in machine.handle(event) { perform(action) }
    }

    private mutating func perform(_ action: BatchMachine.Action) {
        switch action {
        case .send(let lane, let rows):
            if sent[lane] != nil || down.contains(lane) { faults.append("lane \(lane) cannot take a batch") }
            if rows.isEmpty || rows.count > 8 || rows != rows.sorted() { faults.append("\(rows) is no batch") }
            if rows.contains(where: written.contains) { faults.append("a row is written twice") }
            sent[lane] = rows
        case .succeed(let rows): close(rows, when: { [written] in written.contains($0) }, "is not written")
        case .fail(let rows): close(rows, when: { [bad] in bad.contains($0) }, "is blamed without a reason")
        case .doubt(let rows), .drop(let rows): close(rows, when: { [written] in !written.contains($0) }, "was written")
        case .refuse(let row, _): close([row], when: { _ in true }, "")
        case .finish: isFinished = true
        }
    }

    private mutating func close(_ rows: [Int], when isRight: (Int) -> Bool, _ complaint: String) {
        for row in rows {
            if open.remove(row) == nil { faults.append("row \(row) gets two outcomes") }
            if !isRight(row) { faults.append("row \(row) \(complaint)") }
        }
    }
}
