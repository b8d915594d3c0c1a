import Foundation

/// Runs tasks one after the other on the thread that calls it, in the order in which they became
/// ready: the same story gives the same transcript every time. Child tasks inherit it; nothing
/// simulated may start loose tasks.
final class OneThread: TaskExecutor, @unchecked Sendable {
    // The condition guards `ready`: jobs are only ever run by the thread in `run`, but may be
    // enqueued by others.
    private let condition = NSCondition()
    private var ready: [UnownedJob] = []
    private var head = 0

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        ready.append(job)
        condition.signal()
        condition.unlock()
    }

    /// Runs `body` and everything it starts to its end.
    func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
        let outcome = Outcome<Result>()
        Task(executorPreference: self) { outcome.set(await body()) }
        while true {
            condition.lock()
            if let result = outcome.value {
                condition.unlock()
                return result
            }
            while head == ready.count { condition.wait() }
            let job = ready[head]
            head += 1
            if head > 1_024 {
                ready.removeFirst(head)
                head = 0
            }
            condition.unlock()
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

private final class Outcome<Value: Sendable>: @unchecked Sendable {
    // Written by the job that ends, read between jobs: always on the one thread.
    private(set) var value: Value?
    func set(_ value: Value) { self.value = value }
}
