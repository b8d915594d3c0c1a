import Documents
import KubernetesObjects

// The scale subresource: how many replicas, the same way for every kind.
extension ObjectStore {
    /// The `Scale` of an object.
    package func scale(of reference: Reference) throws(StoreError) -> Object {
        let (object, paths) = try scalable(reference)
        return Self.scale(of: object, paths)
    }

    /// Sets the number of replicas to that of `scale`. With a `resourceVersion` only that version
    /// is scaled.
    ///
    /// - Returns: the write; its object is the scaled object, whose `Scale` is `scale(of:)`.
    package mutating func updateScale(
        _ reference: Reference, to scale: Object, by writer: Writer
    ) throws(StoreError) -> Written {
        try write(by: writer) { store, turn throws(StoreError) in
            let (object, paths) = try store.scalable(reference)
            return try store.setScale(
                of: object, reference, to: scale, paths, by: writer, &turn)
        }
    }

    /// Changes the number of replicas by a patch of the `Scale`.
    package mutating func patchScale(
        _ reference: Reference, with patch: Patch, by writer: Writer
    ) throws(StoreError) -> Written {
        try write(by: writer) { store, turn throws(StoreError) in
            let (object, paths) = try store.scalable(reference)
            let scale: Object
            do throws(PatchError) {
                scale = try patch.applied(
                    to: Self.scale(of: object, paths), resource: Self.scaleResource, at: writer.now)
            } catch {
                throw StoreError(error, on: reference)
            }
            return try store.setScale(
                of: object, reference, to: scale, paths, by: writer, &turn)
        }
    }

    private static let scaleResource = Resource(
        group: "autoscaling", version: "v1", kind: "Scale", plural: "scales")

    private func scalable(_ reference: Reference) throws(StoreError) -> (Object, ScalePaths) {
        guard let paths = try kind(of: reference.resource).scale else { throw .unknownResource }
        return (try get(reference), paths)
    }

    private mutating func setScale(
        of object: Object, _ reference: Reference, to scale: Object, _ paths: ScalePaths,
        by writer: Writer, _ turn: inout Turn
    ) throws(StoreError) -> (Object, isNew: Bool) {
        try requireSameType(scale, as: Self.scaleResource)
        try requireSameIdentity(scale, as: reference)
        // Go's clients leave out a zero.
        let wanted = scale.spec?["replicas"] ?? 0
        guard let replicas = wanted.int, replicas >= 0, replicas <= Int32.max else {
            throw .invalid(
                reference,
                [
                    Validation.invalid(
                        "spec.replicas", wanted.text, "should be a non-negative integer")
                ])
        }
        var next = object
        next.json.set(.int(Int64(replicas)), at: paths.specReplicas[...])
        next["metadata", "resourceVersion"] =
            scale.resourceVersion.isEmpty ? .none : .some(.string(scale.resourceVersion))
        next["metadata", "uid"] = scale.uid.isEmpty ? .none : .some(.string(scale.uid))
        return try replace(
            object, with: next, reference, at: .main, by: writer, recorded: true,
            subresource: "scale", &turn)
    }

    private static func scale(of object: Object, _ paths: ScalePaths) -> Object {
        var metadata = JSONObject()
        for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[key] = object.metadata[key]
        }
        func value(_ path: [String]) -> JSON? { path.reduce(Optional(object.json)) { $0?[$1] } }
        // A missing number means one replica, the default of every kind that scales.
        let wanted = value(paths.specReplicas)?.int ?? 1
        let running = value(paths.statusReplicas)?.int ?? 0
        var status: JSON = ["replicas": .int(Int64(running))]
        if let selector = selector(of: object, paths) { status["selector"] = .string(selector) }
        return Object([
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": ["replicas": .int(Int64(wanted))], "status": status,
        ])
    }

    private static func selector(of object: Object, _ paths: ScalePaths) -> String? {
        if let path = paths.selector {
            return path.reduce(Optional(object.json)) { $0?[$1] }?.string
        }
        do {
            return try LabelSelector(json: object.spec?["selector"] ?? .null).description
        } catch {
            // A selector nobody can read selects nothing that could be counted.
            return nil
        }
    }
}
