import Basics
import Jobs
import Postgres
import Store
import StoreTestSupport
import Testing

/// What any queue does, whatever it is made of.
@Suite("A queue of work") struct ConformanceTests {
    /// A kind of queue, and how one is made.
    struct Kind: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let with: @Sendable (@escaping @Sendable (any TestedQueue) async throws -> Void) async throws -> Void
    }

    static let kinds = [Kind(testDescription: "PostgreSQL") { try await TestedPostgresQueue.with($0) }]

    @Test("A job is taken once, with what it says, and gone when it is done", arguments: kinds)
    func once(_ kind: Kind) async throws {
        try await kind.with { tested in
            let job = NewJob("work", key: "k", for: tested.salons[0], PostgresJSON("{\"a\": 1}"))
            #expect(try await tested.queue.add(job))
            let taken = try await tested.take()
            #expect(taken.map(\.key) == ["k"])
            #expect(taken.first?.salon == tested.salons[0])
            #expect(taken.first?.payload.text == "{\"a\": 1}")
            #expect(taken.first?.attempts == 1)
            #expect(try await tested.take().isEmpty)
            for job in taken { #expect(try await tested.queue.finish(job.lease)) }
            try await tested.pass(.seconds(3600))
            #expect(try await tested.take().isEmpty)
        }
    }

    @Test("A key stands once in a queue, until its job is done", arguments: kinds)
    func keys(_ kind: Kind) async throws {
        try await kind.with { tested in
            let job = NewJob("work", key: "k", PostgresJSON("{}"))
            #expect(try await tested.queue.add(job))
            #expect(try await !tested.queue.add(job))
            #expect(try await tested.queue.add(NewJob("other", key: "k", PostgresJSON("{}"))))
            for taken in try await tested.take() {
                #expect(try await !tested.queue.add(job))
                try await tested.queue.finish(taken.lease)
            }
            #expect(try await tested.queue.add(job))
        }
    }

    @Test("A job is not due before its time, and jobs are taken in the order in which they are due", arguments: kinds)
    func times(_ kind: Kind) async throws {
        try await kind.with { tested in
            try await tested.add("late", at: .after(.seconds(50)))
            try await tested.add("later", at: .after(.seconds(100)))
            try await tested.add("past", at: .at(Timestamp(seconds: 1)))
            #expect(try await tested.take().map(\.key) == ["past"])
            try await tested.pass(.seconds(51))
            #expect(try await tested.take().map(\.key) == ["late"])
            try await tested.pass(.seconds(50))
            #expect(try await tested.take(1).count == 1)
        }
    }

    @Test(
        "A lease that ends gives the job to the next, and what its holder says is not heard any more", arguments: kinds)
    func leases(_ kind: Kind) async throws {
        try await kind.with { tested in
            try await tested.add("k")
            let first = try #require(try await tested.take().first)
            try await tested.pass(.seconds(61))
            let second = try #require(try await tested.take().first)
            #expect(second.attempts == 2)
            #expect(try await !tested.queue.finish(first.lease))
            #expect(try await !tested.queue.postpone(first.lease, for: .zero))
            #expect(try await tested.queue.extend([first.lease, second.lease], for: .seconds(60)) == [second.lease])
            let fate = try await tested.queue.fail(first.lease, because: "late", pause: .zero, isHopeless: true)
            #expect(fate == .lost)
            #expect(try await tested.queue.finish(second.lease))
        }
    }

    @Test("A lease that is extended in time lasts", arguments: kinds)
    func extending(_ kind: Kind) async throws {
        try await kind.with { tested in
            try await tested.add("k")
            let job = try #require(try await tested.take().first)
            for _ in 0..<4 {
                try await tested.pass(.seconds(40))
                #expect(try await tested.queue.extend([job.lease], for: .seconds(60)) == [job.lease])
            }
            #expect(try await tested.take().isEmpty)
        }
    }

    @Test("A job that fails waits for its pause, and is put aside with the last failure it may have", arguments: kinds)
    func failing(_ kind: Kind) async throws {
        try await kind.with { tested in
            try await tested.add("k", attemptsMax: 2)
            let first = try #require(try await tested.take().first)
            #expect(try await tested.fail(first) == .waits)
            #expect(try await tested.take().isEmpty)
            try await tested.pass(.seconds(11))
            let second = try #require(try await tested.take().first)
            #expect(try await tested.fail(second) == .quarantined)
            try await tested.pass(.seconds(3600))
            #expect(try await tested.take().isEmpty)
            #expect(try await tested.queue.counts(of: "work").quarantined == 1)
            #expect(try await !tested.queue.add(NewJob("work", key: "k", PostgresJSON("{}"))))
        }
    }

    @Test("What was put aside is shown with its reason, begins again when it is let, or goes", arguments: kinds)
    func quarantine(_ kind: Kind) async throws {
        try await kind.with { tested in
            let (queue, salon) = (tested.queue, tested.salons[0])
            for key in ["a", "b", "c"] { try await tested.add(key, for: salon, attemptsMax: 1) }
            try await queue.add(NewJob("other", key: "d", PostgresJSON("{}")))
            try await tested.add("waits", at: .after(.seconds(600)))
            for job in try await tested.take() {
                _ = try await queue.fail(job.lease, because: "no \(job.key)", pause: .zero, isHopeless: false)
            }
            let other = try #require(try await queue.take(JobRequest("other", count: 1, lease: .seconds(60))).first)
            _ = try await queue.fail(other.lease, because: "hopeless", pause: .zero, isHopeless: true)
            let aside = try await queue.quarantined(in: "work", atMost: 10)
            #expect(Set(aside.map { "\($0.key) \($0.reason) \($0.attempts)" }) == ["a no a 1", "b no b 1", "c no c 1"])
            #expect(aside.allSatisfy { $0.salon == salon && $0.queue == "work" })
            #expect(try await queue.quarantined(in: nil, atMost: 10).count == 4)
            #expect(try await queue.quarantined(in: nil, atMost: 2).count == 2)

            let chosen = try #require(aside.first { $0.key == "b" })
            #expect(try await queue.release(.jobs([chosen.id, other.lease.token])) == 1, "the second is no job's key")
            #expect(try await queue.release(.jobs([chosen.id])) == 0, "it is not aside any more")
            let again = try #require(try await tested.take().first)
            #expect(again.key == "b" && again.attempts == 1 && again.salon == salon)
            #expect(try await queue.remove(.jobs([chosen.id])) == 0, "somebody works on it")
            #expect(try await queue.finish(again.lease))

            #expect(try await queue.remove(.all(in: "work")) == 2)
            #expect(try await queue.quarantined(in: nil, atMost: 10).map(\.key) == ["d"])
            #expect(try await queue.release(.all(in: nil)) == 1)
            #expect(try await queue.take(JobRequest("other", count: 1, lease: .seconds(60))).map(\.key) == ["d"])
            try await tested.pass(.seconds(601))
            #expect(try await tested.take().map(\.key) == ["waits"])
        }
    }

    @Test("A job that was put back is no failure, however often", arguments: kinds)
    func postponing(_ kind: Kind) async throws {
        try await kind.with { tested in
            try await tested.add("k", attemptsMax: 1)
            for _ in 0..<5 {
                let job = try #require(try await tested.take().first)
                #expect(job.attempts == 1)
                #expect(try await tested.queue.postpone(job.lease, for: .seconds(10)))
                #expect(try await tested.take().isEmpty)
                try await tested.pass(.seconds(11))
            }
        }
    }

    @Test("A job that kills its worker each time is put aside, and the queue moves on", arguments: kinds)
    func poison(_ kind: Kind) async throws {
        try await kind.with { tested in
            try await tested.add("poison", attemptsMax: 3)
            for _ in 0..<3 {
                #expect(try await tested.take().map(\.isQuarantined) == [false])
                try await tested.pass(.seconds(61))
            }
            try await tested.add("good")
            let taken = try await tested.take()
            #expect(taken.filter(\.isQuarantined).map(\.key) == ["poison"])
            #expect(taken.filter { !$0.isQuarantined }.map(\.key) == ["good"])
            let counts = try await tested.queue.counts(of: "work")
            #expect(counts.quarantined == 1 && counts.running == 1 && counts.due == 0)
        }
    }

    @Test("Salons are served by turns, and none has more in hand than it may", arguments: kinds)
    func turns(_ kind: Kind) async throws {
        try await kind.with { tested in
            for number in 0..<50 { try await tested.add("big \(number)", for: tested.salons[0]) }
            for number in 0..<3 { try await tested.add("small \(number)", for: tested.salons[1]) }
            try await tested.add("platform")
            let first = try await tested.take(6)
            #expect(
                Dictionary(grouping: first, by: \.salon).mapValues(\.count) == [
                    tested.salons[0]: 3, tested.salons[1]: 2, nil: 1,
                ])
            var request = JobRequest("work", count: 100, perSalon: 5, lease: .seconds(60))
            request.inHand = [tested.salons[0]: 3, tested.salons[1]: 5]
            #expect(try await tested.queue.take(request).map(\.salon) == [tested.salons[0], tested.salons[0]])
        }
    }

    @Test("Several who take at once never get the same job, and together get all", arguments: kinds)
    func together(_ kind: Kind) async throws {
        try await kind.with { tested in
            for number in 0..<120 { try await tested.add("\(number)", for: tested.salons[number % 2]) }
            let keys = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<4 {
                    group.addTask(executorPreference: tested.loop) {
                        var keys: [String] = []
                        while keys.count < 120 {
                            let jobs = try await tested.take(7)
                            if jobs.isEmpty, try await tested.queue.counts(of: "work").due == 0 { break }
                            keys += jobs.map(\.key)
                            for job in jobs { try await tested.queue.finish(job.lease) }
                        }
                        return keys
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(keys.count == 120)
            #expect(Set(keys).count == 120)
        }
    }
}

extension TestedQueue {
    fileprivate func fail(_ job: TakenJob) async throws -> JobFate {
        try await queue.fail(job.lease, because: "no", pause: .seconds(10), isHopeless: false)
    }
}
