package import Configuration
package import Store

extension StoreLimits {
    /// As many connections as a process may open, for all that it does.
    package init(_ database: Configuration.Database) {
        self.init()
        isBehindPooler = database.pooled
        transactions = max(2, database.poolSize - lines)
    }
}

extension FieldSealer {
    /// The one with the keys of a configuration; nil where there are none.
    package init?(_ configuration: Configuration.Sealing) throws(SealingError) {
        guard let keys = configuration.keys else { return nil }
        let secrets = keys.secrets.map { (SealingKeyID($0.number), $0.secret) }
        self.init(try SealingKeyring(Dictionary(secrets) { first, _ in first }))
    }
}
