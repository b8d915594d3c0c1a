import Documents

/// A Kubernetes object as a value over its document: what nobody here knows is kept and written
/// back as it was.
package struct Object: Hashable, Sendable {
    package var json: JSON

    package init(_ json: JSON) {
        self.json = json
    }

    package var apiVersion: String { json["apiVersion"]?.string ?? "" }
    package var kind: String { json["kind"]?.string ?? "" }
    package var metadata: JSON { json["metadata"] ?? .object(JSONObject()) }
    package var spec: JSON? { json["spec"] }
    package var status: JSON? { json["status"] }

    package var name: String { metadata["name"]?.string ?? "" }
    /// Empty for kinds without namespaces.
    package var namespace: String { metadata["namespace"]?.string ?? "" }
    package var uid: String { metadata["uid"]?.string ?? "" }
    /// Opaque, compared for equality only. Empty on an object that no server has stored.
    package var resourceVersion: String { metadata["resourceVersion"]?.string ?? "" }
    /// Raised by the server at each change of the spec. 0 on an object that no server has stored.
    package var generation: Int { metadata["generation"]?.int ?? 0 }
    package var labels: [String: String] { metadata["labels"]?.strings ?? [:] }
    package var annotations: [String: String] { metadata["annotations"]?.strings ?? [:] }
    /// The whole number in an annotation, of the size that numbers of the API have (32 bits); nil
    /// for anything else. Anybody may write anything there, and sums of it must not overflow.
    package func number(_ annotation: String) -> Int? {
        annotations[annotation].flatMap { Int32($0) }.map { Int($0) }
    }
    package var creationTimestamp: Timestamp? {
        metadata["creationTimestamp"]?.string.flatMap(Timestamp.init(rfc3339:))
    }
    package var deletionTimestamp: Timestamp? {
        metadata["deletionTimestamp"]?.string.flatMap(Timestamp.init(rfc3339:))
    }
    package var finalizers: [String] { metadata["finalizers"]?.array?.compactMap(\.string) ?? [] }
    package var owners: [OwnerReference] {
        metadata["ownerReferences"]?.array?.compactMap(OwnerReference.init) ?? []
    }
    /// The one owner that manages this object; nil where nobody does.
    package var controllerOwner: OwnerReference? { owners.first(where: \.isController) }

    /// The value at `path` of keys; setting creates the objects on the way, nil removes the last
    /// member.
    package subscript(path: String...) -> JSON? {
        get { path.reduce(Optional(json)) { $0?[$1] } }
        set { json.set(newValue, at: path[...]) }
    }
}

/// A line of `metadata.ownerReferences`.
package struct OwnerReference: Hashable, Sendable {
    package var apiVersion: String
    package var kind: String
    package var name: String
    package var uid: String
    package var isController: Bool
    package var blocksOwnerDeletion: Bool

    package init(
        apiVersion: String, kind: String, name: String, uid: String, isController: Bool = true,
        blocksOwnerDeletion: Bool = true
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.isController = isController
        self.blocksOwnerDeletion = blocksOwnerDeletion
    }

    package init?(_ json: JSON) {
        guard let uid = json["uid"]?.string, let name = json["name"]?.string else { return nil }
        self.init(
            apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "",
            name: name,
            uid: uid, isController: json["controller"]?.bool ?? false,
            blocksOwnerDeletion: json["blockOwnerDeletion"]?.bool ?? false)
    }

    package var json: JSON {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": .string(uid), "controller": .bool(isController),
            "blockOwnerDeletion": .bool(blocksOwnerDeletion),
        ]
    }
}

extension JSON {
    /// Sets or (nil) removes the member under `path`, creating the objects on the way where
    /// something is set.
    package mutating func set(_ value: JSON?, at path: ArraySlice<String>) {
        guard let key = path.first else {
            if let value { self = value }
            return
        }
        if path.count == 1 {
            if value == nil && object == nil { return }
            self[key] = value
            return
        }
        if value == nil && self[key] == nil { return }
        var member = self[key] ?? .object(JSONObject())
        member.set(value, at: path.dropFirst())
        self[key] = member
    }
}
