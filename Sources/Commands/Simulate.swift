import Basics
import Configuration
import Glibc
import Loop
import Simulation
import Synchronization

extension Command {
    /// `parlor simulate`.
    static let simulate = Command(
        CommandDeclaration(
            name: "simulate",
            group: .database,
            summary: "Simulate WhatsApp and customers who chat, to try a service",
            discussion: """
                Takes the place of WhatsApp's Cloud API: customers write to the salons' numbers, signed as WhatsApp signs,
                and the service's answers are taken on a port, checked and limited as WhatsApp does. Customers read the
                buttons and lists they get and press what they want: to book, to move, to cancel, in English, Spanish,
                Portuguese and Russian.

                Point the service at the port that is shown, and give it the same secret. The same seed makes the same
                customers. --faults is the share, in percent, of what goes wrong: deliveries that come twice or late,
                customers without a number, states before the answer; a tenth of it is trouble of WhatsApp's own,
                answers that are broken off, failures, and numbers that change.

                With --seeded the salons are those that "parlor seed" has made in the configured database; they are
                given access tokens of this WhatsApp, and the secret and the webhook are those of the configuration.
                That is how "parlor up --demo" runs it.
                """,
            options: [
                .webhook, .secretFile, .graphPort, .salonNumbers, .seeded, .simulationSeed, .customers, .endless,
                .beginning, .thought, .faultShare, .simulationTime, .transcript, .json,
            ],
            examples: [
                .init("parlor simulate --secret-file app-secret", "Twenty customers, one in a second"),
                .init(
                    "parlor simulate --secret-file app-secret --customers 500 --rate 20 --faults 10",
                    "Many, with everything that goes wrong"),
            ],
            success: "every customer is done, or the time is over",
            failures: [.usage, .configuration, .portTaken, .file, .connection, .database, .cancelled]),
        work: { try await simulate($0) })

    private static func simulate(_ invocation: Invocation) async throws {
        let (plan, target) =
            invocation.command.has(.seeded)
            ? try await seededSimulation(invocation) : try simulation(invocation.command)
        let port = invocation.command.count(of: .graphPort) ?? 0
        let limit = invocation.command.duration(of: .simulationTime)
        let view = SimulationView(invocation)
        let simulator = CloudSimulator(plan, target, on: invocation.loop)
        guard case .tcp(_, let graph) = try simulator.listen(at: .tcp(host: "127.0.0.1", port: port)) else { return }
        view.begin(plan, graphPort: graph)
        do {
            try await invocation.loop.untilInterrupted {
                try await simulator.run(until: limit) { view.tell($0, $1, of: plan) }
            }
        } catch {
            // What happened until then is worth to be seen.
            view.end(simulator.totals)
            throw error
        }
        view.end(simulator.totals)
    }

    /// Where a service of this machine takes events, unless it was told otherwise.
    fileprivate static let usualWebhook = "http://127.0.0.1:3000/webhook"

    private static func simulation(
        _ command: ParsedCommand
    ) throws(ParlorError) -> (SimulationPlan, CloudSimulator.Target) {
        guard let path = command.value(of: .secretFile) else {
            throw ParlorError(
                .usage, "simulate wants --secret-file or --seeded",
                hint: "Name the file with the secret that the service has as whatsapp.app_secret.")
        }
        let address = command.value(of: .webhook) ?? usualWebhook
        let secret = Secret(try Files.readText(path).filter { !$0.isWhitespace })
        guard !secret.isEmpty else {
            throw ParlorError(
                .usage, "the file of --secret-file is empty",
                hint: "It holds the secret that the service has as whatsapp.app_secret.")
        }
        guard let target = CloudSimulator.Target(address, secret: secret) else {
            throw ParlorError(.usage, "--webhook is no address", hint: "Write it like http://127.0.0.1:3000/webhook.")
        }
        let names = (command.value(of: .salonNumbers) ?? "1000001").split(separator: ",").map(String.init)
        let numbers = names.enumerated().map { index, name in
            SimulatedNumber(name, account: "account-\(name)", displayNumber: "1555\(1_000_000 + index)")
        }
        return (try SimulationPlan(command, numbers), target)
    }

