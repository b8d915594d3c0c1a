import Documents
import Manifests
import Rollouts

/// What this process remembers of each rollout between two turns. A fresh process knows nothing and
/// is only more careful; nothing that matters is kept here alone.
package actor Recollection {
    private var memories: [RolloutKey: Memory] = [:]
    /// What last troubled a rollout, and when that was told.
    private var troubles: [RolloutKey: (text: String, told: Instant)] = [:]

    /// Until when extensions are not asked that gave no answer.
    private var silent: [String: Timestamp] = [:]
    /// Routers that keep their weight themselves, by rollout and name.
    private var remotes: [RolloutKey: [String: Remote]] = [:]
    /// What was read of rollouts under way.
    private var readings: [RolloutKey: RolloutReading] = [:]
    /// The same of those that came to rest a moment ago.
    private var resting: [RolloutKey: RolloutReading] = [:]

    package init() {}

    package subscript(key: RolloutKey) -> Memory { memories[key] ?? Memory() }

    /// Notes what was seen of the weight, beside what the status has committed to.
    func sawWeight(_ seen: Memory, of key: RolloutKey) {
        memories[key, default: Memory()].lowWeightSince = seen.lowWeightSince
        if seen.lowWeightSince == nil { memories[key]?.knowsWhyLow = false }
    }

    /// Notes that less may be carried than the status has committed to, and no verdict is the
    /// reason. Where one comes beside that, it is.
    func knowsWhyLow(_ key: RolloutKey) {
        guard memories[key]?.latch == nil else { return }
        memories[key, default: Memory()].knowsWhyLow = true
    }

    /// Notes what became of the creation of a ReplicaSet; nil where it was created.
    func createdReplicaSet(_ refused: RefusedReplicaSet?, of key: RolloutKey) {
        memories[key, default: Memory()].refusedReplicaSet = refused
    }

    /// Notes a question to an extension; false where it was asked already and nobody has answered
    /// yet.
    func asks(_ call: PluginCall, of key: RolloutKey) -> Bool {
        if let talk = memories[key]?.talk, talk.answer == nil { return false }
        memories[key, default: Memory()].talk = PluginTalk(call)
        return true
    }

    /// Notes what an extension said; nil where nobody heard it, and it is to be asked again.
    func heard(_ answer: PluginAnswer?, to call: PluginCall, of key: RolloutKey) {
        guard memories[key]?.talk?.call == call else { return }
        memories[key]?.talk = answer.map { PluginTalk(call, answer: $0) }
    }

    /// Notes what was told of a document that cannot be followed; nil for a good one.
    func toldRefusal(_ text: String?, of key: RolloutKey) {
        memories[key, default: Memory()].toldRefusal = text
    }

    /// Whether an extension gave no answer a moment ago, to whatever rollout.
    func isSilent(_ name: String, at now: Timestamp) -> Bool {
        silent[name].map { now < $0 } ?? false
    }

    func fellSilent(_ name: String, at now: Timestamp) {
        silent[name] = now.advanced(bySeconds: hushSeconds)
    }

    /// Notes what a router said of itself, for those who only look.
    func heard(_ answer: RemoteAnswer, from router: String, of key: RolloutKey) {
        remotes[key, default: [:]][router, default: Remote()].answer = answer
    }

    /// What it said last.
    func answer(of router: String, of key: RolloutKey) -> RemoteAnswer? {
        remotes[key]?[router]?.answer
    }

    /// The number of an order that begins: larger than any before, and than the one that the router
    /// took last. Nil where it must not begin: nothing goes up while an earlier order has no
    /// answer.
    ///
    /// - Parameter now: whoever leads next, and has not heard the router, is above by the clock.
    func beginsOrder(
        to router: String, of key: RolloutKey, after taken: Int, isBack: Bool, at now: Timestamp
    ) -> Int? {
        var remote = remotes[key]?[router] ?? Remote()
        guard isBack || remote.open.isEmpty else { return nil }
        let believed = taken < largestNumber ? taken : 0
        remote.number = max(remote.number, believed, Int(now.milliseconds)) + 1
        remote.open.insert(remote.number)
        remotes[key, default: [:]][router] = remote
        return remote.number
    }

    /// The order was answered, or nobody waits for it any more.
    func endsOrder(_ number: Int, to router: String, of key: RolloutKey) {
        remotes[key]?[router]?.open.remove(number)
    }

    /// Holds the revision down until the status that says so is stored.
    func latch(_ key: RolloutKey, _ latch: Latch) {
        memories[key, default: Memory()].latch = latch
        memories[key]?.knowsWhyLow = false
    }

    /// The status of `key` was stored. Only one that gives the release up, or that leaves nothing
    /// to give up, ends the latch: a turn that looked earlier may store its status while another
    /// one gives traffic back.
    func stored(_ status: Status, of key: RolloutKey) {
        let isOver = status.promoteFull || status.stableHash == status.currentPodHash
        let isAnother = memories[key]?.latch?.hash != status.currentPodHash
        if status.isAborted || isOver || isAnother { memories[key]?.latch = nil }
        memories[key, default: Memory()].stored(status)
    }

    /// A status was sent, and nobody knows whether it is stored: the step that is found next may be
    /// this process's own.
    func mayHaveStored(_ key: RolloutKey) { memories[key]?.lastStepIndex = nil }

    /// Whether a trouble is to be told: it is another one than the last, or that one was told long
    /// ago. What is tried again every few seconds is not an event each time.
    func isNews(_ trouble: String, of key: RolloutKey, at now: Instant) -> Bool {
        if let last = troubles[key], last.text == trouble,
            now < last.told.advanced(bySeconds: silenceSeconds)
        {
            return false
        }
        troubles[key] = (trouble, now)
        return true
    }

    /// Others have led in the meantime.
    func forgetAll() {
        memories = [:]
        troubles = [:]
        readings = [:]
        resting = [:]
        remotes = [:]
    }

    func reading(of key: RolloutKey) -> RolloutReading? { readings[key] ?? resting[key] }

    /// Keeps what was read for the next turn. For a rollout at rest that may be far, but first
    /// there are some more, as its old pods go.
    func keep(_ reading: RolloutReading, of key: RolloutKey) {
        let status = reading.parsed.rollout.status
        let isAtRest = status.stableHash == status.currentPodHash
        readings[key] = nil
        resting[key] = nil
        if isAtRest {
            if resting.count >= restingLimit { resting = [:] }
            resting[key] = reading
        } else {
            if readings.count >= readingLimit { readings = [:] }
            readings[key] = reading
        }
    }

    func forget(_ key: RolloutKey) {
        readings[key] = nil
        resting[key] = nil
        memories[key] = nil
        troubles[key] = nil
        remotes[key] = nil
    }
}

/// A router that keeps its weight itself, as one rollout has met it.
private struct Remote: Sendable {
    var answer: RemoteAnswer?
    /// Of the last order.
    var number = 0
    /// The numbers of orders without an answer.
    var open: Set<Int> = []
}

/// What such a router said when it was asked.
enum RemoteAnswer: Hashable, Sendable {
    case said(JSON)
    /// It gave no answer, and why.
    case silent(String)
}

/// What a program may claim to have taken, far below what every program can read of JSON: the clock
/// comes to it in thousands of years. Whoever claims more is not followed.
private let largestNumber = 1 << 52

/// More than are in flight at once nearly everywhere. Without its reading a turn only takes longer.
private let readingLimit = 256
/// More than come to rest at one moment: thousands that stay at rest cost nothing.
private let restingLimit = 16
/// Servers keep events for an hour: a trouble that lasts stays visible.
private let silenceSeconds = 600
/// As long as a router that is not followed yet is left alone.
private let hushSeconds = 10
