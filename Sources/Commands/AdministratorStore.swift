import Basics
import Configuration
import Loop
import Store
import Work

extension Workplace {
    /// Does something with the data of the configured database, and lets go of it in order.
    func withStore<Result>(on loop: EventLoop, _ body: (Store) async throws -> Result) async throws -> Result {
        let options = try await administratorConnection(on: loop)
        let store = Store(primary: options, StoreLimits(configuration.database), on: loop)
        do {
            let result = try await body(store)
            await store.stop(within: .seconds(5))
            return result
        } catch {
            await store.stop(within: .seconds(5))
            throw error
        }
    }
}
