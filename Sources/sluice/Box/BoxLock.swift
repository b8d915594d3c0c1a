import Foundation

/// Keeps two boxes off one state. The kernel gives it back when the process ends, however it ends.
final class BoxLock: Sendable {
    private let descriptor: Int32

    /// - Throws: where another process holds the lock.
    init(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BoxFailure("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw BoxFailure(
                "another sluice uses the state at \(path); stop it, or pass another --state")
        }
    }

    deinit { close(descriptor) }
}

/// The box cannot run; the text says what to do.
struct BoxFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
