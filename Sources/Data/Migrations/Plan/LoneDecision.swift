/// What the catalog shows of the effect of a statement that runs alone.
package enum CatalogTrace: Hashable, Sendable {
    /// Nothing of it.
    case absent
    /// All of it.
    case present
    /// A part that is of no use: invalid indexes, by the names under which they can be dropped.
    case leftovers([String])
    /// A partition that is being detached.
    case halfDetached
}

/// What is done next about a statement that runs alone.
package enum LoneAction: Hashable, Sendable {
    /// An invalid index is dropped without blocking anybody.
    case dropIndex(String)
    /// The statement is run.
    case run
    /// A detachment that was cut short is finished.
    case finalizeDetachment
}

extension LoneStatement {
    /// What is to be done, from what the catalog shows; nothing means that it has taken effect already.
    ///
    /// What is complete counts as done only when this migration has begun before: otherwise the statement itself shall
    /// say that something is in its way.
    package func actions(_ trace: CatalogTrace, hasBegun: Bool) -> [LoneAction] {
        switch (effect, trace) {
        case (.detached, .halfDetached): [.finalizeDetachment]
        case (_, .leftovers(let names)): names.map(LoneAction.dropIndex) + [.run]
        case (.index, .present), (.database, .present): hasBegun ? [] : [.run]
        case (.noIndex, .absent), (.noDatabase, .absent), (.detached, .absent): hasBegun ? [] : [.run]
        default: [.run]
        }
    }

    /// Whether the row may say that the catalog will tell: not when what the statement makes was there before it.
    package func isTraceable(_ trace: CatalogTrace) -> Bool {
        switch (effect, trace) {
        case (.unknown, _), (.index, .present), (.database, .present): false
        case (.noIndex, .absent), (.noDatabase, .absent), (.detached, .absent): false
        default: true
        }
    }
}
