import Documents
import KubernetesObjects

/// How one run of a container ended.
struct Ended: Hashable, Sendable {
    let exit: Exit
    let started: Timestamp
    let finished: Timestamp
    /// Why we ended it, where it was us.
    let cause: String?

    init(exit: Exit, started: Timestamp, finished: Timestamp, cause: String?) {
        self.exit = exit
        self.started = started
        self.finished = finished
        self.cause = cause
    }

    /// As a status tells it.
    init?(_ json: JSON) {
        func time(_ key: String) -> Timestamp? {
            json[key]?.string.flatMap(Timestamp.init(rfc3339:))
        }
        guard let code = json["exitCode"]?.int, let started = time("startedAt"),
            let finished = time("finishedAt")
        else { return nil }
        let signal = json["signal"]?.int
        self.init(
            exit: signal.map { .signal($0) } ?? .code(code), started: started, finished: finished,
            cause: json["message"]?.string)
    }

    var reason: String {
        switch exit {
        case .code(0): "Completed"
        case .unknown: "ContainerStatusUnknown"
        default: "Error"
        }
    }
}

/// One container of a pod and where it stands.
struct ContainerState: Sendable {
    enum Run: Hashable, Sendable {
        /// Not running; to be started at `until`, or (nil) when something it needs has changed.
        case waiting(reason: String, message: String, until: Timestamp?)
        case running(since: Timestamp)
        /// Ended for good.
        case ended(Ended)
    }

    /// How far the end of a container has come that we want, and when its next part is due.
    enum Ending: Hashable, Sendable {
        /// Its preStop hook runs, and may for so long.
        case hook(until: Timestamp)
        /// SIGTERM is due; SIGKILL follows.
        case signal(killAt: Timestamp)
        case signalled(killAt: Timestamp)

        var due: Timestamp {
            switch self {
            case .hook(let due), .signal(let due), .signalled(let due): due
            }
        }
    }

    let name: String
    /// Runs to its end before the containers that are no init containers begin.
    let isInit: Bool
    var run: Run
    var restarts = 0
    var last: Ended?
    /// Ends in a row, none of which came after a long quiet run.
    var crashes = 0
    var probes: [ProbeKind: ProbeRecord] = [:]
    /// Nil where we do not want it to end.
    var ending: Ending?
    /// Why we are ending it.
    var cause: String?
    /// Its postStart hook has not come back yet.
    var isBeginning = false
    var hasPreStop = false

    init(name: String, isInit: Bool = false, run: Run) {
        self.name = name
        self.isInit = isInit
        self.run = run
    }

    var hasSucceeded: Bool {
        if case .ended(let ended) = run { ended.exit == .code(0) } else { false }
    }

    var isRunning: Bool {
        if case .running = run { true } else { false }
    }

    /// Has no startup probe, or has passed it.
    var hasStarted: Bool { isRunning && !isBeginning && probes[.startup]?.verdict ?? true }

    /// Has no readiness probe, or passes it.
    var isReady: Bool {
        guard hasStarted, ending == nil else { return false }
        guard let record = probes[.readiness] else { return true }
        return record.verdict ?? false
    }
}
