import Documents

/// Who owns fields of an object: one entry of `metadata.managedFields` without its fields.
struct FieldOwner: Hashable {
    enum Operation: String {
        case apply = "Apply"
        case update = "Update"
    }

    let manager: String
    let operation: Operation
    let apiVersion: String
    /// Nil for the object's main endpoint.
    let subresource: String?

    /// The owner in the words of conflict messages.
    func text(at time: String?) -> String {
        var text = "\"\(manager)\""
        if let subresource { text += " with subresource \"\(subresource)\"" }
        if operation == .update {
            text += " using \(apiVersion)"
            if let time { text += " at \(time)" }
        }
        return text
    }
}

/// A field that server-side apply would change and that another manager owns.
package struct FieldConflict: Hashable, Sendable {
    /// The other manager as messages name it: `"kubectl" using apps/v1`.
    package let manager: String
    /// The field: `.spec.replicas`.
    package let field: String

    package init(manager: String, field: String) {
        self.manager = manager
        self.field = field
    }

    /// The sentence that an API server answers with.
    package static func message(of conflicts: [FieldConflict]) -> String {
        if conflicts.count == 1 {
            return "Apply failed with 1 conflict: conflict with \(conflicts[0].manager): "
                + conflicts[0].field
        }
        let groups = Dictionary(grouping: conflicts, by: \.manager).sorted { $0.key < $1.key }
        let lines = groups.flatMap { manager, conflicts in
            ["conflicts with \(manager):"] + conflicts.map { "- \($0.field)" }
        }
        return "Apply failed with \(conflicts.count) conflicts: " + lines.joined(separator: "\n")
    }
}

/// The entries of `metadata.managedFields`: which manager owns which fields.
struct FieldOwnership {
    struct Entry {
        var owner: FieldOwner
        var time: String?
        var fields: FieldSet
    }

    /// What Kubernetes keeps of managers that update: older ones are joined under one name.
    static let updaterLimit = 10
    static let joinedName = "ancient-changes"

    var entries: [Entry]

    init(_ object: Object) {
        entries = (object.metadata["managedFields"]?.array ?? []).compactMap { json in
            guard let manager = json["manager"]?.string,
                let operation = json["operation"]?.string.flatMap(FieldOwner.Operation.init)
            else { return nil }
            let owner = FieldOwner(
                manager: manager, operation: operation,
                apiVersion: json["apiVersion"]?.string ?? "",
                subresource: json["subresource"]?.string)
            return Entry(
                owner: owner, time: json["time"]?.string,
                fields: FieldSet(json: json["fieldsV1"] ?? [:]))
        }
    }

    func fields(of owner: FieldOwner) -> FieldSet {
        entries.first { $0.owner == owner }?.fields ?? FieldSet()
    }

    /// Gives `owner` exactly `fields`; the time changes only where the fields do.
    mutating func set(_ fields: FieldSet, of owner: FieldOwner, at now: Timestamp?) {
        if let index = entries.firstIndex(where: { $0.owner == owner }) {
            guard entries[index].fields != fields else { return }
            entries[index].fields = fields
            entries[index].time = now?.rfc3339
        } else {
            entries.append(Entry(owner: owner, time: now?.rfc3339, fields: fields))
        }
    }

    /// Takes `fields` from everybody but `owner` (nil: from everybody).
    mutating func take(_ fields: FieldSet, exceptFrom owner: FieldOwner?) {
        guard !fields.isEmpty else { return }
        for index in entries.indices where entries[index].owner != owner {
            entries[index].fields = entries[index].fields.subtracting(fields)
        }
    }

    /// The value of `metadata.managedFields`; nil where nobody owns anything.
    var json: JSON? {
        var kept = entries.filter { !$0.fields.isEmpty }
        var updaters = kept.filter { $0.owner.operation == .update }
        while updaters.count > Self.updaterLimit {
            let oldest = updaters.sorted { ($0.time ?? "") < ($1.time ?? "") }.prefix(2)
            let joined = oldest.reduce(FieldSet()) { $0.union($1.fields) }
            let owner = FieldOwner(
                manager: Self.joinedName, operation: .update,
                apiVersion: oldest.last?.owner.apiVersion ?? "", subresource: nil)
            let owners = Set(oldest.map(\.owner))
            kept.removeAll { owners.contains($0.owner) }
            kept.insert(Entry(owner: owner, time: oldest.last?.time, fields: joined), at: 0)
            updaters = kept.filter { $0.owner.operation == .update }
        }
        return kept.isEmpty ? .none : .some(.array(kept.map(Self.json)))
    }

    private static func json(of entry: Entry) -> JSON {
        var json: JSON = [
            "manager": .string(entry.owner.manager),
            "operation": .string(entry.owner.operation.rawValue),
            "apiVersion": .string(entry.owner.apiVersion),
        ]
        if let time = entry.time { json["time"] = .string(time) }
        json["fieldsType"] = "FieldsV1"
        json["fieldsV1"] = entry.fields.json
        if let subresource = entry.owner.subresource { json["subresource"] = .string(subresource) }
        return json
    }
}

extension Object {
    /// This object, about to replace `old`, with `metadata.managedFields` that say what `manager`
    /// changed by an update or a patch. `old` is nil for a new object.
    package func recordingOwner(
        _ manager: String, replacing old: Object?, resource: Resource, subresource: String? = nil,
        at now: Timestamp?
    ) -> Object {
        let keys = MergeKeys(resource)
        let before = old.map { FieldSet(ownedIn: $0.json, keys: keys) } ?? FieldSet()
        let after = FieldSet(ownedIn: json, keys: keys)
        let removed = before.subtracting(after)
        var changed = after.subtracting(before)
        if let old {
            changed = changed.union(
                after.intersection(before).changed(from: old.json, to: json, at: [], keys: keys))
        }
        let owner = FieldOwner(
            manager: manager, operation: .update, apiVersion: resource.apiVersion,
            subresource: subresource)
        var ownership = FieldOwnership(old ?? Object([:]))
        ownership.take(removed, exceptFrom: nil)
        ownership.take(changed, exceptFrom: owner)
        if !changed.isEmpty {
            ownership.set(ownership.fields(of: owner).union(changed), of: owner, at: now)
        }
        var result = self
        result["metadata", "managedFields"] = ownership.json
        return result
    }
}
