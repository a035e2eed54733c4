package import Postgres

/// Who somebody is: what WhatsApp tells of people is held against the customers that a salon knows.
///
/// A person is known by WhatsApp's identifier, by the phone number, or by both; a number may be missing, and it may come
/// to belong to somebody else. Therefore:
/// - The identifier decides. Who is known by it takes whatever number he writes from.
/// - A customer who is known by the number alone gets the identifier that comes with it.
/// - Two customers of whom it turns out that they are one become one: whoever is known by the number alone goes over
///   to the one with the identifier.
/// - A number that comes with another identifier than before has changed hands. Its former owner loses it and keeps
///   the past; the new one begins without any.
package struct CustomerBook: Sendable {
    /// What somebody is known by, of which at least one is there.
    package struct Names: Hashable, Sendable {
        /// The phone number.
        package var phone: String?
        /// WhatsApp's identifier.
        package var user: String?

        /// What somebody is known by.
        package init(phone: String?, user: String?) {
            self.phone = phone
            self.user = user
        }
    }

    /// A customer and the conversation with him.
    package struct Entry: Hashable, Sendable {
        /// The customer's key.
        package let id: PostgresUUID
        /// What he is known by.
        package var names: Names
        /// The name that he goes by.
        package var name: String?
        /// The name that he is found by.
        package var username: String?
        /// The conversation's key.
        package var conversation: PostgresUUID
    }

    /// Two customers who are one.
    package struct Union: Hashable, Sendable {
        /// Who goes.
        package let gone: PostgresUUID
        /// Who stays.
        package let kept: PostgresUUID
        /// The conversation of who goes; nil when there is none.
        package let goneConversation: PostgresUUID?
        /// The conversation of who stays.
        package let keptConversation: PostgresUUID
    }

    /// Everybody that is known by now, but those who have gone.
    package private(set) var entries: [Entry]
    /// Those who were not known before, and have not gone.
    package private(set) var added: Set<PostgresUUID> = []
    /// Those who were known before and have other names now.
    package private(set) var changed: Set<PostgresUUID> = []
    /// Who has become one, in the order in which it was found out.
    package private(set) var unions: [Union] = []
    /// Conversations that are not there yet.
    package private(set) var opened: Set<PostgresUUID> = []

    private var successors: [PostgresUUID: PostgresUUID] = [:]
    private let makeKey: @Sendable () -> PostgresUUID

    /// The customers that a salon knows; one without a conversation gets one.
    package init(_ known: [KnownCustomer] = [], makeKey: @escaping @Sendable () -> PostgresUUID) {
        self.makeKey = makeKey
        var opened: Set<PostgresUUID> = []
        entries = known.map { customer in
            let conversation = customer.conversation ?? makeKey()
            if customer.conversation == nil { opened.insert(conversation) }
            return Entry(
                id: customer.id, names: customer.names, name: nil, username: customer.username,
                conversation: conversation)
        }
        self.opened = opened
    }

    /// Who it is that goes by these names.
    package mutating func meet(_ names: Names, name: String? = nil, username: String? = nil) -> Entry {
        let place = place(of: names) ?? add(names)
        if entries[place].name == nil, let name { entries[place].name = name }
        if let username, entries[place].username != username {
            entries[place].username = username
            note(place)
        }
        return entries[place]
    }

    /// Somebody goes by other names from now on.
    package mutating func rename(_ names: Names, to new: Names) {
        let place = place(of: names) ?? add(names)
        if let user = new.user, user != entries[place].names.user {
            // Whoever has written under the new identifier already is the same person.
            if let other = entries.firstIndex(where: { $0.names.user == user }) {
                return take(entries[other].names, of: other, into: place, user: user, phone: new.phone)
            }
            entries[place].names.user = user
            note(place)
        }
        if let phone = new.phone { give(phone, to: place) }
    }

    private mutating func take(_ names: Names, of other: Int, into place: Int, user: String, phone: String?) {
        let kept = entries[place].id
        entries[place].names.user = user
        note(place)
        unite(other, into: place)
        guard let place = entries.firstIndex(where: { $0.id == kept }) else { return }
        if let phone = phone ?? names.phone { give(phone, to: place) }
    }

    private mutating func place(of names: Names) -> Int? {
        let byUser = names.user.flatMap { user in entries.firstIndex { $0.names.user == user } }
        if let byUser {
            guard let phone = names.phone else { return byUser }
            let id = entries[byUser].id
            give(phone, to: byUser)
            return entries.firstIndex { $0.id == id }
        }
        guard let phone = names.phone, let byPhone = entries.firstIndex(where: { $0.names.phone == phone }) else {
            return nil
        }
        guard let user = names.user else { return byPhone }
        guard entries[byPhone].names.user == nil else {
            // Somebody else has the number now.
            entries[byPhone].names.phone = nil
            note(byPhone)
            return nil
        }
        entries[byPhone].names.user = user
        note(byPhone)
        return byPhone
    }

    /// A customer has this number now, and nobody else.
    private mutating func give(_ phone: String, to place: Int) {
        guard entries[place].names.phone != phone else { return }
        let id = entries[place].id
        entries[place].names.phone = phone
        note(place)
        guard let other = entries.firstIndex(where: { $0.names.phone == phone && $0.id != id }) else { return }
        if entries[other].names.user == nil {
            unite(other, into: place)
        } else {
            entries[other].names.phone = nil
            note(other)
        }
    }

    private mutating func unite(_ gone: Int, into kept: Int) {
        let (leaving, staying) = (entries[gone], entries[kept])
        successors[leaving.id] = staying.id
        changed.remove(leaving.id)
        if added.remove(leaving.id) == nil {
            unions.append(
                Union(
                    gone: leaving.id, kept: staying.id,
                    goneConversation: opened.remove(leaving.conversation) == nil ? leaving.conversation : nil,
                    keptConversation: staying.conversation))
        } else {
            opened.remove(leaving.conversation)
        }
        entries[kept].name = staying.name ?? leaving.name
        entries[kept].username = staying.username ?? leaving.username
        entries.remove(at: gone)
    }

    /// The entry of a customer, or of whom he has become one with.
    package func entry(of id: PostgresUUID) -> Entry? {
        var id = id
        while let next = successors[id] { id = next }
        return entries.first { $0.id == id }
    }

    private mutating func add(_ names: Names) -> Int {
        let entry = Entry(id: makeKey(), names: names, name: nil, username: nil, conversation: makeKey())
        entries.append(entry)
        added.insert(entry.id)
        opened.insert(entry.conversation)
        return entries.count - 1
    }

    private mutating func note(_ place: Int) {
        if !added.contains(entries[place].id) { changed.insert(entries[place].id) }
    }
}
