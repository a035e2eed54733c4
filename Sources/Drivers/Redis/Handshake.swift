import Basics

/// What is said at the beginning of a connection, in one go, and how the answers are judged.
struct Handshake {
    private enum Step: Equatable { case logIn, select, name, ping }

    private let steps: [(step: Step, command: RedisCommand)]
    private let address: String

    init(_ options: RedisOptions) {
        address = "\(options.address)"
        var steps: [(Step, RedisCommand)] = []
        if let password = options.password {
            let words = [options.user, password.reveal()].compactMap { $0 }
            steps.append((.logIn, RedisCommand("AUTH", arguments: words)))
        }
        if options.database != 0 { steps.append((.select, RedisCommand("SELECT", options.database))) }
        if !options.clientName.isEmpty { steps.append((.name, RedisCommand("CLIENT", "SETNAME", options.clientName))) }
        // A server that still reads its data lets one log in, and says so here.
        self.steps = steps + [(.ping, .ping)]
    }

    /// All of it as it travels.
    var bytes: [UInt8] { steps.flatMap(\.command.encoded) }

    /// How many replies there will be.
    var replyCount: Int { steps.count }

    /// Why a reply means that there is no connection; nil when it is fine.
    func objection(to reply: RedisValue, at place: Int) -> RedisError? {
        guard case .error(let error) = reply else {
            let wanted = steps[place].step == .ping ? "PONG" : "OK"
            return reply == .status(wanted)
                ? nil : .violation(address, why: "the answer to \(steps[place].command) is \(reply)")
        }
        // Some users may not name themselves or ask for a sign of life, and can work all the same.
        if error.code == .noPermission && [.name, .ping].contains(steps[place].step) { return nil }
        return .notAdmitted(address, error)
    }
}
