import Glibc

/// What the system has no more of, where new connections need it: what happened, and what to do.
enum Shortage: Error, CustomStringConvertible {
    /// With the error number of `pthread_create`.
    case threads(Int32)
    case descriptors

    var description: String {
        switch self {
        case .threads(EAGAIN):
            """
            the system refuses another thread, since too many run; raise the limit of processes \
            (ulimit -u, pids.max of the container)
            """
        case .threads(let code):
            """
            the system refuses another thread (error \(code)); look at the memory and the limits \
            of this process
            """
        case .descriptors:
            """
            the system opens no more files, since too many are open; raise the limit of open \
            files (ulimit -n)
            """
        }
    }
}
