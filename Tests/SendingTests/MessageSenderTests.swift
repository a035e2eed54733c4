import Basics
import HTTP
import Jobs
import Loop
import Messaging
import Postgres
import Store
import StoreTestSupport
import Synchronization
import Testing
import WhatsApp

@Suite("Sending a message") struct MessageSenderTests {
    @Test("WhatsApp gets it once, with the salon's token, and its identifier is kept")
    func sends() async throws {
        try await withSendingScene { scene in
            let id = try await scene.putUp()
            #expect(await scene.work() == 1)
            #expect(scene.cloud.effects == [id.description: 1])
            #expect(scene.cloud.tokens == ["Bearer token"])
            #expect(try await scene.outcome(of: id) == "SENT")
            let named = try await scene.salon.superuser.query(
                "SELECT m.whatsapp_id FROM messages m JOIN message_keys k ON k.message_id = m.id"
            ).only[0, as: String.self]
            #expect(named == ScriptedCloud.whatsappID(of: id.description))
            #expect(try await scene.jobCount() == 0)
        }
    }

    @Test("States that came before the identifier was known are taken in with it")
    func earlyStates() async throws {
        try await withSendingScene { scene in
            let id = try await scene.putUp()
            let early = StatusReport(ScriptedCloud.whatsappID(of: id.description), .delivered, at: .now())
            let known = try await scene.salon.store.transaction(in: scene.salon.scope) {
                try await StatusReports.apply([early], in: $0).messages
            }.value
            #expect(known.isEmpty)
            await scene.work()
            #expect(try await scene.outcome(of: id) == "DELIVERED")
        }
    }

    @Test("What WhatsApp refuses for good fails with its code, and is not tried again")
    func refused() async throws {
        try await withSendingScene { scene in
            for code in [131_047, 131_049, 131_062, 132_001] {
                let id = try await scene.putUp()
                scene.cloud.answer([.refuse(400, code)])
                await scene.work()
                #expect(try await scene.outcome(of: id).hasPrefix("FAILED \(code) "))
            }
            #expect(try await scene.jobCount() == 0)
        }
    }

    @Test("What may go through later does, and costs no second effect")
    func retried() async throws {
        try await withSendingScene { scene in
            let id = try await scene.putUp()
            scene.cloud.answer([.refuse(429, 130_429), .refuse(400, 131_056), .refuse(400, 4), .refuse(500, 131_000)])
            for _ in 0..<4 {
                #expect(await scene.work() == 1)
                #expect(try await scene.outcome(of: id) == "QUEUED")
                try await scene.pass(.seconds(301))
            }
            #expect(await scene.work() == 1)
            #expect(try await scene.outcome(of: id) == "SENT")
            #expect(scene.cloud.effects == [id.description: 1])
        }
    }

    @Test("A WhatsApp that nobody reaches is tried again, and in the end the message fails")
    func unreachable() async throws {
        try await withSendingScene { scene in
            let id = try await scene.putUp()
            let nobody = try #require(CloudClient(at: "http://127.0.0.1:1/v23.0", .init(), on: scene.loop))
            var limits = MessageSender.Limits()
            limits.attemptsMax = 3
            let sender = MessageSender(
                scene.salon.store, nobody, SendPacer(SendingScene.quickPace, on: scene.loop), scene.sealer, limits)
            for _ in 0..<2 {
                await scene.work(sender)
                #expect(try await scene.outcome(of: id) == "QUEUED")
                try await scene.pass(.seconds(301))
            }
            await scene.work(sender)
            #expect(try await scene.outcome(of: id) == "FAILED the connection failed")
        }
    }

    @Test("A salon whose token is refused sends nothing more, is told of, and goes on when it has another one")
    func token() async throws {
        try await withSendingScene { scene in
            let (first, second) = (try await scene.putUp(), try await scene.putUp("again"))
            let told = Mutex<[SendEvent]>([])
            scene.cloud.answer([.refuse(401, 190), .refuse(401, 190)])
            let sender = scene.sender { event in told.withLock { $0.append(event) } }
            await scene.work(sender)
            #expect(told.withLock { $0.contains(.tokenInvalid(scene.salon.scope.salon)) })
            try await scene.pass(.seconds(301))
            scene.cloud.answer([])
            await scene.work()
            #expect(scene.cloud.effects.isEmpty)
            try await scene.salon.superuser.execute("UPDATE salons SET sending_stopped_at = NULL")
            try await scene.pass(.seconds(301))
            await scene.work()
            #expect(scene.cloud.effects == [first.description: 1, second.description: 1])
        }
    }

    @Test("A window that closed while the message waited, and a customer who was blocked meanwhile, are not written to")
    func closed() async throws {
        try await withSendingScene { scene in
            let late = try await scene.putUp()
            try await scene.salon.superuser.execute("UPDATE conversations SET window_expires_at = now()")
            await scene.work()
            #expect(try await scene.outcome(of: late).hasPrefix("FAILED 131047 "))
            try await scene.salon.superuser.execute(
                "UPDATE conversations SET window_expires_at = now() + interval '1 hour'")
            let blocked = try await scene.putUp()
            try await scene.salon.superuser.execute("UPDATE conversations SET status = 'BLOCKED'")
            await scene.work()
            #expect(try await scene.outcome(of: blocked) == "FAILED the conversation is blocked")
            #expect(scene.cloud.effects.isEmpty)
        }
    }

    @Test("No answer in time, or one that nobody understands, is never followed by a second call")
    func unknown() async throws {
        try await withSendingScene(answerLimit: .milliseconds(200)) { scene in
            for answer in [ScriptedCloud.Answer.takeAndHang, .mumble] {
                let id = try await scene.putUp()
                scene.cloud.answer([answer])
                await scene.work()
                #expect(try await scene.outcome(of: id) == "QUEUED")
                for _ in 0..<3 {
                    try await scene.pass(.seconds(20))
                    #expect(await scene.work() == 1)
                }
                #expect(scene.cloud.effects[id.description] == 1)
                try await scene.pass(.seconds(600))
                await scene.work()
                #expect(try await scene.outcome(of: id) == "FAILED outcome unknown")
                let late = StatusReport("wamid.late.\(id)", .read, at: .now(), of: id)
                try await scene.salon.store.transaction(in: scene.salon.scope) {
                    _ = try await StatusReports.apply([late], in: $0)
                }
                #expect(try await scene.outcome(of: id) == "READ")
            }
            #expect(try await scene.jobCount() == 0)
        }
    }

    @Test("A state that names the message settles what came of a call that nobody answered")
    func settled() async throws {
        try await withSendingScene { scene in
            let id = try await scene.putUp()
            scene.cloud.answer([.mumble])
            await scene.work()
            let report = StatusReport("wamid.real", .sent, at: .now(), of: id)
            try await scene.salon.store.transaction(in: scene.salon.scope) {
                _ = try await StatusReports.apply([report], in: $0)
            }
            try await scene.pass(.seconds(20))
            await scene.work()
            #expect(try await scene.outcome(of: id) == "SENT")
            #expect(try await scene.jobCount() == 0)
            #expect(scene.cloud.effects == [id.description: 1])
        }
    }
}
