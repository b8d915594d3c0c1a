import Documents

/// To whom an event is still to be told, as its annotation says. It is written with the event, so
/// that an event of which somebody must know is never there without it.
package struct DueList: Hashable, Sendable {
    /// One of those who are to be told.
    package struct Entry: Hashable, Sendable {
        package let destination: Destination
        /// By which conditions of the trigger: those that held when it happened. Nil where nobody
        /// could tell then.
        package var conditions: [Int]?

        package init(_ destination: Destination, conditions: [Int]? = nil) {
            self.destination = destination
            self.conditions = conditions
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) {
        self.entries = entries
    }

    /// No annotation, or one that is no such list, is none.
    package init(_ annotation: String?) {
        entries = []
        guard let annotation else { return }
        do throws(DocumentError) {
            let list = try JSON(
                parsing: Array(annotation.utf8), file: "annotation", limits: .manifest,
                duplicateKeys: .lastWins)
            entries = (list.array ?? []).prefix(Self.most).compactMap { value in
                guard let service = value["service"]?.string else { return nil }
                var entry = Entry(
                    Destination(service: service, recipient: value["recipient"]?.string ?? ""))
                entry.conditions = value["conditions"]?.array?.compactMap(\.int)
                return entry
            }
        } catch {
            return
        }
    }

    /// The one for `destination`; nil once it was told. Setting nil takes it away.
    package subscript(destination: Destination) -> Entry? {
        get { entries.first { $0.destination == destination } }
        set {
            guard let place = entries.firstIndex(where: { $0.destination == destination }) else {
                return
            }
            if let newValue { entries[place] = newValue } else { entries.remove(at: place) }
        }
    }

    /// As many as rules give an event; more were written by somebody else.
    private static let most = NotificationRules.Limit.destinations

    /// As it stands in the annotation; nil for nobody.
    package var text: String? {
        if entries.isEmpty { return nil }
        return JSON.array(
            entries.map { entry in
                var value: JSON = [
                    "service": .string(entry.destination.service),
                    "recipient": .string(entry.destination.recipient),
                ]
                if let numbers = entry.conditions {
                    value["conditions"] = .array(numbers.map { .int(Int64($0)) })
                }
                return value
            }
        ).text
    }
}
