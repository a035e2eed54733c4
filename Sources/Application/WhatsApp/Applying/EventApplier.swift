import Basics
import Messaging
import Postgres
package import Store
package import Tenants

/// Applies lines of the log for one salon: customers, conversations, messages, states, templates, and what is to be done
/// about them, in one transaction.
///
/// Applying a line twice is as applying it once, at any time and in any order, because
/// - a message has the same key each time (`MessageIdentity`), and whatever follows from a message follows from its row
///   being written;
/// - states of messages and templates only go forward.
///
/// On failure: the transaction changes nothing, and the lines stay as they are in the log. Lines among which one cannot be
/// applied are halved until it stands alone; it is marked as failed, with the reason.
package struct EventApplier: Sendable {
    /// What came of lines.
    package struct Outcome: Hashable, Sendable {
        /// Lines that were applied.
        package var applied = 0
        /// Lines that cannot be.
        package var failed = 0
        /// Messages that were new.
        package var messages = 0

        /// Nothing yet.
        package init() {}

        /// The sum of two.
        package static func + (one: Outcome, other: Outcome) -> Outcome {
            var sum = one
            sum.applied += other.applied
            sum.failed += other.failed
            sum.messages += other.messages
            return sum
        }
    }

    private let store: Store
    private let prices: PriceBook

    /// One that works on a store.
    package init(_ store: Store) {
        self.store = store
        prices = PriceBook(store)
    }

    /// Applies lines of a salon. It throws when nothing can be said about them, as when the database is away.
    @discardableResult
    package func apply(_ events: [SalonEvent], of salon: Salon) async throws -> Outcome {
        guard !events.isEmpty else { return Outcome() }
        let scope = SalonScope(SalonIdentifier(salon.id), by: .service("webhook"))
        let prices = events.tellsPrices ? try await prices.list(in: salon.currency) : nil
        do {
            return try await store.transaction(in: scope, repeatable: true) { transaction in
                try await write(events, salon, prices, in: transaction)
            }.value
        } catch let error as PostgresError where error.isAboutContent {
            guard events.count > 1 else {
                try await refuse(events[0].log, events[0].received, of: salon.id, error.description)
                var outcome = Outcome()
                outcome.failed = 1
                return outcome
            }
            let middle = events.count / 2
            let first = try await apply(Array(events[..<middle]), of: salon)
            return try await first + apply(Array(events[middle...]), of: salon)
        }
    }

    private func write(
        _ events: [SalonEvent], _ salon: Salon, _ prices: PriceList?, in transaction: StoreTransaction
    ) async throws -> Outcome {
        _ = try await transaction.run(ApplyStatements.begin, ())
        let plan = ApplyPlan(
            events, present: try await present(events.messages, in: transaction),
            customers: try await customers(of: events, in: transaction))
        try await write(plan.customers, in: transaction)
        try await write(plan, salon, in: transaction)
        let reports = plan.reports.compactMap { $0.report(prices) }
        if !reports.isEmpty { try await StatusReports.apply(reports, in: transaction) }
        for (news, told) in plan.templates {
            guard let status = news.status else { continue }
            _ = try await transaction.run(
                ApplyStatements.template,
                (news.name, news.language, status.rawValue, news.reason, news.key, told))
        }
        try await mark(events, in: transaction)
        var outcome = Outcome()
        outcome.applied = events.count
        outcome.messages = plan.rows.count
        return outcome
    }

    // MARK: - What is known

    private func present(
        _ messages: [InboundMessage], in transaction: StoreTransaction
    ) async throws -> Set<PostgresUUID> {
        guard !messages.isEmpty else { return [] }
        let ids = messages.map(\.identity)
        return Set(try await transaction.run(ApplyStatements.present, (ids, messages.map(\.sent))))
    }

    private func customers(of events: [SalonEvent], in transaction: StoreTransaction) async throws -> CustomerBook {
        let messages = events.messages
        let contacts = events.contacts
        let phones =
            messages.compactMap(\.phone) + contacts.compactMap(\.phone) + messages.compactMap { $0.newIdentity?.phone }
        let users =
            messages.compactMap(\.user) + contacts.compactMap(\.user) + messages.compactMap { $0.newIdentity?.user }
        guard !messages.isEmpty else { return CustomerBook { .timed(at: .now()) } }
        let known = try await transaction.run(ApplyStatements.customers, (unique(phones), unique(users)))
        return CustomerBook(known) { .timed(at: .now()) }
    }

    private func unique(_ texts: [String]) -> [String] { Array(Set(texts)) }

    // MARK: - What is written

    /// In an order in which no number belongs to two at any time.
    private func write(_ book: CustomerBook, in transaction: StoreTransaction) async throws {
        let changed = Array(book.changed)
        let gone = book.unions.map(\.gone)
        if !changed.isEmpty || !gone.isEmpty {
            _ = try await transaction.run(ApplyStatements.release, changed)
            _ = try await transaction.run(ApplyStatements.releaseConversations, changed + gone)
        }
        if !gone.isEmpty { _ = try await transaction.run(ApplyStatements.remove, gone) }
        try await write(book.entries.filter { book.added.contains($0.id) }, ApplyStatements.add, in: transaction)
        try await write(book.entries.filter { book.changed.contains($0.id) }, ApplyStatements.change, in: transaction)
    }

    private func write(
        _ entries: [CustomerBook.Entry],
        _ statement: Statement<([PostgresUUID], [String?], [String?], [String?], [String?]), Void>,
        in transaction: StoreTransaction
    ) async throws {
        guard !entries.isEmpty else { return }
        _ = try await transaction.run(
            statement,
            (
                entries.map(\.id), entries.map(\.names.phone), entries.map(\.names.user), entries.map(\.name),
                entries.map(\.username),
            ))
    }

    private func write(_ plan: ApplyPlan, _ salon: Salon, in transaction: StoreTransaction) async throws {
        let book = plan.customers
        let authors = plan.rows.map { row in (row: row, author: plan.author(of: row)) }
        var beginnings: [PostgresUUID: Timestamp] = [:]
        for case (let row, let author?) in authors {
            beginnings[author.id] = min(beginnings[author.id] ?? row.sent, row.sent)
        }
        let opened = book.entries.filter { book.opened.contains($0.conversation) && beginnings[$0.id] != nil }
        if !opened.isEmpty {
            _ = try await transaction.run(
                ApplyStatements.open,
                (
                    opened.map(\.conversation), opened.map(\.id), opened.map(\.names.phone),
                    opened.compactMap { beginnings[$0.id] },
                ))
        }
        for union in book.unions {
            _ = try await transaction.run(
                ApplyStatements.unite, (union.gone, union.kept, union.goneConversation, union.keptConversation))
        }
        if !book.changed.isEmpty { _ = try await transaction.run(ApplyStatements.renumber, Array(book.changed)) }
        let rows = authors.compactMap { row, author in author.map { (row: row, author: $0) } }
        guard !rows.isEmpty else { return }
        _ = try await transaction.run(
            ApplyStatements.write,
            (
                rows.map(\.row.message), rows.map(\.row.sent), rows.map(\.author.conversation), rows.map(\.author.id),
                rows.map(\.row.phone), rows.map(\.row.kind.rawValue), rows.map(\.row.text), rows.map(\.row.payload),
                rows.map(\.row.key), salon.language,
            ))
    }

    // MARK: - The log

    private func mark(_ events: [SalonEvent], in transaction: StoreTransaction) async throws {
        let moments = events.map(\.received)
        guard let first = moments.min(), let last = moments.max() else { return }
        _ = try await transaction.run(ApplyStatements.mark, (events.map(\.log), .processed, nil, first, last))
    }

    /// Says of a line that it cannot be applied, and why.
    func refuse(
        _ log: PostgresUUID, _ received: Timestamp, of salon: PostgresUUID, _ reason: String
    ) async throws {
        try await store.write(
            ApplyStatements.mark, ([log], .failed, reason, received, received),
            in: SalonScope(SalonIdentifier(salon), by: .service("webhook")))
    }
}

