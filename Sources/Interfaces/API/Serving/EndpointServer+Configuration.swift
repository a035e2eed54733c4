import Bookings
import Configuration
import Loop
import Store
import Tenants
import Work

extension EndpointServer {
    /// The one that a configuration describes.
    convenience init(_ configuration: Configuration, _ store: Store, _ hasher: PasswordHasher, on loop: EventLoop)
        throws
    {
        let api = configuration.api
        let lifetime = SessionLifetime(idle: api.sessionIdle, absolute: api.sessionLifetime)
        let limiter = RateLimiter(perMinute: [
            .read: api.readsPerMinute, .write: api.writesPerMinute, .signIn: api.signInsPerMinute,
        ])
        let sealer = try FieldSealer(configuration.sealing)
        let services = Services(
            store: store, authenticator: Authenticator(store, lifetime), signIn: SignIn(store, hasher, lifetime),
            sealer: sealer, bookings: BookingDesk(store, sealer: sealer, on: loop))
        let start = ContinuousClock.now
        self.init(services, limiter) { .now - start }
    }
}
