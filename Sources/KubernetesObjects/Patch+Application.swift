import Documents

/// Why a patch cannot be applied, named by what the server answers.
package enum PatchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The patch itself is no patch of its form: 400.
    case malformed(String)
    /// The patch is well formed but does not fit this object: 422.
    case refused(String)
    /// This kind of object does not take this form of patch: 415.
    case unsupported(String)
    /// Other managers own fields that server-side apply would change: 409.
    case conflicts([FieldConflict])

    package var description: String {
        switch self {
        case .malformed(let message), .refused(let message), .unsupported(let message): message
        case .conflicts(let conflicts): FieldConflict.message(of: conflicts)
        }
    }
}

extension Patch {
    /// Depth of nested values that a patch may have. Kubernetes objects stay below 40.
    package static let depthLimit = 200

    /// The object as this patch leaves it. Nothing but the patch is applied: what a server restores
    /// afterwards (uid, generation, status of another endpoint) is the caller's part.
    ///
    /// `now` is written to the `managedFields` entry of a server-side apply; without it the entry
    /// has no time.
    package func applied(
        to object: Object, resource: Resource, at now: Timestamp? = nil, subresource: String? = nil
    ) throws(PatchError) -> Object {
        guard body.isShallow(within: Self.depthLimit) else {
            throw .malformed("the patch is nested deeper than \(Self.depthLimit) levels")
        }
        switch self {
        case .merge(let patch):
            guard patch.object != nil else {
                throw .malformed("a merge patch must be an object, found \(patch.kindName)")
            }
            return Object(object.json.merged(with: patch))
        case .json(let operations):
            return Object(try JSONPatch(operations).applied(to: object.json))
        case .strategic(let patch):
            guard !resource.isCustom else { throw .unsupported(Self.strategicRefusal) }
            guard patch.object != nil else {
                throw .malformed(
                    "a strategic merge patch must be an object, found \(patch.kindName)")
            }
            return Object(try StrategicMerge(resource).merged(object.json, with: patch))
        case .apply(let wanted, let manager, let force):
            guard !manager.isEmpty else {
                throw .malformed("fieldManager is required for apply patch; name one")
            }
            guard wanted.object != nil else {
                throw .malformed("an apply patch must be an object, found \(wanted.kindName)")
            }
            let owner = FieldOwner(
                manager: manager, operation: .apply, apiVersion: resource.apiVersion,
                subresource: subresource)
            return try ServerSideApply(resource: resource, owner: owner, force: force)
                .applied(wanted, to: object, at: now)
        }
    }

    private static let strategicRefusal =
        "the body of the request was in an unknown format - accepted media types include: "
        + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
}

extension JSON {
    /// This value after the JSON merge patch `patch`, RFC 7386.
    package func merged(with patch: JSON) -> JSON {
        guard case .object(let changes) = patch else { return patch }
        var result = object ?? JSONObject()
        for (key, value) in changes.members {
            // `none` written out: a bare nil beside a JSON value would be the JSON null.
            result[key] = value.isNull ? .none : .some((result[key] ?? .null).merged(with: value))
        }
        return .object(result)
    }

    /// Whether no value in this one lies deeper than `levels`.
    package func isShallow(within levels: Int) -> Bool {
        guard levels > 0 else { return false }
        switch self {
        case .array(let values): return values.allSatisfy { $0.isShallow(within: levels - 1) }
        case .object(let object):
            return object.members.allSatisfy { $0.value.isShallow(within: levels - 1) }
        default: return true
        }
    }
}
