import Basics
import Configuration
import Loop
import Postgres
import Simulation
import Store
import Tenants
import Work

/// The salons that a seed has made, for whom a simulated WhatsApp stands in. Those of people are never touched.
struct SeededSalons {
    private static let salonsMax = 1000

    private let store: Store
    private let sealer: FieldSealer
    private let scope = PlatformScope(by: .service("simulation"))

    /// Those of the database that a configuration names.
    init(_ configuration: Configuration, on loop: EventLoop) throws {
        guard let sealer = try FieldSealer(configuration.sealing) else {
            throw ParlorError(
                .configuration, "sealing.keys is not set, and access tokens are kept sealed only",
                hint: "\"./parlor up --demo\" brings everything with it that a simulation needs.")
        }
        self.sealer = sealer
        store = Store(
            primary: ConnectionOptions(configuration.database, applicationName: "parlor simulate"),
            StoreLimits(configuration.database), on: loop)
    }

    /// Gives each of them a new access token, and returns their numbers with it.
    func takeOver() async throws -> [SimulatedNumber] {
        do {
            let numbers = try await giveTokens()
            await store.stop(within: .seconds(5))
            guard !numbers.isEmpty else {
                throw ParlorError(
                    .configuration, "no seed has made salons in this database",
                    hint: "Make some with \"./parlor seed --demo\".")
            }
            return numbers
        } catch {
            await store.stop(within: .seconds(5))
            throw error
        }
    }

    private func giveTokens() async throws -> [SimulatedNumber] {
        let seeded = try await store.read(SalonStatements.seeded, (), in: scope)
        let input = (PostgresUUID(high: 0, low: 0), Self.salonsMax, seeded, false)
        let salons = try await store.read(SalonSettingsStatements.list, input, in: scope)
        var numbers: [SimulatedNumber] = []
        for salon in salons where salon.isActive {
            let token = Secret.generate()
            let tenant = SalonIdentifier(salon.id)
            let sealed = sealer.seal(token.reveal(), for: SealedColumn.accessToken.field, of: tenant)
            let change: JSON = ["access_token": .string("\\x\(hexadecimal(sealed.bytes))")]
            _ = try await store.write(
                SalonSettingsStatements.update, (PostgresJSON(change.compact), nil),
                in: SalonScope(tenant, by: .service("simulation")))
            numbers.append(
                SimulatedNumber(
                    salon.phoneNumberID, account: salon.businessAccountID ?? "100",
                    displayNumber: salon.displayPhoneNumber ?? "", name: salon.name, token: token))
        }
        return numbers
    }
}
