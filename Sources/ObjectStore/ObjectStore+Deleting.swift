import Documents
import KubernetesObjects

/// What happens to the objects that an object owns.
package enum Propagation: String, Hashable, Sendable {
    /// The owner goes first, then they.
    case background = "Background"
    /// The owner waits until they are gone.
    case foreground = "Foreground"
    /// They stay, without owner.
    case orphan = "Orphan"
}

/// How to delete.
package struct Deletion: Hashable, Sendable {
    /// Seconds a pod may take to end; nil for the pod's own wish, 0 for at once. Other kinds take
    /// no time.
    package var gracePeriodSeconds: Int?
    package var propagation: Propagation
    /// Only the object with this uid.
    package var uid: String?
    /// Only this version of the object.
    package var resourceVersion: String?

    package init(
        gracePeriodSeconds: Int? = nil, propagation: Propagation = .background, uid: String? = nil,
        resourceVersion: String? = nil
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagation = propagation
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}

extension ObjectStore {
    /// What an API server gives a pod that says nothing of its own.
    package static let defaultGraceSeconds = 30
    static let foregroundFinalizer = "foregroundDeletion"

    /// Deletes an object. With finalizers, or as a pod with a grace period, it is only marked and
    /// stays until the last finalizer is removed, or until it is deleted again with a grace period
    /// of 0. Namespaces and definitions take their content with them.
    ///
    /// - Throws: `NotFound`, `Conflict` (a precondition does not hold), `Forbidden` (the default
    ///   namespace).
    package mutating func delete(
        _ reference: Reference, _ deletion: Deletion = Deletion(), by writer: Writer
    ) throws(StoreError) -> Written {
        try write(by: writer) { store, turn throws(StoreError) in
            let address = try store.address(of: reference)
            let object = try store.get(reference)
            if let uid = deletion.uid, uid != object.uid {
                throw .conflict(
                    reference,
                    "Precondition failed: UID in precondition: \(uid), UID in object meta: "
                        + object.uid)
            }
            if let version = deletion.resourceVersion, version != object.resourceVersion {
                throw .conflict(
                    reference,
                    "Precondition failed: the ResourceVersion in the precondition (\(version)) "
                        + "does not match the ResourceVersion in record "
                        + "(\(object.resourceVersion)). The object might have been modified")
            }
            if reference.resource == .namespaces && reference.name == "default" {
                throw .forbidden(reference, "this namespace may not be deleted")
            }
            let removed = store.remove(address, deletion, &turn)
            return (removed ?? object, false)
        }
    }

    /// Deletes the selected objects of a kind, in one write. Preconditions of `deletion` are not
    /// looked at.
    ///
    /// - Returns: the objects as they are then, and everything that changed.
    /// - Throws: `NotFound` (no such kind), `MethodNotAllowed` for namespaces, which go one by one.
    package mutating func deleteAll(
        _ resource: Resource, matching selection: Selection, _ deletion: Deletion = Deletion(),
        by writer: Writer
    ) throws(StoreError) -> (objects: [Object], changes: [Change]) {
        guard resource != .namespaces else {
            throw StoreError(
                code: 405, reason: "MethodNotAllowed",
                message: "the server does not allow this method on the requested resource")
        }
        let key = try kind(of: resource).key
        let selected = try list(resource, matching: selection).items
        if writer.isDryRun { return (selected, []) }
        var turn = Turn(now: writer.now)
        var objects: [Object] = []
        for object in selected {
            let address = Address(kind: key, namespace: object.namespace, name: object.name)
            // Nil where deleting another one has taken this one with it.
            if let removed = remove(address, deletion, &turn) { objects.append(removed) }
            settle(&turn)
        }
        return (objects, turn.changes)
    }

    /// Removes or marks what lies at `address`; returns it as it is then, nil where nothing lies
    /// there. What goes with it is put on the list of the turn.
    mutating func remove(
        _ address: Address, _ deletion: Deletion, _ turn: inout Turn
    ) -> Object? {
        guard var object = self[address], let kind = kinds[address.kind] else { return nil }
        let dependents = liveDependents(of: object)
        if deletion.propagation == .orphan {
            for dependent in dependents { disown(dependent, from: [object.uid], &turn) }
        }
        let wasDeleting = object.metadata["deletionTimestamp"] != nil
        let grace = kind.isGraceful ? self.grace(of: object, deletion) : 0
        if deletion.propagation == .foreground && !dependents.isEmpty && !wasDeleting {
            object["metadata", "finalizers"] = .array(
                (object.finalizers + [Self.foregroundFinalizer]).map { .string($0) })
        }
        let content = contents(of: address)
        if object.finalizers.isEmpty && grace == 0 && content.isEmpty {
            return finish(object, at: address, &turn)
        }
        let old = object.metadata["deletionGracePeriodSeconds"]?.int ?? 0
        if !wasDeleting || grace < old {
            let asked = object.deletionTimestamp?.advanced(bySeconds: -old) ?? turn.now
            let end = asked.advanced(bySeconds: grace)
            object["metadata", "deletionTimestamp"] = .string(end.rfc3339)
            object["metadata", "deletionGracePeriodSeconds"] = .int(Int64(grace))
            if !wasDeleting && object.generation > 0 {
                object["metadata", "generation"] = .int(Int64(object.generation + 1))
            }
            if kind.resource == .namespaces { object["status", "phase"] = "Terminating" }
            object = put(object, at: address, in: &turn)
        }
        turn.doomed += content.reversed().map { ($0, Deletion()) }
        if deletion.propagation == .foreground {
            let next = Deletion(propagation: .foreground)
            turn.doomed += dependents.reversed().map { ($0, next) }
        }
        return object
    }

    /// The object is gone for good; what follows from that is settled at the end of the write.
    mutating func finish(_ object: Object, at address: Address, _ turn: inout Turn) -> Object {
        let last = take(object, at: address, in: &turn)
        turn.removed.append((address, last))
        return last
    }

    private func grace(of pod: Object, _ deletion: Deletion) -> Int {
        // A pod that has ended needs no time.
        let phase = pod.status?["phase"]?.string
        if phase == "Succeeded" || phase == "Failed" { return 0 }
        let wanted =
            deletion.gracePeriodSeconds ?? pod.spec?["terminationGracePeriodSeconds"]?.int
            ?? Self.defaultGraceSeconds
        return max(0, wanted)
    }
}
