package import Basics
package import HTTP

/// A WhatsApp without sockets and clocks: requests and the time go in, answers and deliveries come out.
///
/// Invariants: what it refuses has no effect; what it takes has states, in the order sent, delivered, read; a delivery that
/// was not answered with 200 is made again, with a growing pause, for up to seven days. The seed decides all chance, and
/// each customer has chance of their own.
package struct SimulatedCloud: Sendable {
    /// Something to be posted to the service.
    package struct Delivery: Sendable {
        /// Tells it from others.
        package let id: UInt64
        /// The body, to the byte.
        package let body: [UInt8]
        var attempts = 0
    }

    /// What comes of a request.
    package enum Reply: Sendable {
        /// It is answered.
        case answer(HTTPResponse)
        /// It was taken, and the connection breaks.
        case silence
    }

    enum Event: Sendable {
        case deliver(Delivery)
        case say(customer: Int, SimulatedCustomer.Saying, replyingTo: String?)
        case begin(customer: Int)
        case hear(customer: Int, JSON, id: String)
        case status(String, TakenMessage, number: Int)
    }

    let plan: SimulationPlan
    let epoch: Timestamp
    var random: SeededRandom
    var customers: [SimulatedCustomer]
    var limits: CloudLimits
    /// What happened so far.
    package internal(set) var totals = SimulationTotals()
    /// How often each message was taken, by what the salon calls it.
    package internal(set) var effects: [String: Int] = [:]
    private var agenda = Agenda<Event>()
    private var lastDelivery: UInt64 = 0
    /// Who has a number or an identifier.
    private var owners: [String: Int] = [:]
    private var lastMessage = 0
    /// What was said and not taken yet.
    private var transcript: [SimulatedLine] = []

    /// A simulation that begins at a moment.
    package init(_ plan: SimulationPlan, at epoch: Timestamp) {
        self.plan = plan
        self.epoch = epoch
        random = SeededRandom(seed: plan.seed)
        customers = []
        limits = CloudLimits(plan.numbers)
        scheduleNextBeginning()
    }

    /// Each beginning schedules the next, so that there may be no end of them.
    private mutating func scheduleNextBeginning() {
        guard let time = plan.beginning(of: customers.count) else { return }
        schedule(.begin(customer: customers.count), at: time)
    }

    /// When something happens next; nil when nothing will by itself.
    package var next: Duration? { agenda.next }

    /// Whether every customer is done or has given up, and everything was delivered.
    package var isOver: Bool { agenda.isEmpty && customers.allSatisfy(\.isOver) }

    /// Whose a number or, where there is none, an identifier is, of those who write to one of the salons' numbers.
    func customer(phone: String?, userID: String?, of number: Int) -> Int? {
        guard let name = phone ?? userID, let index = owners[name], customers[index].number == number else {
            return nil
        }
        return index
    }

    private mutating func settle(_ index: Int) {
        if let phone = customers[index].phone { owners[phone] = index }
        owners[customers[index].userID] = index
    }

    // MARK: - Time

    mutating func schedule(_ event: Event, at time: Duration) { agenda.add(event, at: time) }

    /// Lets everything happen that is due, and returns what is to be posted.
    package mutating func advance(to now: Duration) -> [Delivery] {
        var deliveries: [Delivery] = []
        while let due = agenda.take(by: now) {
            switch due.event {
            case .deliver(let delivery): deliveries.append(delivery)
            case .begin(let index): begin(index, at: due.time)
            case .say(let index, let saying, let id): say(saying, by: index, replyingTo: id, at: due.time)
            case .hear(let index, let message, let id): hear(message, id, by: index, at: due.time)
            case .status(let status, let message, let number): tell(status, of: message, number, at: due.time)
            }
        }
        return deliveries
    }

    /// What became of a delivery.
    package mutating func delivered(_ delivery: Delivery, isAcknowledged: Bool, at now: Duration) {
        if isAcknowledged {
            totals.acknowledged += 1
            return
        }
        totals.unacknowledged += 1
        var again = delivery
        again.attempts += 1
        let pause = Duration.seconds(min(1 << min(again.attempts - 1, 12), 3600))
        guard now < .seconds(7 * 86_400) else { return }
        schedule(.deliver(again), at: now + pause)
    }

    func seconds(at now: Duration) -> Int64 { (epoch + now).microseconds / 1_000_000 }

    mutating func messageID(_ kind: String) -> String {
        lastMessage += 1
        // Unlike those of another run with the same seed, whose messages were other ones.
        return "wamid.\(kind)\(plan.seed)x\(epoch.microseconds / 1_000_000)x\(lastMessage)"
    }

    mutating func happens(_ share: Double) -> Bool { share > 0 && Double.random(in: 0..<1, using: &random) < share }

    mutating func duration(_ range: ClosedRange<Double>) -> Duration {
        .seconds(Double.random(in: range, using: &random))
    }

    // MARK: - The transcript

    private mutating func note(_ words: String, by speaker: SimulatedLine.Speaker, _ index: Int, at now: Duration) {
        guard plan.keepsTranscript else { return }
        let customer = customers[index]
        transcript.append(
            SimulatedLine(
                time: epoch + now, salon: plan.numbers[customer.number].name, customer: customer.label,
                speaker: speaker,
                words: words))
    }

    /// What was said since it was taken last.
    package mutating func takeTranscript() -> [SimulatedLine] {
        defer { transcript = [] }
        return transcript
    }

    // MARK: - Deliveries

    /// Has a change delivered, perhaps late, perhaps twice.
    mutating func post(_ members: [JSON.Member], of number: Int, at now: Duration) {
        let body = Array(WebhookBody.envelope(plan.numbers[number], members).compact.utf8)
        for _ in 0..<(happens(plan.faults.duplicates) ? 2 : 1) {
            lastDelivery += 1
            let delay = happens(plan.faults.delays) ? duration(0.2...5) : .milliseconds(20)
            schedule(.deliver(Delivery(id: lastDelivery, body: body)), at: now + delay)
        }
    }

    private mutating func tell(_ status: String, of message: TakenMessage, _ number: Int, at now: Duration) {
        post(WebhookBody.status(status, of: message, at: seconds(at: now)), of: number, at: now)
    }

    // MARK: - Customers

    private mutating func begin(_ index: Int, at now: Duration) {
        customers.append(SimulatedCustomer(plan, index))
        settle(index)
        scheduleNextBeginning()
        totals.begun += 1
        let greeting = customers[index].greeting()
        say(greeting, by: index, replyingTo: nil, at: now)
    }

    private mutating func say(
        _ saying: SimulatedCustomer.Saying, by index: Int, replyingTo: String?, at now: Duration
    ) {
        let customer = customers[index]
        totals.inbound += 1
        note(saying.words, by: .customer, index, at: now)
        limits.inbound(customer.number, customer: index, at: now)
        let body = WebhookBody.message(
            messageID("in"), of: customer, at: seconds(at: now), saying, replyingTo: replyingTo)
        post(body, of: customer.number, at: now)
    }

    private mutating func hear(_ message: JSON, _ id: String, by index: Int, at now: Duration) {
        note(SimulatedLine.words(of: message), by: .salon, index, at: now)
        let wasOver = customers[index].isOver
        let codes = customers[index].codeCount
        let answer = customers[index].answer(to: message)
        totals.bookings += customers[index].codeCount - codes
        if !wasOver, customers[index].isOver {
            if customers[index].goal == .done { totals.content += 1 } else { totals.gaveUp += 1 }
        }
        guard let answer else { return }
        var thought = customers[index].thought(atMost: plan.thought)
        if customers[index].happens(plan.faults.numberChanges) {
            let old = customers[index]
            customers[index].changeNumber(plan.seed)
            owners[old.userID] = nil
            if let phone = old.phone { owners[phone] = nil }
            settle(index)
            let change = WebhookBody.numberChange(
                messageID("sys"), of: customers[index], from: old, at: seconds(at: now))
            post(change, of: old.number, at: now)
            thought += .seconds(1)
        }
        let isChoice = if case .text = answer { false } else { true }
        schedule(.say(customer: index, answer, replyingTo: isChoice ? id : nil), at: now + thought)
    }
}
