import Basics
package import Loop

/// A line of the hardening checklist: what it promises, and how the promise is tried on the running system.
///
/// **What a trial is.** Whoever tries to get in must be refused, and beside that the same way must let the right one in:
/// a door that nobody can open proves nothing, and neither does a server that is down. What could not be tried counts as
/// failed.
///
/// **What a trial leaves behind.** Nothing but lines in logs: refusals are the servers' to report, and what is written
/// to prove that it cannot be is rolled back where it could.
package struct HardeningCheck: Sendable {
    /// What a line is about, as the checklist is divided.
    package enum Section: String, Sendable, CaseIterable {
        /// What leaves a process.
        case encryption
        /// Who gets in.
        case signIn = "sign-in"
        /// What those may do who got in.
        case privileges
        /// What lies on the disk, and what runs.
        case machine
        /// How the servers are set, and what they write down.
        case settings
    }

    /// The name, which stays: scripts know it.
    package let name: String
    /// What the line is about.
    package let section: Section
    /// What holds when the line passes: a sentence without its full stop.
    package let promise: String
    /// What to do when it does not.
    package let hint: String
    let perform: @Sendable (HardenedSystem, EventLoop) async throws -> [Observation]

    init(
        _ name: String, _ section: Section, _ promise: String, hint: String,
        perform: @escaping @Sendable (HardenedSystem, EventLoop) async throws -> [Observation]
    ) {
        self.name = name
        self.section = section
        self.promise = promise
        self.hint = hint
        self.perform = perform
    }

    /// Every line, in the order of the checklist.
    package static let all =
        encryptionChecks + signInChecks + privilegeChecks + machineChecks + settingChecks

    /// Tries the line.
    package func run(on system: HardenedSystem, _ loop: EventLoop) async -> HardeningResult {
        let observations: [Observation]
        do { observations = try await perform(system, loop) } catch {
            observations = [.untried(ParlorError(describing: error).summary)]
        }
        return HardeningResult(self, Verdict(observations))
    }
}
