import Glibc

/// A value behind a pthread mutex. `Synchronization.Mutex` would do the same, but its contended
/// path is invisible to ThreadSanitizer, which then reports races that do not exist, and it spins.
package final class Lock<Value: Sendable>: @unchecked Sendable {
    // Unchecked because the compiler cannot see that `value` is only touched while `mutex` is held.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Runs `body` while nobody else has the value. Must not wait for anything.
    package func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }
}
