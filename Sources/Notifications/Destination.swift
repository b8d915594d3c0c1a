import Documents
import KubernetesObjects

/// Whom a message goes to: a service of the configuration, and a recipient there.
package struct Destination: Hashable, Sendable, CustomStringConvertible {
    package let service: String
    /// Empty where the service has only one, as a webhook.
    package let recipient: String

    package init(service: String, recipient: String) {
        self.service = service
        self.recipient = recipient
    }

    /// `slack:releases`, as default subscriptions are written.
    package init(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(
            service: parts.first.map { trimmed($0) } ?? "",
            recipient: parts.count > 1 ? trimmed(parts[1]) : "")
    }

    package var description: String { recipient.isEmpty ? service : "\(service):\(recipient)" }
}

extension Object {
    /// The subscriptions in the annotations of an object, by trigger. Those without a trigger are
    /// for `defaultTriggers`.
    package func subscriptions(defaultTriggers: [String]) -> [String: Set<Destination>] {
        var found: [String: Set<Destination>] = [:]
        for (key, value) in annotations where key.hasPrefix(NotificationKeys.subscribe) {
            let parts = key.dropFirst(NotificationKeys.subscribe.count).split(separator: ".")
            guard let service = parts.last, parts.count <= 2,
                value.utf8.count <= longestSubscription
            else { continue }
            let recipients = value.split(separator: ";").map { trimmed($0) }.filter { !$0.isEmpty }
            let triggers = parts.count == 2 ? [String(parts[0])] : defaultTriggers
            for trigger in triggers {
                for recipient in recipients.isEmpty ? [""] : recipients {
                    found[trigger, default: []].insert(
                        Destination(service: String(service), recipient: recipient))
                }
            }
        }
        for (trigger, destinations) in listedSubscriptions(defaultTriggers) {
            found[trigger, default: []].formUnion(destinations)
        }
        return found
    }

    /// `- trigger: [on-rollout-completed]`, with `destinations` of `service` and `recipients`.
    private func listedSubscriptions(
        _ defaultTriggers: [String]
    ) -> [(String, Set<Destination>)] {
        guard let text = annotations[NotificationKeys.subscriptions],
            text.utf8.count <= longestSubscription
        else { return [] }
        let documents: [Document]
        do throws(DocumentError) {
            documents = try YAML.documents(in: Array(text.utf8), file: "annotation")
        } catch {
            return []
        }
        return (documents.first?.value.array ?? []).flatMap { entry in
            let named = entry["trigger"]?.array?.compactMap(\.string) ?? []
            let destinations = (entry["destinations"]?.array ?? []).flatMap { destination in
                let service = destination["service"]?.string ?? ""
                let recipients = destination["recipients"]?.array?.compactMap(\.string) ?? []
                return (recipients.isEmpty ? [""] : recipients).map {
                    Destination(service: service, recipient: $0)
                }
            }
            return (named.isEmpty ? defaultTriggers : named).map { ($0, Set(destinations)) }
        }
    }
}

/// Of one annotation, in bytes. A longer one is no list of people who want to know.
private let longestSubscription = 4_096

/// Without blanks at both ends.
func trimmed(_ text: some StringProtocol) -> String {
    let head = text.drop { $0.isWhitespace }
    return String(head.reversed().drop { $0.isWhitespace }.reversed())
}
