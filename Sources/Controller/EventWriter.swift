import Documents
import KubernetesObjects
import Logging
import Manifests
import Notifications
import Rollouts

/// Writes Kubernetes events. They pass through a bounded buffer, so that an API server that is slow
/// to take them holds up no turn. An event that cannot be written is a line in the log.
struct EventWriter: Sendable {
    private let cluster: Cluster
    private let secrets: SecretsInUse
    private let log: Logger
    private let now: @Sendable () -> Timestamp
    /// What is to be written beside an event, so that somebody is told of it; nil for nobody.
    private let due: @Sendable (_ subject: Object, _ reason: String) async -> String?
    /// Told of each event that was written with such a list.
    private let wrote: @Sendable (_ uid: String) async -> Void
    /// One after the other for each object, and several objects at once: a release tells a dozen
    /// events.
    private let lanes: [Lane]
    /// What must not push out anything else.
    private let asides = Lane(.bufferingOldest(100))

    /// Events that are written in their order.
    private struct Lane: Sendable {
        let events: AsyncStream<Unwritten>
        let inbox: AsyncStream<Unwritten>.Continuation

        init(_ policy: AsyncStream<Unwritten>.Continuation.BufferingPolicy) {
            (events, inbox) = AsyncStream.makeStream(bufferingPolicy: policy)
        }
    }

    /// Nothing but what is needed: thousands may wait.
    private struct Unwritten: Sendable {
        let event: Rollouts.Event
        /// Without spec and status.
        let subject: Object
        let at: Timestamp
    }

    init(
        cluster: Cluster, secrets: SecretsInUse, log: Logger,
        now: @escaping @Sendable () -> Timestamp,
        due: @escaping @Sendable (Object, String) async -> String? = { _, _ in nil },
        wrote: @escaping @Sendable (String) async -> Void = { _ in }
    ) {
        self.due = due
        self.wrote = wrote
        self.cluster = cluster
        self.secrets = secrets
        self.log = log
        self.now = now
        lanes = (0..<laneCount).map { _ in Lane(.bufferingNewest(bufferedEvents / laneCount)) }
    }

    /// Takes the event down; `keep` writes it. An aside is dropped where too many others wait.
    func write(_ event: Rollouts.Event, about subject: Object, isAside: Bool = false) {
        var event = event
        event.message = secrets.redactor().redact(event.message)
        let head: JSON = [
            "apiVersion": .string(subject.apiVersion), "kind": .string(subject.kind),
            "metadata": subject.metadata,
        ]
        let unwritten = Unwritten(event: event, subject: Object(head), at: now())
        let lane = Int(subject.uid.hashValue.magnitude % UInt(laneCount))
        switch (isAside ? asides : lanes[lane]).inbox.yield(unwritten) {
        case .enqueued: return
        case .dropped(let lost): sayLost(lost.event, "too many wait")
        case .terminated: sayLost(event, "the controller ends")
        @unknown default: return
        }
    }

    private func sayLost(_ event: Rollouts.Event, _ why: String) {
        log.warning(
            "event not written", metadata: ["reason": "\(event.reason)", "error": "\(why)"])
    }

    /// Takes no more events down; `keep` returns once it has written those that wait.
    func end() {
        for lane in lanes + [asides] { lane.inbox.finish() }
    }

    private func object(_ unwritten: Unwritten) -> Object {
        let (event, subject) = (unwritten.event, unwritten.subject)
        var object = Object.event(
            named: "\(subject.name).\(String(nonce(), radix: 16))", about: subject,
            reason: event.reason, message: event.message,
            type: event.isWarning ? .warning : .normal, at: unwritten.at)
        if let revision = subject.annotations[Keys.revision] {
            object["metadata", "annotations"] = JSON(strings: [Keys.revision: revision])
        }
        // So that it can be told whose event it is, once its subject is gone.
        if let instance = subject.labels[Keys.instanceID] {
            object["metadata", "labels"] = JSON(strings: [Keys.instanceID: instance])
        }
        // Events in the API have whole seconds; their order is told by the micro time.
        object["eventTime"] = .string(unwritten.at.rfc3339Micro)
        object["action"] = .string(event.reason)
        object["reportingComponent"] = "rollouts-controller"
        object["reportingInstance"] = "sluice"
        return object
    }

    /// Writes the events, those of an object in their order, until all are written after `end`.
    /// Where the task is cancelled before, those that are left are lines in the log.
    func keep() async {
        await withDiscardingTaskGroup { group in
            for lane in lanes + [asides] {
                group.addTask { for await unwritten in lane.events { await store(unwritten) } }
            }
        }
    }

    private func store(_ unwritten: Unwritten) async {
        var object = object(unwritten)
        let due = await due(unwritten.subject, unwritten.event.reason)
        if let due { object["metadata", "annotations", NotificationKeys.due] = .string(due) }
        let reference = Reference(.events, namespace: object.namespace, name: object.name)
        do {
            let stored = try await cluster.write(Write(reference, .create(object)))
            if due != nil, let stored { await wrote(stored.uid) }
        } catch .ending(let why) {
            // So is all that is told of it.
            log.debug(
                "event not written",
                metadata: ["reason": "\(unwritten.event.reason)", "error": "\(why)"])
        } catch {
            log.warning(
                "event not written",
                metadata: [
                    "reason": "\(unwritten.event.reason)", "error": "\(error.description)",
                ])
        }
    }

    /// Names of events must differ; chance is fine, since nothing reads them.
    private func nonce() -> UInt64 { UInt64.random(in: .min ... .max) }
}

/// The events of 300 releases that begin at once, a KiB or two each with what they say of their
/// object. When more than these wait, the API server takes hardly any: the oldest are dropped.
private let bufferedEvents = 10_000
/// As many are on their way at once.
private let laneCount = 4
