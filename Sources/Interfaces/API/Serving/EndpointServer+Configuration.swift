import Configuration
import Store
import Tenants

extension EndpointServer {
    /// The one that a configuration describes.
    convenience init(_ configuration: Configuration, _ store: Store, _ hasher: PasswordHasher) throws {
        let api = configuration.api
        let lifetime = SessionLifetime(idle: api.sessionIdle, absolute: api.sessionLifetime)
        let limiter = RateLimiter(perMinute: [
            .read: api.readsPerMinute, .write: api.writesPerMinute, .signIn: api.signInsPerMinute,
        ])
        let services = Services(
            store: store, authenticator: Authenticator(store, lifetime), signIn: SignIn(store, hasher, lifetime),
            sealer: try FieldSealer(configuration.sealing))
        let start = ContinuousClock.now
        self.init(services, limiter) { .now - start }
    }
}

extension FieldSealer {
    /// The one with the keys of a configuration; nil where there are none.
    init?(_ configuration: Configuration.Sealing) throws(SealingError) {
        guard let keys = configuration.keys else { return nil }
        let secrets = keys.secrets.map { (SealingKeyID($0.number), $0.secret) }
        self.init(try SealingKeyring(Dictionary(secrets) { first, _ in first }))
    }
}
