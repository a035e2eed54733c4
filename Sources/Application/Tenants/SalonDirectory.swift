import Basics
package import Loop
package import Store

/// Whose a number is, remembered for a while: every event asks, and salons hardly ever change.
///
/// What is not known is remembered for a shorter time, so that a salon is served soon after it was added. Many who ask
/// for the same share one question. When the database does not answer, what is remembered is used until its time is over.
package final class SalonDirectory: @unchecked Sendable {
    // Guard of @unchecked Sendable: used on the store's loop only.

    private enum Name: Hashable {
        case number(String)
        case account(String)
    }

    private struct Entry {
        let salons: [Salon]
        let until: ContinuousClock.Instant
    }

    private static let entriesMax = 100_000

    private let store: Store
    private let loop: EventLoop
    private let lifetime: Duration
    private let absenceLifetime: Duration
    private let scope = PlatformScope(by: .service("directory"))
    private var entries: [Name: Entry] = [:]
    private var questions: [Name: LoopWait<[Salon]>] = [:]

    /// A directory that remembers what it found for `lifetime`, and what it did not find for `absenceLifetime`.
    package init(
        _ store: Store, lifetime: Duration = .seconds(30), absenceLifetime: Duration = .seconds(2), on loop: EventLoop
    ) {
        self.store = store
        self.loop = loop
        self.lifetime = lifetime
        self.absenceLifetime = absenceLifetime
    }

    /// The salon that has a number, by WhatsApp's key of the number.
    package func salon(ofNumber number: String) async throws -> Salon? {
        try await salons(.number(number)).first
    }

    /// The salons whose numbers belong to an account, by WhatsApp's key of the account.
    package func salons(ofAccount account: String) async throws -> [Salon] { try await salons(.account(account)) }

    private func salons(_ name: Name) async throws -> [Salon] {
        if let entry = entries[name], entry.until > .now { return entry.salons }
        if let question = questions[name] { return try await question.value(on: loop) }
        let question = LoopWait<[Salon]>()
        questions[name] = question
        // Unstructured because it works for all who ask meanwhile, and any of them may give up.
        Task(executorPreference: loop) {
            do {
                let salons = try await self.ask(name)
                self.remember(salons, of: name)
                question.succeed(salons)
            } catch {
                question.fail(error)
            }
            self.questions[name] = nil
        }
        return try await question.value(on: loop)
    }

    private func ask(_ name: Name) async throws -> [Salon] {
        switch name {
        case .number(let number): try await store.read(SalonStatements.byNumber, number, in: scope)
        case .account(let account): try await store.read(SalonStatements.byAccount, account, in: scope)
        }
    }

    private func remember(_ salons: [Salon], of name: Name) {
        if entries.count >= Self.entriesMax { entries = [:] }
        entries[name] = Entry(salons: salons, until: .now + (salons.isEmpty ? absenceLifetime : lifetime))
    }
}
