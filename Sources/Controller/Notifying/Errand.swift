import Documents
import KubernetesObjects
import Notifications

/// One thing to tell one recipient.
struct Errand: Hashable, Sendable {
    enum Cause: Hashable, Sendable {
        /// An event in the cluster.
        case event
        /// A trigger of which the conditions are looked at whenever the object changes.
        case condition(trigger: String)
    }

    let cause: Cause
    /// The event, or the object that is looked at.
    let reference: Reference
    let destination: Destination
}

/// How often errands were tried, and which are done though the cluster does not say so yet. What is
/// lost of it with the process is at most a message that is sent again with the same key.
actor Attempts {
    struct Attempt: Sendable {
        var failures = 0
        var next: Timestamp?
        /// The conditions by which it was delivered or given up.
        var done: Set<Int> = []
    }

    private var attempts: [Errand: Attempt] = [:]
    /// Marks of objects that were told of, and of those whether the object says so too.
    private var told: [String: Bool] = [:]
    /// Destinations that somebody was warned of, and that have not worked since.
    private var warned: Set<String> = []
    /// Faults of objects that somebody was told of.
    private var blamed: Set<String> = []
    /// Whether the server lets this process note on events whom they were told to.
    private(set) var mayNote = true

    subscript(errand: Errand) -> Attempt { attempts[errand] ?? Attempt() }

    func forget(_ errand: Errand) { attempts[errand] = nil }

    func finished(_ errand: Errand, _ condition: Int) {
        make(roomFor: errand)
        let done = attempts[errand]?.done ?? []
        attempts[errand] = Attempt(done: done.union([condition]))
    }

    /// - Returns: when to try again.
    func failed(_ errand: Errand, seconds: Int? = nil, at now: Timestamp) -> Timestamp {
        make(roomFor: errand)
        var attempt = attempts[errand] ?? Attempt()
        attempt.failures += 1
        let usual = min(longestPauseSeconds, 1 << min(attempt.failures - 1, 20))
        let pause = min(max(seconds ?? 0, usual), longestRequestedSeconds)
        let next = now.advanced(bySeconds: pause)
        attempt.next = next
        attempts[errand] = attempt
        return next
    }

    /// Takes note that an object was told of by a condition, or that the condition is over.
    func note(_ mark: String, of uid: String, isTold: Bool) {
        if told.count >= mostAttempts { told = [:] }
        told["\(uid) \(mark)"] = isTold ? false : nil
    }

    /// The object says it too.
    func noted(_ mark: String, of uid: String) {
        if told["\(uid) \(mark)"] != nil { told["\(uid) \(mark)"] = true }
    }

    func isTold(_ mark: String, of uid: String) -> Bool { told["\(uid) \(mark)"] != nil }

    /// Whether it was told and the object could not be made to say so.
    func isUnnoted(_ mark: String, of uid: String) -> Bool { told["\(uid) \(mark)"] == false }

    /// Whether a warning about `destination` is news: none was given since it last worked.
    func warns(of destination: String) -> Bool {
        if warned.count >= mostWarnings { return false }
        return warned.insert(destination).inserted
    }

    func worked(_ destination: String) { warned.remove(destination) }

    /// Whether a complaint about an object is news. These take no room from the warnings about
    /// destinations: anybody's annotations can be at fault.
    func complains(of fault: String, of uid: String) -> Bool {
        if blamed.count >= mostAttempts { blamed = [] }
        return blamed.insert("\(uid) \(fault)").inserted
    }

    /// - Returns: whether that is news.
    func noting(isAllowed: Bool) -> Bool {
        defer { mayNote = isAllowed }
        return mayNote != isAllowed
    }

    /// Others have led in the meantime.
    func forgetAll() {
        attempts = [:]
        told = [:]
        warned = []
        blamed = []
        mayNote = true
    }

    private func make(roomFor errand: Errand) {
        if attempts.count >= mostAttempts, attempts[errand] == nil { attempts = [:] }
    }
}

/// Two minutes: a service that is back is used soon, and one that is gone costs little.
private let longestPauseSeconds = 120
/// What a service may ask for: beyond it the message is old.
private let longestRequestedSeconds = 900
/// More than are under way in the largest cluster while every service is gone.
private let mostAttempts = 20_000

/// Queues of errands: four for each service and whoever sets it up, so that a slow one holds up no
/// other, and a recipient hears of things in their order.
actor Lanes {
    typealias Queue = WorkQueue<Errand>

    /// The lanes that were opened, for whoever works on them.
    nonisolated let opened: AsyncStream<Queue>
    private let open: AsyncStream<Queue>.Continuation
    private var lanes: [String: Queue] = [:]
    private let counts: QueueTally

    /// - Parameter counts: what earlier lanes have counted.
    init(continuing counts: QueueTally = QueueTally()) {
        self.counts = counts.counts
        (opened, open) = AsyncStream.makeStream()
    }

    /// What was counted in all of them.
    var tally: QueueTally {
        get async {
            var sum = counts
            for lane in lanes.values { sum.add(await lane.tally) }
            return sum
        }
    }

    /// The queue for what goes to `destination`, by the rules of a namespace.
    func lane(for destination: Destination, _ namespace: String) -> Queue {
        let hash = destination.recipient.utf8.reduce(UInt32(7)) { $0 &* 31 &+ UInt32($1) }
        let own = "\(namespace)/\(destination.service)/\(hash % lanesEach)"
        if let lane = lanes[own] { return lane }
        let name = lanes.count < mostLanes ? own : ""
        if let lane = lanes[name] { return lane }
        let lane = Queue()
        lanes[name] = lane
        open.yield(lane)
        return lane
    }
}

/// So that one recipient who is hard to reach does not hold up all the others of a service.
private let lanesEach: UInt32 = 4
/// Names of services come from annotations, too; what goes beyond shares one lane.
private let mostLanes = 400
/// More destinations do not work at once only where nothing does.
private let mostWarnings = 1_000
