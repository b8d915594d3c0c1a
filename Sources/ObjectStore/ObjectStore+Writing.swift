import Documents
import KubernetesObjects

extension ObjectStore {
    /// Stores a new object with a uid, a creation time and, for `generateName`, a name. A status is
    /// dropped where the kind has an endpoint for it. An object whose owners are all gone already
    /// is removed again.
    ///
    /// - Parameter namespace: as the request's path names it; "" takes the object's own.
    /// - Throws: `NotFound` (no such namespace or kind), `AlreadyExists`, `Invalid` (with causes),
    ///   `BadRequest`, `Forbidden` (the namespace is being deleted, the store is full).
    package mutating func create(
        _ object: Object, in resource: Resource, namespace: String = "", by writer: Writer
    ) throws(StoreError) -> Written {
        try write(by: writer) { store, turn throws(StoreError) in
            try store.insert(
                object, in: resource, namespace: namespace, by: writer, recorded: true, &turn)
        }
    }

    /// Replaces an object. With a `resourceVersion` only that version is replaced. What is the
    /// server's stays: uid, creation and deletion time, generation; status on the main endpoint,
    /// all else on `status`.
    ///
    /// - Throws: `NotFound`, `Conflict` (another version or uid), `Invalid`, `BadRequest`.
    package mutating func update(
        _ reference: Reference, to object: Object, at endpoint: Endpoint = .main, by writer: Writer
    ) throws(StoreError) -> Written {
        try write(by: writer) { store, turn throws(StoreError) in
            let kind = try store.kind(of: reference.resource)
            let old = try store.get(reference)
            try store.requireSameType(object, as: kind.resource)
            guard object.name == reference.name else {
                throw .badRequest(
                    "the name of the object (\(object.name)) does not match the name on the URL "
                        + "(\(reference.name))")
            }
            if object.resourceVersion.isEmpty && kind.needsVersion {
                throw .invalid(
                    reference,
                    [
                        StoreError.Cause(
                            field: "metadata.resourceVersion",
                            message: "Invalid value: 0x0: must be specified for an update")
                    ])
            }
            return try store.replace(
                old, with: object, reference, at: endpoint, by: writer, recorded: true, &turn)
        }
    }

    /// Changes an object by a patch. A `metadata.resourceVersion` in the patch is a precondition.
    /// Server-side apply creates an object that does not exist.
    ///
    /// - Throws: `NotFound`, `Conflict` (version, or fields of other managers), `Invalid`,
    ///   `BadRequest`, `UnsupportedMediaType` (strategic merge patch of a custom resource).
    package mutating func patch(
        _ reference: Reference, with patch: Patch, at endpoint: Endpoint = .main, by writer: Writer
    ) throws(StoreError) -> Written {
        try write(by: writer) { store, turn throws(StoreError) in
            let kind = try store.kind(of: reference.resource)
            let patch = patch.cut(to: endpoint, of: kind.resource)
            var recorded = true
            if case .apply = patch { recorded = false }
            let old = store[try store.address(of: reference)]
            guard old != nil || (!recorded && endpoint == .main) else { throw .notFound(reference) }
            let base = old ?? Object([:])
            let subresource = endpoint == .main ? nil : endpoint.rawValue
            let new: Object
            do throws(PatchError) {
                new = try patch.applied(
                    to: base, resource: kind.resource, at: writer.now, subresource: subresource)
            } catch {
                throw StoreError(error, on: reference)
            }
            try store.requireSameType(new, as: kind.resource)
            try store.requireSameIdentity(new, as: reference)
            guard let old else {
                return try store.insert(
                    new, in: reference.resource, namespace: reference.namespace, by: writer,
                    recorded: false, &turn)
            }
            if recorded { try store.requireSameBirth(new, as: old, reference) }
            return try store.replace(
                old, with: new, reference, at: endpoint, by: writer, recorded: recorded, &turn)
        }
    }