extension [SalonEvent] {
    /// Whether anything in it costs something.
    fileprivate var tellsPrices: Bool {
        contains { event in
            guard case .messages(let news) = event.content else { return false }
            return news.reports.contains { $0.pricing != nil }
        }
    }

    /// Who is said to have written, besides the messages.
    fileprivate var contacts: [MessageNews.Contact] {
        flatMap { event in
            guard case .messages(let news) = event.content else { return [MessageNews.Contact]() }
            return news.contacts
        }
    }
}

extension DeliveryReport {
    /// What is taken in of it; nil when nobody knows the state yet.
    fileprivate func report(_ prices: PriceList?) -> StatusReport? {
        status.map { status in
            StatusReport(
                key, status, at: happened, of: callback.flatMap { PostgresUUID($0) }, errorCode: errorCode,
                price: pricing.flatMap {
                    prices?.cost(
                        isBillable: $0.isBillable, category: $0.category, phone: phone, userID: user, at: happened)
                })
        }
    }
}

extension PostgresError {
    /// Whether something of what was to be written cannot be, so that less of it may.
    fileprivate var isAboutContent: Bool {
        if kind == .unusable { return true }
        guard kind == .statement, let sqlState else { return false }
        return ["21", "22", "23", "44", "54", "P0"].contains(sqlState.errorClass)
    }
}

extension TemplateNews {
    /// What the template is by it; nil when it stays what it was.
    fileprivate var status: TemplateStatus? {
        switch event {
        case "APPROVED", "REINSTATED": .approved
        case "REJECTED": .rejected
        case "PAUSED": .paused
        case "DISABLED", "DELETED", "PENDING_DELETION": .disabled
        case "PENDING", "IN_APPEAL": .pending
        default: nil
        }
    }
}
