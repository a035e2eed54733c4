import Bookings
import Store
import Tenants

/// What endpoints work with.
struct Services: Sendable {
    /// The way to the data.
    let store: Store
    /// Who sends requests.
    let authenticator: Authenticator
    /// How people come to be known.
    let signIn: SignIn
    /// What seals single fields; nil where no keys are configured.
    let sealer: FieldSealer?
    /// Who books.
    let bookings: BookingDesk
}
