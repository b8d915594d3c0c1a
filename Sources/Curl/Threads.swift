import Glibc

/// Where threads come from: the system, or a test that counts or refuses them.
package struct Threads: Sendable {
    /// Runs the work on a thread of its own; gives the error number where there is none to be had.
    package var begin: @Sendable (_ work: @escaping @Sendable () -> Void) -> Int32

    package init(begin: @escaping @Sendable (_ work: @escaping @Sendable () -> Void) -> Int32) {
        self.begin = begin
    }

    /// Those of the system.
    package static let live = Threads { work in
        let work = Unmanaged.passRetained(Work(run: work))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        guard status == 0 else {
            work.release()
            return status
        }
        pthread_detach(thread)
        return 0
    }

    private final class Work: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