    /// Runs one write and what follows from it. A dry run works on a copy.
    mutating func write(
        by writer: Writer,
        _ body: (inout ObjectStore, inout Turn) throws(StoreError) -> (Object, isNew: Bool)
    ) throws(StoreError) -> Written {
        var turn = Turn(now: writer.now)
        if writer.isDryRun {
            var copy = self
            let (object, isNew) = try body(&copy, &turn)
            return Written(object: object, changes: [], isNew: isNew)
        }
        let (object, isNew) = try body(&self, &turn)
        settle(&turn)
        return Written(object: object, changes: turn.changes, isNew: isNew)
    }

    private mutating func insert(
        _ object: Object, in resource: Resource, namespace: String, by writer: Writer,
        recorded: Bool, _ turn: inout Turn
    ) throws(StoreError) -> (Object, isNew: Bool) {
        let kind = try kind(of: resource)
        try requireSameType(object, as: resource)
        let space = try self.namespace(of: object, in: resource, asked: namespace)
        var new = object
        if new.name.isEmpty, let prefix = new.metadata["generateName"]?.string, !prefix.isEmpty {
            new["metadata", "name"] = .string(
                freeName(prefix, kind.key, space, newUID: writer.newUID))
        }
        let reference = Reference(resource, namespace: space, name: new.name)
        let address = Address(kind: kind.key, namespace: space, name: new.name)
        if new.name.isEmpty {
            throw .invalid(
                reference,
                [
                    StoreError.Cause(
                        field: "metadata.name", reason: "FieldValueRequired",
                        message: "Required value: name or generateName is required")
                ])
        }
        try requireOpenNamespace(space, for: reference)
        guard self[address] == nil else { throw .alreadyExists(reference) }
        guard object.resourceVersion.isEmpty else {
            throw .badRequest("resourceVersion should not be set on objects to be created")
        }
        let causes = Validation.causes(in: new, of: resource)
        guard causes.isEmpty else { throw .invalid(reference, causes) }
        guard objectCount < objectLimit else {
            throw .forbidden(
                reference, "exceeded quota: the store takes \(objectLimit) objects")
        }
        new.begin(kind, namespace: space, uid: writer.newUID(), at: writer.now)
        new = try writer.admit(new, nil, reference)
        if recorded {
            new["metadata", "managedFields"] = .none
            if let manager = writer.manager {
                new = new.recordingOwner(
                    manager, replacing: nil, resource: resource, at: writer.now)
            }
        }
        if resource == .customResourceDefinitions { new = define(new, at: writer.now) }
        let stored = put(new, at: address, in: &turn)
        removeIfOrphan(address, &turn)
        return (stored, true)
    }

    mutating func replace(
        _ old: Object, with new: Object, _ reference: Reference, at endpoint: Endpoint,
        by writer: Writer, recorded: Bool, subresource: String? = nil, _ turn: inout Turn
    ) throws(StoreError) -> (Object, isNew: Bool) {
        let kind = try kind(of: reference.resource)
        let address = try address(of: reference)
        if endpoint == .status && !kind.resource.hasStatus { throw .unknownResource }
        if !new.uid.isEmpty && new.uid != old.uid {
            throw .conflict(
                reference,
                "Precondition failed: UID in precondition: \(new.uid), UID in object meta: "
                    + old.uid
            )
        }
        if !new.resourceVersion.isEmpty && new.resourceVersion != old.resourceVersion {
            throw .conflict(reference)
        }
        var next = try writer.admit(new.continuing(old, kind, at: endpoint), old, reference)
        let causes =
            Validation.causes(in: next, of: kind.resource)
            + Validation.causes(updating: old, to: next, of: kind)
        guard causes.isEmpty else { throw .invalid(reference, causes) }
        if kind.hasGeneration && kind.content(of: next) != kind.content(of: old) {
            next["metadata", "generation"] = .int(Int64(old.generation + 1))
        }
        if recorded {
            next["metadata", "managedFields"] = old.metadata["managedFields"]
            if let manager = writer.manager {
                next = next.recordingOwner(
                    manager, replacing: old, resource: kind.resource,
                    subresource: subresource ?? (endpoint == .main ? nil : endpoint.rawValue),
                    at: writer.now)
            }
        }
        guard next != old else { return (old, false) }
        if next.isFinished && isVacant(address) {
            return (finish(next, at: address, &turn), false)
        }
        let stored = put(next, at: address, in: &turn)
        if kind.resource == .customResourceDefinitions { define(stored) }
        if old.owners != stored.owners {
            turn.released += old.owners.map(\.uid)
            removeIfOrphan(address, &turn)
        }
        return (stored, false)
    }
}

