import Basics
import Glibc
import Processes

/// The processes of a node of one state folder, and the end of them.
///
/// Nothing is killed that does not work in the node's own data folder, but Patroni itself, which the agent names.
struct NodeProcesses: Sendable {
    let name: String
    /// The node's data folder, without links.
    let folder: String
    /// Patroni's process, as the agent says.
    let patroni: Int32?

    /// The postmaster: the process that the data folder names, when it works there.
    var postmaster: Int32? {
        guard let text = try? Files.readText("\(folder)/postmaster.pid"),
            let process = text.split(separator: "\n").first.flatMap({ Int32($0) }),
            ProcessTable.processes(workingIn: folder).contains(process)
        else { return nil }
        return process
    }

    /// Kills what the disturbance says; gives back the moment just before. It is looked for first, so that all of it
    /// dies at once.
    func kill(_ disturbance: Disturbance) throws(ParlorError) -> ContinuousClock.Instant {
        guard let postmaster else { throw absent("PostgreSQL") }
        var processes = [postmaster]
        if disturbance == .node {
            guard let patroni else { throw absent("Patroni") }
            processes =
                [patroni, postmaster]
                + ProcessTable.processes(workingIn: folder).filter { $0 != postmaster && $0 != patroni }
        }
        let moment = ContinuousClock.now
        for process in processes where Glibc.kill(process, SIGKILL) != 0 && errno != ESRCH {
            throw .systemCall("kill", errno: errno)
        }
        return moment
    }

    private func absent(_ program: String) -> ParlorError {
        ParlorError(
            .cluster, "\(program) of \(name) does not run, so it cannot be killed",
            hint: "See \"./parlor cluster status\".")
    }
}
