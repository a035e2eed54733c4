import Basics
package import Jobs
import JSONText
import Messaging
import Postgres
package import Store

/// What a sender tells of its work.
package enum SendEvent: Hashable, Sendable {
    /// WhatsApp has a message.
    case sent
    /// A message will not go out, for WhatsApp's code or none.
    case failed(Int?)
    /// A message waits for its turn, or for better times.
    case waits
    /// Nobody knows whether a message went out.
    case ambiguous
    /// A salon's token is not valid, so it sends nothing more.
    case tokenInvalid(SalonIdentifier)
}

/// Sends what stands in the queue `message.send`.
///
/// Invariant: WhatsApp is called at most once for a message, unless the call certainly did nothing. There is no key by
/// which WhatsApp would recognise a second call, so the attempt is written down, durably, before the call is made.
///
/// States of a message: waits (QUEUED) → attempted (QUEUED, attempted_at) → SENT, with WhatsApp's identifier, or FAILED, or
/// waits again when the call certainly did nothing.
///
/// On failure: a worker that dies, or an answer that does not come, leaves a message attempted. It is not sent again. A
/// state that WhatsApp tells of it (its key travels with it) says what happened; when none has come by the deadline, it
/// becomes FAILED with "outcome unknown", and a state that comes even later still corrects that.
package struct MessageSender: Sendable {
    /// How it sends.
    package struct Limits: Sendable {
        /// How long to wait for word of a message of which nobody knows whether it went out.
        package var deadline = Duration.seconds(600)
        /// How often such a message is looked after.
        package var look = Duration.seconds(15)
        /// How often a message is tried that WhatsApp has trouble with.
        package var attemptsMax = 8
        /// How long a message waits whose salon may not send.
        package var stopped = Duration.seconds(300)

        /// The usual ones.
        package init() {}
    }

    private let store: Store
    private let client: CloudClient
    private let pacer: SendPacer
    private let sealer: FieldSealer
    private let limits: Limits
    private let report: @Sendable (SendEvent) -> Void

    /// A sender. `report` hears of each message.
    package init(
        _ store: Store, _ client: CloudClient, _ pacer: SendPacer, _ sealer: FieldSealer, _ limits: Limits = Limits(),
        report: @escaping @Sendable (SendEvent) -> Void = { _ in }
    ) {
        self.store = store
        self.client = client
        self.pacer = pacer
        self.sealer = sealer
        self.limits = limits
        self.report = report
    }

    /// The queue that it works on.
    package static let queue = Outgoing.topic

    /// Sends the message of a job.
    package func handle(_ job: TakenJob) async throws -> JobOutcome {
        guard let salon = job.salon, let id = Self.message(of: job.payload) else {
            return .hopeless("the job does not name a message of a salon")
        }
        let scope = SalonScope(salon, by: .service("sender"))
        guard let message = try await store.read(SendingStatements.pending, id, in: scope, .deciding).first,
            message.status == .queued
        else { return .done }
        if let seconds = message.secondsSinceAttempt {
            return try await settleUnknown(message, .seconds(seconds), scope)
        }
        guard let sight = try await store.read(SendingStatements.salon, (), in: scope, .deciding).first else {
            return .done
        }
        guard sight.maySend, let token = sight.token else { return wait(limits.stopped) }
        if let refusal = Self.refusal(of: message) { return try await fail(message, refusal, scope) }
        guard let recipient = CloudRecipient(phone: message.phone, userID: message.userID),
            let payload = message.payload
        else { return try await fail(message, (nil, "neither a number nor an identifier is known"), scope) }
        try await remember(sight, scope)
        let request = SendRequest(message, sight, recipient)
        switch try await pacer.turn(of: request) {
        case .later(let pause): return wait(pause)
        case .go(let request):
            var verdict = SendVerdict.retry(because: "called off")
            defer { pacer.finish(request, verdict) }
            let secret = Secret(try sealer.open(token, for: SealedColumn.accessToken.field, of: salon))
            // From here on the message may be with WhatsApp. Whoever finds it attempted leaves it alone.
            guard try await !store.write(SendingStatements.attempt, id, in: scope).value.isEmpty else {
                return wait(limits.look)
            }
            let sender = CloudSender(phoneNumberID: sight.phoneNumberID, token: secret)
            verdict = SendVerdict(
                await client.post(.message(id, to: recipient, payload: payload), as: sender))
            return try await act(on: verdict, message, job, scope)
        }
    }

    private static func message(of payload: PostgresJSON) -> PostgresUUID? {
        guard let text = (try? JSON(reading: payload.text))?["message"]?.text else { return nil }
        return PostgresUUID(text)
    }

    /// Why a message that has waited may not go out any more.
    private static func refusal(of message: PendingMessage) -> (Int?, String)? {
        if message.isBlocked { return (nil, "the conversation is blocked") }
        guard !message.isTemplate, !MessageWindow(until: message.windowEnd).isOpen(at: message.now) else { return nil }
        return (MessageWindow.closedCode, "the customer's last message is more than 24 hours old")
    }

    // MARK: - What came of it

    private func act(
        on verdict: SendVerdict, _ message: PendingMessage, _ job: TakenJob, _ scope: SalonScope
    ) async throws -> JobOutcome {
        switch verdict {
        case .sent(let whatsappID):
            try await record(message.id, whatsappID, scope)
            report(.sent)
            return .done
        case .unknown:
            report(.ambiguous)
            return .later(limits.look)
        case .refused(let code, let reason):
            return try await fail(message, (code, reason), scope)
        case .slowDown:
            try await store.write(SendingStatements.takeBack, message.id, in: scope)
            return wait(.seconds(1))
        case .tokenInvalid:
            try await store.write(SendingStatements.takeBack, message.id, in: scope)
            try await store.write(SendingStatements.stop, "WhatsApp refuses the access token (190)", in: scope)
            report(.tokenInvalid(scope.salon))
            return wait(limits.stopped)
        case .retry(let reason):
            guard job.attempts < limits.attemptsMax else { return try await fail(message, (nil, reason), scope) }
            try await store.write(SendingStatements.takeBack, message.id, in: scope)
            // A failure of the job: it comes back with a growing pause.
            throw ParlorError(.connection, "the message could not be sent", why: reason)
        }
    }

    /// Notes WhatsApp's identifier, and takes in what was told under it before it was known.
    private func record(_ message: PostgresUUID, _ whatsappID: String, _ scope: SalonScope) async throws {
        try await store.transaction(in: scope, repeatable: true) { transaction in
            _ = try await transaction.run(StatusStatements.lock, [whatsappID])
            _ = try await transaction.run(SendingStatements.sent, (message, whatsappID))
            _ = try await transaction.run(StatusStatements.name, ([whatsappID], [message]))
            _ = try await transaction.run(StatusStatements.merge, [whatsappID])
        }
    }

    private func fail(
        _ message: PendingMessage, _ reason: (code: Int?, words: String), _ scope: SalonScope
    ) async throws -> JobOutcome {
        try await store.write(
            SendingStatements.failed, (message.id, reason.code.map { Int32(clamping: $0) }, reason.words), in: scope)
        report(.failed(reason.code))
        return .done
    }

    /// A message of which nobody knows whether it went out waits for word until its deadline.
    private func settleUnknown(
        _ message: PendingMessage, _ age: Duration, _ scope: SalonScope
    ) async throws -> JobOutcome {
        guard age >= limits.deadline else {
            report(.ambiguous)
            return .later(min(limits.look, limits.deadline - age))
        }
        return try await fail(message, (nil, "outcome unknown"), scope)
    }

    private func wait(_ pause: Duration) -> JobOutcome {
        report(.waits)
        return .later(pause)
    }

    /// Tells the pacer to whom the number has written before this process began.
    private func remember(_ salon: SendingSalon, _ scope: SalonScope) async throws {
        guard !pacer.remembers(salon.phoneNumberID) else { return }
        let recipients = try await store.read(SendingStatements.recipients, (), in: scope, .deciding)
        pacer.remember(
            recipients.map { ($0.0, .seconds($0.1)) }, of: salon.phoneNumberID, account: salon.pacingAccount)
    }
}

extension SendingSalon {
    /// What shares the limit of new recipients.
    fileprivate var pacingAccount: String { account ?? phoneNumberID }
}

extension SendRequest {
    fileprivate init(_ message: PendingMessage, _ salon: SendingSalon, _ recipient: CloudRecipient) {
        self.init(
            id: 0, number: salon.phoneNumberID, perSecond: Int(salon.messagesPerSecond), account: salon.pacingAccount,
            newRecipientsPerDay: salon.newRecipientsPerDay.map(Int.init), recipient: recipient.name,
            isUnasked: !MessageWindow(until: message.windowEnd).isOpen(at: message.now))
    }
}