    /// Of the salons that a seed has made, with the secret and the webhook of the configuration.
    private static func seededSimulation(
        _ invocation: Invocation
    ) async throws -> (SimulationPlan, CloudSimulator.Target) {
        for option in [OptionDeclaration.secretFile, .webhook, .salonNumbers]
        where !invocation.command.values(of: option).isEmpty {
            throw ParlorError(
                .usage, "--\(option.name) and --seeded exclude each other", hint: "Leave one of the two away.")
        }
        let configuration = try Workplace.load(invocation).configuration
        let host = HostName.reachable(configuration.api.host)
        let address = "http://\(host.contains(":") ? "[\(host)]" : host):\(configuration.api.port)/webhook"
        guard let secret = configuration.whatsApp.appSecret, let target = CloudSimulator.Target(address, secret: secret)
        else {
            throw ParlorError(
                .configuration, "whatsapp.app_secret is not set, and events are signed with it",
                hint: "\"./parlor up --demo\" brings everything with it that a simulation needs.")
        }
        let salons = try SeededSalons(configuration, on: invocation.loop)
        return (try SimulationPlan(invocation.command, try await salons.takeOver()), target)
    }
}

extension SimulationPlan {
    /// As a command line asks for it.
    fileprivate init(_ command: ParsedCommand, _ numbers: [SimulatedNumber]) throws(ParlorError) {
        let faults = command.count(of: .faultShare) ?? 0
        guard faults <= 100 else {
            throw ParlorError(.usage, "--faults goes up to 100", hint: "It is a share in percent.")
        }
        self.init(
            seed: UInt64(command.count(of: .simulationSeed) ?? 1), numbers: numbers,
            customers: command.has(.endless) ? nil : command.count(of: .customers) ?? 20,
            perSecond: command.value(of: .beginning).flatMap { Double($0) } ?? 1,
            thought: command.duration(of: .thought) ?? .seconds(8),
            faults: SimulatedFaults(share: Double(faults) / 100), keepsTranscript: command.has(.transcript))
    }
}

extension OptionDeclaration {
    /// Where the service is.
    static let webhook = value(
        "webhook", ValueDeclaration("<url>", standard: Command.usualWebhook), "Where the service takes events")

    /// What signs.
    static let secretFile = value(
        "secret-file", ValueDeclaration("<file>"), "The file with the application's secret, which signs events")

    /// Where the salons' messages are taken.
    static let graphPort = value(
        "graph-port", ValueDeclaration("<port>", .count, standard: "0"), "Take messages here; 0 is any free port")

    /// Whose customers there are.
    static let salonNumbers = value(
        "numbers", ValueDeclaration("<ids>", standard: "1000001"), "The salons' phone number ids, with commas between")

    /// Whose customers there are, where a seed has made them.
    static let seeded = flag("seeded", "Take the salons that a seed has made, and all else from the configuration")

    /// How long.
    static let endless = flag("endless", "Let customers come until Ctrl-C")

    /// What there is to read.
    static let transcript = flag("transcript", "Print what is said")

    /// Which customers.
    static let simulationSeed = value(
        "seed", ValueDeclaration("<n>", .count, standard: "1"), "Another number makes other customers")

    /// How many.
    static let customers = value(
        "customers", ValueDeclaration("<n>", .count, standard: "20"), "How many write, to each number by turns")

    /// How fast they come.
    static let beginning = value(
        "rate", ValueDeclaration("<n>", .factor, standard: "1"), "How many begin in a second")

    /// How slow they are.
    static let thought = value(
        "thought", ValueDeclaration("<time>", .duration, standard: "8s"), "How long a customer thinks, at most")

    /// What goes wrong.
    static let faultShare = value(
        "faults", ValueDeclaration("<percent>", .count, standard: "0"), "How much of everything goes wrong")

    /// For how long.
    static let simulationTime = value(
        "for", ValueDeclaration("<time>", .duration), "End after so long, instead of when all customers are done")
}
