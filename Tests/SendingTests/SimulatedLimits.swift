import Basics
import WhatsApp

/// WhatsApp's limits as WhatsApp keeps them: it sees when messages arrive, and nothing of what the sender thinks.
struct SimulatedLimits {
    typealias Instant = ContinuousClock.Instant

    private var arrivals: [String: [Instant]] = [:]
    private var inbound: [String: [Instant]] = [:]
    private var pairs: [String: Instant] = [:]
    private var recipients: [String: [(moment: Instant, recipient: String)]] = [:]
    /// What was exceeded.
    private(set) var breaches: [String] = []
    /// How many messages arrived, of each number.
    private(set) var counts: [String: Int] = [:]

    /// Something came in for a number.
    mutating func inbound(_ number: String, at moment: Instant) { inbound[number, default: []].append(moment) }

    /// A message arrives.
    mutating func outbound(_ request: SendRequest, at moment: Instant) {
        counts[request.number, default: 0] += 1
        arrivals[request.number, default: []].append(moment)
        let pair = "\(request.number) \(request.recipient)"
        if let last = pairs[pair], moment - last < .seconds(6) { breaches.append("pair \(pair): \(moment - last)") }
        pairs[pair] = moment
        if request.isUnasked { recipients[request.account, default: []].append((moment, request.recipient)) }
        checkRecipients(request, at: moment)
    }

    /// Whether a message arrived when its number had sent and got as much in a second as it may. Nobody can know what
    /// comes in while messages are on their way, so that counts after these. Checked at the end, because messages
    /// overtake each other.
    mutating func checkRate(_ number: String, _ most: Int) {
        for moment in arrivals[number] ?? [] {
            let start = moment - .seconds(1)
            let sent = (arrivals[number] ?? []).count { $0 > start && $0 <= moment }
            let came = (inbound[number] ?? []).count { $0 > start && $0 <= moment - .milliseconds(50) }
            if sent + came > most { breaches.append("rate \(number)") }
        }
    }

    private mutating func checkRecipients(_ request: SendRequest, at moment: Instant) {
        guard request.isUnasked, let most = request.newRecipientsPerDay else { return }
        let day = (recipients[request.account] ?? []).filter { $0.moment > moment - .seconds(86_400) }
        if Set(day.map(\.recipient)).count > most { breaches.append("recipients \(request.account)") }
    }
}
