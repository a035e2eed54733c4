package import Postgres
package import Store

/// Who sent a request, as far as its token proves it.
package struct Principal: Hashable, Sendable {
    /// How somebody got in.
    package enum Kind: Hashable, Sendable {
        /// A person, with a session.
        case user(PostgresUUID, session: PostgresUUID, roles: [SalonIdentifier: Role], isPlatformAdmin: Bool)
        /// A program, with a key of one salon.
        case key(PostgresUUID, salon: SalonIdentifier, scopes: Set<Permission>)
    }

    /// How.
    package let kind: Kind

    /// Somebody.
    package init(_ kind: Kind) { self.kind = kind }

    /// Who acts, for the records.
    package var actor: Actor {
        switch kind {
        case .user(let id, _, _, _): .user(id)
        case .key(let id, _, _): .key(id)
        }
    }

    /// Whether it is one of the people who run the platform.
    package var isPlatformAdmin: Bool { if case .user(_, _, _, true) = kind { true } else { false } }

    /// What comes of wanting something in a salon.
    package enum Decision: Hashable, Sendable {
        /// It may be done.
        case granted
        /// It may not.
        case denied
        /// The salon is not to be known of: for whoever asks there is none.
        case unknown
    }

    /// Whether this may be done in a salon.
    package func may(_ permission: Permission, in salon: SalonIdentifier) -> Decision {
        switch kind {
        case .key(_, let own, let scopes):
            guard own == salon else { return .unknown }
            return scopes.contains(permission) ? .granted : .denied
        case .user(_, _, let roles, let isPlatformAdmin):
            if let role = roles[salon], permission.isGranted(to: role) { return .granted }
            if isPlatformAdmin { return permission.isGrantedToPlatform ? .granted : .denied }
            return roles[salon] == nil ? .unknown : .denied
        }
    }
}
