import Documents
import KubernetesObjects

/// What becomes of the objects that a deleted one owns.
package enum Propagation: String, Sendable {
    case background = "Background"
    case foreground = "Foreground"
    case orphan = "Orphan"
}

// There is no replacing of whole objects: it would take away fields that we do not know.
extension APIClient {
    /// Creates `object` and returns it as the server stored it. Throws `.alreadyExists`, which
    /// after a lost answer may mean our own.
    package func create(
        _ object: Object, of resource: Resource, dryRun: Bool = false
    ) async throws(APIError) -> Object {
        var call = Call(method: "POST", path: resource.path(namespace: object.namespace))
        call.query = [("fieldManager", Self.fieldManager)] + Self.dryRunQuery(dryRun)
        call.body = object.json
        return Object(try await json(call))
    }

    /// Changes an object, or creates it where `patch` is an `.apply` and there is none. Returns it
    /// as stored.
    ///
    /// A patch whose body carries `metadata.resourceVersion` throws `.conflict` where the object
    /// has changed since.
    package func patch(
        _ reference: Reference, _ patch: Patch, subresource: String? = nil, dryRun: Bool = false
    ) async throws(APIError) -> Object {
        var call = Call(method: "PATCH", path: reference.path(subresource))
        switch patch {
        case .apply(_, let manager, let force):
            call.query = [("fieldManager", manager), ("force", force ? "true" : "false")]
        case .merge, .json, .strategic:
            call.query = [("fieldManager", Self.fieldManager)]
        }
        call.query += Self.dryRunQuery(dryRun)
        call.contentType = patch.contentType
        call.body = patch.body
        return Object(try await json(call))
    }

    /// Deletes the object, if it still is the one with that uid and that version (nil: whichever it
    /// is; else `.conflict`). Returns it where it stays for now because of finalizers or a grace
    /// period (nil: its own), nil where it is gone.
    @discardableResult
    package func delete(
        _ reference: Reference, propagation: Propagation = .background, uid: String? = nil,
        resourceVersion: String? = nil, graceSeconds: Int? = nil, dryRun: Bool = false
    ) async throws(APIError) -> Object? {
        var options: JSON = [
            "kind": "DeleteOptions", "apiVersion": "v1",
            "propagationPolicy": .string(propagation.rawValue),
        ]
        options["gracePeriodSeconds"] = graceSeconds.map { .number("\($0)") }
        if uid != nil || resourceVersion != nil {
            var preconditions = JSON.object(JSONObject())
            preconditions["uid"] = uid.map { .string($0) }
            preconditions["resourceVersion"] = resourceVersion.map { .string($0) }
            options["preconditions"] = preconditions
        }
        var call = Call(method: "DELETE", path: reference.path(nil))
        call.query = Self.dryRunQuery(dryRun)
        call.body = options
        let answer = Object(try await json(call))
        return answer.kind == "Status" || answer.deletionTimestamp == nil ? nil : answer
    }

    /// Asks a pod to go. Throws `.conflict` where a disruption budget does not allow it now: to ask
    /// again in a moment helps nobody. Servers before 1.22 know the request by another version.
    package func evict(_ pod: Reference) async throws(APIError) {
        do {
            try await evict(pod, version: "v1")
        } catch .refused(status: 400, _) {
            try await evict(pod, version: "v1beta1")
        }
    }

    private func evict(_ pod: Reference, version: String) async throws(APIError) {
        var call = Call(method: "POST", path: pod.path("eviction"))
        call.body = [
            "apiVersion": .string("policy/\(version)"), "kind": "Eviction",
            "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
        ]
        var once = self
        once.patience = nil
        _ = try await once.json(call)
    }

    /// Puts a pod on a node, as a scheduler does: no patch may write `spec.nodeName`.
    package func bind(_ pod: Reference, to node: String) async throws(APIError) {
        var call = Call(method: "POST", path: pod.path("binding"))
        call.body = [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": ["name": .string(pod.name), "namespace": .string(pod.namespace)],
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        _ = try await json(call)
    }

    private static func dryRunQuery(_ dryRun: Bool) -> [(String, String)] {
        dryRun ? [("dryRun", "All")] : []
    }
}
