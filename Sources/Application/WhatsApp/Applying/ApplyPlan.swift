package import Basics
package import Messaging
package import Postgres

/// What lines of the log come to for one salon: which rows are to be written. It is worked out from what the salon knew
/// before, so that the same lines come to nothing the second time.
package struct ApplyPlan: Sendable {
    /// A message to be written.
    package struct Row: Hashable, Sendable {
        /// What came in.
        package let message: PostgresUUID
        /// When it was written.
        package let sent: Timestamp
        /// WhatsApp's key.
        package let key: String
        /// What it is.
        package let kind: MessageKind
        /// What of it people read.
        package let text: String?
        /// As it came.
        package let payload: PostgresJSON
        /// Who wrote it, by whom it was written at that moment.
        let customer: PostgresUUID
        /// The number that it was written from.
        package let phone: String?
    }

    /// Who is who by now.
    package private(set) var customers: CustomerBook
    /// The messages that are new, in the order in which they came in.
    package private(set) var rows: [Row] = []
    /// What has become of messages to customers.
    package private(set) var reports: [DeliveryReport] = []
    /// What has become of templates, the latest last.
    package private(set) var templates: [(news: TemplateNews, told: Timestamp)] = []

    /// Works out what to do about lines, given the messages that are there already and the customers that they name.
    package init(_ events: [SalonEvent], present: Set<PostgresUUID>, customers: CustomerBook) {
        self.customers = customers
        var present = present
        for event in events.sorted(by: { $0.log < $1.log }) {
            switch event.content {
            case .messages(let news):
                for message in news.messages where present.insert(message.identity).inserted { take(message, news) }
                reports += news.reports
            case .template(let news): templates.append((news, event.received))
            case .other: break
            }
        }
    }

    private mutating func take(_ message: InboundMessage, _ news: MessageNews) {
        let contact =
            news.contacts.first { $0.user != nil && $0.user == message.user }
            ?? news.contacts.first { $0.phone != nil && $0.phone == message.phone }
        let names = CustomerBook.Names(
            phone: message.phone ?? contact?.phone, user: message.user ?? contact?.user)
        let customer = customers.meet(names, name: contact?.name, username: contact?.username)
        rows.append(
            Row(
                message: message.identity, sent: message.sent, key: message.key, kind: message.kind,
                text: message.text, payload: PostgresJSON(String(decoding: message.source, as: UTF8.self)),
                customer: customer.id, phone: names.phone))
        if let new = message.newIdentity {
            customers.rename(names, to: CustomerBook.Names(phone: new.phone, user: new.user))
        }
    }

    /// Who wrote a message, after all that is known.
    package func author(of row: Row) -> CustomerBook.Entry? { customers.entry(of: row.customer) }
}

extension InboundMessage {
    /// Its key here.
    package var identity: PostgresUUID { MessageIdentity.key(of: key, sent: sent) }
}

extension [SalonEvent] {
    /// The messages in it.
    var messages: [InboundMessage] {
        flatMap { event in
            guard case .messages(let news) = event.content else { return [InboundMessage]() }
            return news.messages
        }
    }
}
