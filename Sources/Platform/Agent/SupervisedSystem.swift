import Basics
import HTTP
import Processes

/// What an agent brings up: parts that its supervisor keeps running, and work that goes on beside them.
protocol SupervisedSystem: Sendable {
    /// Every part, in the order of their start, with its output going to its log.
    func parts() throws(ParlorError) -> [SupervisedProgram]
    /// Works beside the parts until its task is cancelled.
    func run(beside supervisor: Supervisor) async
    /// What the agent answers about this system, beyond what it answers about every one.
    func addRoutes(to router: inout HTTPRouter)
}

extension SupervisedSystem {
    func addRoutes(to router: inout HTTPRouter) {}
}
