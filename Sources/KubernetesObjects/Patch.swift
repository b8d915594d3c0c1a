import Documents

/// A change of an object in one of the four forms that the API takes.
package enum Patch: Hashable, Sendable {
    /// JSON merge patch, RFC 7386: `null` removes.
    case merge(JSON)
    /// JSON patch, RFC 6902: a list of operations, all or none.
    case json([JSON])
    /// Kubernetes' strategic merge patch: lists of known types merge by key.
    case strategic(JSON)
    /// Server-side apply: the fields that `manager` wants; `force` takes fields from other
    /// managers.
    case apply(JSON, manager: String, force: Bool)

    /// The media type that names the form on the wire.
    package var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .json: "application/json-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    /// What travels as the body.
    package var body: JSON {
        switch self {
        case .merge(let body), .strategic(let body), .apply(let body, _, _): body
        case .json(let operations): .array(operations)
        }
    }
}
