import CUV
import Synchronization

extension EventLoop {
    /// Takes a task's job.
    public func enqueue(_ job: consuming ExecutorJob) { add(.task(UnownedJob(job))) }

    /// Runs `call` on the loop, after what is queued already.
    public func execute(_ call: @escaping @Sendable () -> Void) { add(.call(call)) }

    func add(_ job: Job) {
        if isCurrent { return jobs.append(job) }
        let mustWake = remote.withLock { remote in
            remote.jobs.append(job)
            remote.hops += 1
            defer { remote.isWoken = true }
            return !remote.isWoken
        }
        if mustWake { uv_async_send(wake) }
    }

    func takeRemoteJobs() {
        remote.withLock { remote in
            jobs += remote.jobs
            remote.jobs.removeAll(keepingCapacity: true)
            remote.isWoken = false
        }
    }

    /// Runs jobs until none is left, or until input and output deserve a turn again.
    func runJobs() {
        let task = asUnownedTaskExecutor()
        let serial = serialExecutor.asUnownedSerialExecutor()
        for _ in 0..<64 {
            if jobs.isEmpty {
                guard !settling.isEmpty else { break }
                for waiter in settling { waiter.resume() }
                settling.removeAll(keepingCapacity: true)
            }
            swap(&jobs, &batch)
            for job in batch {
                switch job {
                case .task(let job): job.runSynchronously(on: task)
                case .actor(let job): job.runSynchronously(isolatedTo: serial, taskExecutor: task)
                case .call(let call): call()
                }
            }
            batch.removeAll(keepingCapacity: true)
        }
        // A running idle handle keeps the next wait from blocking.
        if jobs.isEmpty, settling.isEmpty { uv_idle_stop(busy) } else { uv_idle_start(busy) { _ in } }
    }

    /// Comes back when every task of the loop waits for something: time, a descriptor, another thread. For tests that
    /// let things take their course before they look.
    public func settle() async {
        await withCheckedContinuation { continuation in onLoop { self.settling.append(continuation) } }
    }

    /// Runs `call` now when the caller is on the loop, and soon on it otherwise.
    public func onLoop(_ call: @escaping @Sendable () -> Void) {
        if isCurrent { call() } else { execute(call) }
    }
}
