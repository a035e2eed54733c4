import Glibc
package import Testing

extension Trait where Self == ConditionTrait {
    /// A fault test that takes longer than everybody would wait for: `PARLOR_FAULTS=1` has it run.
    package static var longFault: Self {
        .enabled(if: getenv("PARLOR_FAULTS") != nil, "a long fault test; ./parlor test --faults runs it")
    }

    /// A test that arranges networks, which needs root.
    package static var networkLab: Self {
        .enabled(if: NetworkLab.obstacle == nil, Comment(rawValue: NetworkLab.obstacle ?? "there can be a lab"))
    }
}
