import Documents

/// Server-side apply: an object becomes what a manager wants in the fields it names; fields it
/// named before and no longer names go away; fields of other managers are conflicts unless `force`
/// takes them.
struct ServerSideApply {
    let resource: Resource
    let owner: FieldOwner
    let force: Bool

    private var keys: MergeKeys { MergeKeys(resource) }

    func applied(_ wanted: JSON, to object: Object, at now: Timestamp?) throws(PatchError) -> Object
    {
        guard wanted["metadata"]?["managedFields"]?.array?.isEmpty ?? true else {
            throw .malformed(
                "metadata.managedFields must be nil; remove it from the applied object")
        }
        try requireKeys(in: wanted, at: [])
        var ownership = FieldOwnership(object)
        let fields = FieldSet(ownedIn: wanted, keys: keys)
        let taken = try takeover(of: fields, wanted: wanted, live: object.json, ownership)
        ownership.take(taken, exceptFrom: owner)

        let others = ownership.entries.filter { $0.owner != owner }
        let kept = others.reduce(fields) { $0.union($1.fields) }
        let before = ownership.fields(of: owner)
        let pruned = before.pruning(object.json, keeping: kept, at: [], keys: keys) ?? object.json
        let merged = pruned.applying(wanted, at: [], keys: keys)

        ownership.set(fields, of: owner, at: now)
        var result = Object(merged)
        result["metadata", "managedFields"] = ownership.json
        return result
    }

    /// The fields that go over from other managers to this one.
    private func takeover(
        of fields: FieldSet, wanted: JSON, live: JSON, _ ownership: FieldOwnership
    ) throws(PatchError) -> FieldSet {
        var taken = FieldSet()
        var conflicts: [FieldConflict] = []
        for entry in ownership.entries where entry.owner != owner {
            let shared = fields.intersection(entry.fields)
            let changed = shared.changed(from: live, to: wanted, at: [], keys: keys)
            taken = taken.union(changed)
            let name = entry.owner.text(at: entry.time)
            conflicts += changed.paths.map { FieldConflict(manager: name, field: $0) }
        }
        guard conflicts.isEmpty || force else { throw .conflicts(conflicts) }
        return taken
    }

    /// Elements of keyed lists must carry their keys, each key once.
    private func requireKeys(in value: JSON, at path: [String]) throws(PatchError) {
        switch value {
        case .object(let object):
            for (key, child) in object.members { try requireKeys(in: child, at: path + [key]) }
        case .array(let values):
            guard case .map(let names) = keys.list(at: path) else { return }
            var seen: Set<String> = []
            for element in values {
                guard let step = FieldSet.Step.element(element, keys: names) else {
                    throw .malformed(
                        "an element of .\(path.joined(separator: ".")) lacks one of its keys: "
                            + names.joined(separator: ", "))
                }
                guard seen.insert(step).inserted else {
                    throw .malformed(
                        ".\(path.joined(separator: ".")): duplicate entries for key "
                            + "\(step.dropFirst(2))"
                    )
                }
                try requireKeys(in: element, at: path)
            }
        default:
            return
        }
    }
}

extension FieldSet {
    /// The leaves of this set whose values differ between two documents.
    func changed(from old: JSON, to new: JSON, at path: [String], keys: MergeKeys) -> FieldSet {
        var result = FieldSet()
        if children.isEmpty {
            result.isMember = isMember && !isContainer(old, new, at: path, keys: keys) && old != new
            return result
        }
        for (step, child) in children {
            let name = String(step.dropFirst(2))
            let isField = step.hasPrefix("f:")
            let before = old.child(at: step, path: path, keys: keys)
            let after = new.child(at: step, path: path, keys: keys)
            guard let before, let after else { continue }
            let changed = child.changed(
                from: before, to: after, at: isField ? path + [name] : path, keys: keys)
            if !changed.isEmpty { result.children[step] = changed }
        }
        return result
    }

