/// The words by which a language is understood: in small letters, without accents, and the Russian e without dots. One
/// that ends with `*` stands for every word that begins so.
package struct Vocabulary: Sendable {
    let book: [String]
    let move: [String]
    let cancel: [String]
    let mine: [String]
    let booking: [String]
    let prices: [String]
    let hours: [String]
    let person: [String]
    let thanks: [String]
    let greeting: [String]
    let yes: [String]
    let no: [String]
    let menu: [String]
    let leave: [String]
    let more: [String]
    let otherTime: [String]
    let today: [String]
    let tomorrow: [String]
    /// From Monday to Sunday, each with its short forms.
    let weekdays: [[String]]
    /// From January to December.
    let months: [String]
    /// What stands before an hour.
    let before: [String]
    /// Its own name.
    let names: [String]
    /// Words that are in no other of the languages.
    let hints: [String]
}