extension Object {
    /// What the server fills in when an object begins.
    fileprivate mutating func begin(_ kind: Kind, namespace: String, uid: String, at now: Timestamp)
    {
        dropNulls()
        self["apiVersion"] = .string(kind.resource.apiVersion)
        self["kind"] = .string(kind.resource.kind)
        self["metadata", "namespace"] = namespace.isEmpty ? .none : .some(.string(namespace))
        self["metadata", "uid"] = .string(uid)
        self["metadata", "creationTimestamp"] = .string(now.rfc3339)
        self["metadata", "deletionTimestamp"] = .none
        self["metadata", "deletionGracePeriodSeconds"] = .none
        self["metadata", "selfLink"] = .none
        self["metadata", "generation"] = kind.hasGeneration ? .some(.int(1)) : .none
        if kind.resource.hasStatus { self["status"] = .none }
        if kind.resource == .pods { self["status"] = ["phase": "Pending"] }
        if kind.resource == .namespaces {
            self["spec"] = ["finalizers": ["kubernetes"]]
            self["status"] = ["phase": "Active"]
            self["metadata", "labels", "kubernetes.io/metadata.name"] = .string(name)
        }
    }

    /// This object as the next state of `old`: what is not the writer's to change is as it was.
    fileprivate func continuing(_ old: Object, _ kind: Kind, at endpoint: Endpoint) -> Object {
        if endpoint == .status {
            var next = old
            next["status"] = self["status"]
            next["metadata", "managedFields"] = metadata["managedFields"]
            return next
        }
        var next = self
        next.dropNulls()
        next["apiVersion"] = old.json["apiVersion"]
        next["kind"] = old.json["kind"]
        for key in [
            "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "selfLink",
            "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] { next["metadata", key] = old.metadata[key] }
        if kind.resource.hasStatus { next["status"] = old.json["status"] }
        return next
    }

    /// Metadata that is `null` or empty is the same as none.
    private mutating func dropNulls() {
        guard case .object(var members) = metadata else { return }
        members.members.removeAll { key, value in
            value.isNull || value.object?.isEmpty == true || value.array?.isEmpty == true
        }
        self["metadata"] = .object(members)
    }

    /// Whether nothing keeps this deleted object any longer.
    var isFinished: Bool {
        metadata["deletionTimestamp"] != nil && finalizers.isEmpty
            && (metadata["deletionGracePeriodSeconds"]?.int ?? 0) == 0
    }
}

extension Patch {
    /// An applied object owns what it names, so what the endpoint ignores must not be in it.
    fileprivate func cut(to endpoint: Endpoint, of resource: Resource) -> Patch {
        guard case .apply(var wanted, let manager, let force) = self, resource.hasStatus else {
            return self
        }
        if endpoint == .main {
            wanted["status"] = .none
        } else if let object = wanted.object {
            let kept: Set<String> = ["apiVersion", "kind", "metadata", "status"]
            wanted = .object(JSONObject(object.members.filter { kept.contains($0.key) }))
            wanted["metadata"]?["labels"] = .none
            wanted["metadata"]?["annotations"] = .none
        }
        return .apply(wanted, manager: manager, force: force)
    }
}
