import Documents

/// How a message reads: its text, and what it says to each kind of service besides.
struct MessageTemplate: Sendable {
    let message: GoTemplate?
    /// By kind of service; that of a webhook by the name of the service below it.
    let parts: [String: TemplateTree]

    init(reading reader: Reader) {
        reader.allowOnly(Set(CarrierKind.all.map(\.name) + ["message"]))
        if case .text(let template) = TemplateTree(reader["message"]) {
            message = template
        } else {
            message = nil
        }
        var parts: [String: TemplateTree] = [:]
        for kind in CarrierKind.all where reader[kind.name].isPresent {
            kind.check(reader[kind.name])
            parts[kind.name] = TemplateTree(reader[kind.name])
        }
        self.parts = parts
    }
}

/// What a service is to bring to one recipient.
struct Letter: Sendable {
    /// The same each time that the same is sent again: who gets it twice can tell.
    let key: String
    let destination: Destination
    let text: String
    /// What templates say to this kind of service.
    let part: JSON
    let occurrence: Occurrence
}

/// What happened: an event about an object, or a condition of it that came true.
package struct Occurrence: Sendable {
    /// That of the event.
    package let uid: String
    package let trigger: String
    package let reason: String
    package let message: String
    package let isWarning: Bool
    package let at: Timestamp
    /// What it is about, as it is now, but for what the event itself says of it.
    package let subject: JSON
    /// Its analysis runs, where it is a rollout.
    package let runs: [JSON]

    package init(
        uid: String, trigger: String, reason: String, message: String, isWarning: Bool,
        at: Timestamp, subject: JSON, runs: [JSON]
    ) {
        self.uid = uid
        self.trigger = trigger
        self.reason = reason
        self.message = message
        self.isWarning = isWarning
        self.at = at
        self.subject = subject
        self.runs = runs
    }

    /// What conditions and templates see of it.
    package var values: JSON {
        [
            "rollout": subject, "analysisRuns": .array(runs),
            "event": [
                "reason": .string(reason), "message": .string(message),
                "type": .string(isWarning ? "Warning" : "Normal"),
            ],
        ]
    }

    var name: String { subject["metadata"]?["name"]?.string ?? "" }
    package var namespace: String { subject["metadata"]?["namespace"]?.string ?? "" }
}

extension NotificationRules {
    /// What is to be sent so that `destination` knows of `occurrence`, by one condition of the
    /// trigger.
    ///
    /// - Parameter number: that of the condition in its trigger.
    /// - Throws: where no message can be made, which a person must see to.
    package func parcel(
        _ occurrence: Occurrence, _ number: Int, to destination: Destination, now: Timestamp
    ) throws(DeliveryFault) -> Parcel {
        guard let carrier = carriers[destination.service] else {
            throw DeliveryFault("there is no service \"\(destination.service)\" that can be used")
        }
        let conditions = triggers[occurrence.trigger] ?? []
        guard conditions.indices.contains(number) else {
            throw DeliveryFault("the trigger \"\(occurrence.trigger)\" has changed")
        }
        var data = occurrence.values
        data["recipient"] = .string(destination.recipient)
        data["context"] = context
        data["secrets"] = secretValues
        data["time"] = TemplateFunction.time
        data["serviceType"] = .string(carrier.kind.name)
        var text = ""
        var part: JSON = [:]
        for name in conditions[number].send {
            guard let template = templates[name] else {
                throw DeliveryFault("there is no template \"\(name)\" that can be used")
            }
            do throws(TemplateFault) {
                if let message = try template.message?.render(data, now: now), !message.isEmpty {
                    text = message
                }
                let more = try template.parts[carrier.kind.name]?.rendered(data, now: now)
                for (key, value) in more?.object?.members ?? [] { part[key] = value }
            } catch {
                throw DeliveryFault("template \"\(name)\": \(error)")
            }
        }
        let letter = Letter(
            key: number == 0 ? occurrence.uid : "\(occurrence.uid)-\(number)",
            destination: destination, text: text, part: part, occurrence: occurrence)
        return try carrier.parcel(letter)
    }
}

/// Why a message cannot be made or is not taken.
package struct DeliveryFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    init(_ message: String) {
        self.message = message
    }

    package var description: String { message }
}
