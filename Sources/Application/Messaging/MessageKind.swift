import Postgres

/// What a message is.
package enum MessageKind: String, PostgresEnumeration, CaseIterable {
    /// Words.
    case text = "TEXT"
    /// Words that WhatsApp approved beforehand.
    case template = "TEMPLATE"
    /// A picture.
    case image = "IMAGE"
    /// A file.
    case document = "DOCUMENT"
    /// A sound, perhaps spoken into the phone.
    case audio = "AUDIO"
    /// A film.
    case video = "VIDEO"
    /// A sticker.
    case sticker = "STICKER"
    /// A place.
    case location = "LOCATION"
    /// Cards of people.
    case contacts = "CONTACTS"
    /// Buttons or a list, or what was chosen of them.
    case interactive = "INTERACTIVE"
    /// The button of a template that was pressed.
    case button = "BUTTON"
    /// An emoji on another message.
    case reaction = "REACTION"
    /// Things that were ordered.
    case order = "ORDER"
    /// News of the customer, like another number.
    case system = "SYSTEM"
    /// Something that nobody knows yet.
    case unknown = "UNKNOWN"
}
