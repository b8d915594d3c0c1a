import Documents

/// One thing that happened to a rollout, kept after the cluster has forgotten it.
package struct Record: Hashable, Sendable {
    /// What happened.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A revision started.
        case revision
        /// A step was completed.
        case step
        /// The weight that was asked of the routers changed.
        case weight
        /// The share that a load or a metric showed.
        case observedWeight
        /// One measurement of an analysis run, with query, value and verdict.
        case measurement
        /// An analysis run ended.
        case run
        case abort
        case promotion
        /// Somebody asked for something: promote, abort, retry, pause, resume, undo.
        case command
        /// A Kubernetes event about the rollout.
        case event
    }

    /// Says what the record is about, the same each time it is made from the same facts: writing it
    /// twice changes nothing, and a file that was lost is filled again from what the cluster still
    /// knows.
    package var key: String
    package var at: Timestamp
    package var namespace: String
    package var rollout: String
    /// Nil where it is not known.
    package var revision: Int?
    package var kind: Kind
    /// One sentence.
    package var summary: String
    /// Who is said to have done it; nil where nobody is named.
    package var actor: String?
    /// Why, in that person's words.
    package var reason: String?
    /// Numbers and names: weights asked and observed, query, value, threshold, verdict.
    package var details: JSON

    package init(
        key: String, at: Timestamp, namespace: String, rollout: String, revision: Int? = nil,
        kind: Kind,
        summary: String, actor: String? = nil, reason: String? = nil,
        details: JSON = .object(JSONObject())
    ) {
        self.key = key
        self.at = at
        self.namespace = namespace
        self.rollout = rollout
        self.revision = revision
        self.kind = kind
        self.summary = summary
        self.actor = actor
        self.reason = reason
        self.details = details
    }

    /// The record as `sluice history -o json` prints it.
    package var json: JSON {
        var object = JSONObject([
            ("at", .string(at.rfc3339Micro)), ("namespace", .string(namespace)),
            ("rollout", .string(rollout)), ("kind", .string(kind.rawValue)),
            ("summary", .string(summary)),
        ])
        object["revision"] = revision.map { .int(Int64($0)) }
        object["actor"] = actor.map(JSON.string)
        object["reason"] = reason.map(JSON.string)
        object["details"] = details
        object["key"] = .string(key)
        return .object(object)
    }
}
