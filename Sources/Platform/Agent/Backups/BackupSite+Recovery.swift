package import Backups
package import Basics
import Cluster
import Configuration
package import Loop
import Processes
import State

extension BackupSite {
    /// What reads the repositories, whether or not anything runs.
    package func reader() throws(ParlorError) -> BackupEngine {
        if let obstacle = configuration.backupObstacle {
            throw ParlorError(.backup, "there are no backups", why: obstacle, hint: "See docs/backups.md.")
        }
        let engine = try engine([], named: "restore")
        try engine.prepare()
        return engine
    }

    /// What can be reached from where. `reach` is the newest moment of each repository by its number, as far as an agent
    /// has measured it.
    package func sources(_ engine: BackupEngine, reach: [Int: Timestamp], on loop: EventLoop) async throws
        -> [RecoveryPlan.Source]
    {
        let states = try await engine.states(on: loop)
        return engine.configuration.repositories.map { repository in
            let state = states.first { $0.number == repository.number } ?? RepositoryState(number: repository.number)
            let plan = retention(of: state.backups)
            return RecoveryPlan.Source(
                repository, state, replayableFulls: plan.replayableFulls, until: reach[repository.number])
        }
    }

    /// A place for restored data; below the state folder unless another is named.
    package func place(_ folder: String?, programs: String) -> ScratchServer.Place {
        let name = Timestamp.now().rfc3339Seconds.filter { $0 != ":" && $0 != "-" }
        return ScratchServer.Place(
            programs: programs, folder: folder ?? "\(scratch)/\(name)", socket: "\(socketFolder)",
            user: UserAccount.current.name)
    }
}
