import Documents

/// Whether an event is part of the normal course or something a person should look at.
package enum EventType: String, Hashable, Sendable {
    case normal = "Normal"
    case warning = "Warning"
}

extension Object {
    /// Bytes of an event's message that an API server takes.
    package static let eventMessageLimit = 1024

    /// A core/v1 Event about `subject`. `name` must be unique in the namespace; Kubernetes' clients
    /// append a number to the subject's name. A message longer than an API server takes is cut.
    package static func event(
        named name: String, about subject: Object, reason: String, message: String,
        type: EventType = .normal, at now: Timestamp, component: String = "rollouts-controller"
    ) -> Object {
        // Events about objects without a namespace live in `default`.
        let namespace = subject.namespace.isEmpty ? "default" : subject.namespace
        var involved: JSON = [
            "apiVersion": .string(subject.apiVersion), "kind": .string(subject.kind),
            "name": .string(subject.name),
        ]
        if !subject.namespace.isEmpty { involved["namespace"] = .string(subject.namespace) }
        if !subject.uid.isEmpty { involved["uid"] = .string(subject.uid) }
        if !subject.resourceVersion.isEmpty {
            involved["resourceVersion"] = .string(subject.resourceVersion)
        }
        return Object([
            "apiVersion": "v1", "kind": "Event",
            "metadata": ["name": .string(name), "namespace": .string(namespace)],
            "involvedObject": involved,
            "reason": .string(reason),
            "message": .string(message.cut(toBytes: eventMessageLimit)),
            "type": .string(type.rawValue),
            "source": ["component": .string(component)],
            "reportingComponent": .string(component),
            "reportingInstance": "",
            "firstTimestamp": .string(now.rfc3339),
            "lastTimestamp": .string(now.rfc3339),
            "count": 1,
            "eventTime": .null,
        ])
    }

    /// This event as it is after happening once more.
    package func repeated(at now: Timestamp) -> Object {
        var event = self
        event["count"] = .int(Int64((self["count"]?.int ?? 1) + 1))
        event["lastTimestamp"] = .string(now.rfc3339)
        return event
    }
}
