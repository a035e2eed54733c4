import Basics

/// WhatsApp's limits as WhatsApp keeps them.
struct CloudLimits: Sendable {
    private struct Pair: Hashable {
        let number: Int
        let recipient: String
    }

    private static let second = Duration.seconds(1)
    private static let pairGap = Duration.seconds(6)
    private static let day = Duration.seconds(86_400)

    private let numbers: [SimulatedNumber]
    /// What each number sent and got in the last second.
    private var recent: [[Duration]]
    private var pairs: [Pair: Duration] = [:]
    /// When each customer wrote last.
    private var written: [Int: Duration] = [:]
    /// To whom each account wrote unasked, and when last.
    private var unasked: [String: [String: Duration]] = [:]

    init(_ numbers: [SimulatedNumber]) {
        self.numbers = numbers
        recent = numbers.map { _ in [] }
    }

    /// A customer wrote.
    mutating func inbound(_ number: Int, customer: Int, at now: Duration) {
        recent[number].append(now)
        written[customer] = now
    }

    /// Takes a message, or says which limit is in its way.
    mutating func take(
        _ number: Int, customer: Int?, recipient: String, isTemplate: Bool, at now: Duration
    ) throws(CloudFault) {
        let isOpen = customer.flatMap { written[$0] }.map { now - $0 < Self.day } ?? false
        guard isOpen || isTemplate else {
            throw CloudFault(131_047, "more than 24 hours have passed since the customer last replied")
        }
        recent[number].removeAll { now - $0 >= Self.second }
        guard recent[number].count < numbers[number].perSecond else {
            throw CloudFault(130_429, status: 429, "the rate of the number is used up")
        }
        let pair = Pair(number: number, recipient: recipient)
        if let last = pairs[pair], now - last < Self.pairGap {
            throw CloudFault(131_056, "too many messages to this customer in a short time")
        }
        if !isOpen { try takeUnasked(number, recipient, at: now) }
        recent[number].append(now)
        pairs[pair] = now
    }

    private mutating func takeUnasked(_ number: Int, _ recipient: String, at now: Duration) throws(CloudFault) {
        let account = numbers[number].account
        var people = unasked[account] ?? [:]
        people = people.filter { now - $0.value < Self.day }
        if let most = numbers[number].newRecipientsPerDay, people[recipient] == nil, people.count >= most {
            throw CloudFault(130_429, status: 429, "the account has written to as many people as it may in a day")
        }
        people[recipient] = now
        unasked[account] = people
    }
}