    /// Whether both values are containers that merge: owning such a one says nothing about its
    /// content.
    private func isContainer(_ old: JSON, _ new: JSON, at path: [String], keys: MergeKeys) -> Bool {
        switch (old, new) {
        case (.object, .object): !keys.isAtomicMap(at: path)
        case (.array, .array): keys.list(at: path) != .atomic
        default: false
        }
    }

    /// `value` without the fields of this set that are not in `kept`; nil where nothing is left of
    /// it.
    func pruning(_ value: JSON, keeping kept: FieldSet, at path: [String], keys: MergeKeys) -> JSON?
    {
        switch value {
        case .object(var object) where !keys.isAtomicMap(at: path):
            let wasEmpty = object.isEmpty
            for (step, child) in children where step.hasPrefix("f:") {
                let name = String(step.dropFirst(2))
                guard let member = object[name] else { continue }
                if let still = kept.children[step] {
                    object[name] =
                        child.pruning(member, keeping: still, at: path + [name], keys: keys)
                        ?? member
                } else {
                    object[name] = child.pruning(
                        member, keeping: FieldSet(), at: path + [name], keys: keys)
                }
            }
            let isGone = object.isEmpty && !kept.isMember && (!wasEmpty || isMember)
            return isGone ? .none : .some(.object(object))
        case .array(let values) where keys.list(at: path) != .atomic:
            let rest = values.compactMap { element -> JSON? in
                guard let step = element.step(at: path, keys: keys), let child = children[step]
                else {
                    return element
                }
                guard let still = kept.children[step] else { return nil }
                return child.pruning(element, keeping: still, at: path, keys: keys) ?? element
            }
            return rest.isEmpty && kept.isEmpty ? .none : .some(.array(rest))
        default:
            return isMember && kept.isEmpty ? .none : .some(value)
        }
    }
}

extension JSON {
    /// The step that names this element of the list at `path`; nil where the list is replaced
    /// whole.
    fileprivate func step(at path: [String], keys: MergeKeys) -> String? {
        switch keys.list(at: path) {
        case .atomic: nil
        case .set: FieldSet.Step.value(self)
        case .map(let names): FieldSet.Step.element(self, keys: names)
        }
    }

    fileprivate func child(at step: String, path: [String], keys: MergeKeys) -> JSON? {
        step.hasPrefix("f:")
            ? self[String(step.dropFirst(2))]
            : array?.first { $0.step(at: path, keys: keys) == step }
    }

    /// This value with `wanted` merged in: maps by member, lists as their kind says, the rest
    /// replaced.
    fileprivate func applying(_ wanted: JSON, at path: [String], keys: MergeKeys) -> JSON {
        switch (self, wanted) {
        case (.object(var object), .object(let changes)) where !keys.isAtomicMap(at: path):
            for (key, value) in changes.members {
                object[key] = object[key]?.applying(value, at: path + [key], keys: keys) ?? value
            }
            return .object(object)
        case (.array(let old), .array(let new)) where keys.list(at: path) != .atomic:
            return .array(Self.joined(old, new, at: path, keys: keys))
        default:
            return wanted
        }
    }

    /// Elements that both lists have are merged and stand in the order of `new`; elements that only
    /// the old list has keep their place relative to those.
    private static func joined(
        _ old: [JSON], _ new: [JSON], at path: [String], keys: MergeKeys
    ) -> [JSON] {
        let oldSteps = old.map { $0.step(at: path, keys: keys) }
        let newSteps = new.map { $0.step(at: path, keys: keys) }
        let named = Set(newSteps.compactMap { $0 })
        var result: [JSON] = []
        var next = 0
        for (element, step) in zip(old, oldSteps) {
            guard let step, named.contains(step) else {
                result.append(element)
                continue
            }
            // Everything wanted up to and including this element comes here, in the wanted order.
            guard let index = newSteps[next...].firstIndex(of: step) else { continue }
            result += (next...index).map { merged($0) }
            next = index + 1
        }
        return result + (next..<new.count).map { merged($0) }

        func merged(_ index: Int) -> JSON {
            guard let live = oldSteps.firstIndex(of: newSteps[index]) else { return new[index] }
            return old[live].applying(new[index], at: path, keys: keys)
        }
    }
}
