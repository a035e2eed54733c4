package import Messaging

extension Language {
    /// What is said in it.
    package var phrases: Phrases {
        switch self {
        case .english: .english
        case .spanish: .spanish
        case .portuguese: .portuguese
        case .russian: .russian
        }
    }

    /// What is understood in it.
    package var vocabulary: Vocabulary {
        switch self {
        case .english: .english
        case .spanish: .spanish
        case .portuguese: .portuguese
        case .russian: .russian
        }
    }
}
