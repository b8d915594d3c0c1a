import Documents
import KubernetesObjects

/// Whom an object is told to by its own annotations.
package struct Subscribers: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        /// Nil for those that are told by default.
        let triggers: [String]?
        let destinations: Set<Destination>
    }

    private var entries: [Entry] = []
    /// Annotations that subscribe nobody though they are meant to, and why.
    package private(set) var faults: [String] = []

    package init(_ annotations: [String: String]) {
        for (key, value) in annotations.sorted(by: { $0.key < $1.key })
        where key.hasPrefix(NotificationKeys.subscribe) || key == NotificationKeys.subscriptions {
            guard value.utf8.count <= longestAnnotation else {
                say("the annotation \(key) is longer than \(longestAnnotation) bytes")
                continue
            }
            if key == NotificationKeys.subscriptions {
                readList(value)
            } else {
                read(key.dropFirst(NotificationKeys.subscribe.count), value)
            }
        }
    }

    private mutating func say(_ fault: String) {
        if faults.count < mostFaults { faults.append(fault) }
    }

    /// `on-rollout-completed.slack`, with recipients between semicolons.
    private mutating func read(_ name: Substring, _ value: String) {
        let parts = name.split(separator: ".")
        guard let service = parts.last, parts.count <= 2 else {
            say(
                "the annotation \(NotificationKeys.subscribe)\(name) does not end in "
                    + "TRIGGER.SERVICE")
            return
        }
        let recipients = value.split(separator: ";").map { trimmed($0) }.filter { !$0.isEmpty }
        let destinations = (recipients.isEmpty ? [""] : recipients).map {
            Destination(service: String(service), recipient: $0)
        }
        entries.append(
            Entry(
                triggers: parts.count == 2 ? [String(parts[0])] : nil,
                destinations: Set(destinations)))
    }

    /// `- trigger: [on-rollout-completed]`, with `destinations` of `service` and `recipients`.
    private mutating func readList(_ text: String) {
        let document: JSON?
        do throws(DocumentError) {
            document = try YAML.documents(in: Array(text.utf8), file: "annotation").first?.value
        } catch {
            say(
                "the annotation \(NotificationKeys.subscriptions) is no YAML: \(error.message)")
            return
        }
        for entry in document?.array ?? [] {
            let named = entry["trigger"]?.array?.compactMap(\.string) ?? []
            let destinations = (entry["destinations"]?.array ?? []).flatMap { destination in
                let service = destination["service"]?.string ?? ""
                let recipients = destination["recipients"]?.array?.compactMap(\.string) ?? []
                return (recipients.isEmpty ? [""] : recipients).map {
                    Destination(service: service, recipient: $0)
                }
            }
            entries.append(
                Entry(triggers: named.isEmpty ? nil : named, destinations: Set(destinations)))
        }
    }

    /// By trigger.
    package func destinations(defaultTriggers: [String]) -> [String: Set<Destination>] {
        var found: [String: Set<Destination>] = [:]
        for entry in entries {
            for trigger in entry.triggers ?? defaultTriggers {
                found[trigger, default: []].formUnion(entry.destinations)
            }
        }
        return found
    }
}

/// In bytes. A longer one is no list of people who want to know.
private let longestAnnotation = 4_096
/// Who mends these is told of the next.
private let mostFaults = 3
