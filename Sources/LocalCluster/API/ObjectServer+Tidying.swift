import Documents
import KubernetesObjects
import ObjectStore

// What no client would ever remove.
extension ObjectServer {
    /// How long an event is kept after it happened last, as an API server keeps it.
    package static let eventSeconds = 3600
    /// How often old events are looked for; nobody minds a minute more.
    private static let tidyInterval: Duration = .seconds(60)

    /// Removes old events now and then until it is cancelled.
    ///
    /// - Throws: `CancellationError`.
    package func tidy() async throws {
        while true {
            try await Task.sleep(for: Self.tidyInterval)
            removeOldEvents()
        }
    }

    /// Removes the events that happened last more than `eventSeconds` ago.
    package func removeOldEvents() {
        let limit = clock().advanced(bySeconds: -Self.eventSeconds)
        do throws(StoreError) {
            for event in try list(.events).items {
                guard let moment = event.lastHappened, moment < limit else { continue }
                let reference = Reference(
                    .events, namespace: event.namespace, name: event.name)
                _ = try delete(reference, Deletion(uid: event.uid))
            }
        } catch {
            // The database is full or gone: each write says so to its caller, and the next round
            // comes.
            return
        }
    }
}

extension Object {
    /// When an event happened last; nil where it does not say.
    fileprivate var lastHappened: Timestamp? {
        let texts = [
            self["series", "lastObservedTime"], self["lastTimestamp"], self["eventTime"],
            self["metadata", "creationTimestamp"],
        ]
        return texts.lazy.compactMap { $0?.string.flatMap(Timestamp.init(rfc3339:)) }.first
    }
}
