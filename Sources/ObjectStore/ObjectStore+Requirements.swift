import Documents
import KubernetesObjects

// What a write must fulfil before it is looked at further.
extension ObjectStore {
    /// Objects name their type; a request for another type is a mistake of the caller.
    func requireSameType(_ object: Object, as resource: Resource) throws(StoreError) {
        guard object.json.object != nil else {
            throw .badRequest("the body must be an object, found \(object.json.kindName)")
        }
        if let metadata = object.json["metadata"], metadata.object == nil, !metadata.isNull {
            throw .badRequest("metadata must be an object, found \(metadata.kindName)")
        }
        guard object.apiVersion.isEmpty || object.apiVersion == resource.apiVersion else {
            throw .badRequest(
                "the API version in the data (\(object.apiVersion)) does not match the expected "
                    + "API version (\(resource.apiVersion))")
        }
        guard object.kind.isEmpty || object.kind == resource.kind else {
            throw .badRequest(
                "the kind in the data (\(object.kind)) does not match the expected kind "
                    + "(\(resource.kind))")
        }
    }

    /// A patch cannot rename or move an object.
    func requireSameIdentity(_ object: Object, as reference: Reference) throws(StoreError) {
        if object.name != reference.name && !(object.name.isEmpty && object.metadata["name"] == nil)
        {
            throw .badRequest(
                "the name of the object (\(object.name)) does not match the name on the URL "
                    + "(\(reference.name))")
        }
        guard object.namespace.isEmpty || object.namespace == reference.namespace else {
            throw .badRequest(
                "the namespace of the object (\(object.namespace)) does not match the namespace "
                    + "on the URL (\(reference.namespace))")
        }
    }

    /// A patch cannot make an object another one.
    func requireSameBirth(
        _ object: Object, as old: Object, _ reference: Reference
    ) throws(StoreError) {
        guard object.uid.isEmpty || object.uid == old.uid else {
            throw .invalid(
                reference,
                [Validation.invalid("metadata.uid", object.uid, "field is immutable")])
        }
    }

    /// The namespace that a new object goes to; "" for kinds without.
    func namespace(
        of object: Object, in resource: Resource, asked: String
    ) throws(StoreError) -> String {
        guard resource.isNamespaced else { return "" }
        guard asked.isEmpty || object.namespace.isEmpty || asked == object.namespace else {
            throw .badRequest(
                "the namespace of the provided object does not match the namespace sent on the "
                    + "request (\(object.namespace) and \(asked))")
        }
        let namespace = asked.isEmpty ? object.namespace : asked
        guard !namespace.isEmpty else {
            throw .badRequest("an empty namespace may not be set during creation; name one")
        }
        return namespace
    }

    func requireOpenNamespace(_ name: String, for reference: Reference) throws(StoreError) {
        guard reference.resource.isNamespaced else { return }
        let namespace = Reference(.namespaces, namespace: "", name: name)
        guard try get(namespace).metadata["deletionTimestamp"] == nil else {
            var error = StoreError.forbidden(
                reference,
                "unable to create new content in namespace \(name) because it is being terminated")
            error.causes = [
                StoreError.Cause(
                    field: "metadata.namespace", reason: "NamespaceTerminating",
                    message: "namespace \(name) is being terminated")
            ]
            throw error
        }
    }

    /// `prefix` with five characters that come from a new uid; another uid where the name is taken.
    func freeName(
        _ prefix: String, _ kind: String, _ namespace: String, newUID: () -> String
    ) -> String {
        // As many tries as an API server makes; the last one then answers `AlreadyExists`.
        let tries = 8
        var name = ""
        for _ in 0..<tries {
            name = prefix.prefix(Naming.subdomainLimit - 5) + Self.suffix(of: newUID())
            if self[Address(kind: kind, namespace: namespace, name: name)] == nil { break }
        }
        return name
    }

    /// Five characters without vowels, so that no words appear (FNV-1a).
    private static func suffix(of uid: String) -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        var hash = uid.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return String(
            (0..<5).map { _ in
                defer { hash /= UInt64(alphabet.count) }
                return alphabet[Int(hash % UInt64(alphabet.count))]
            })
    }
}
