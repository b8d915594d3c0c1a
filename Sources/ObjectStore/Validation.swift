import Documents
import KubernetesObjects

/// What an API server checks of every object before it stores it.
enum Validation {
    /// Bytes of all annotations together, as Kubernetes limits them.
    static let annotationsLimit = 256 << 10

    static func causes(in object: Object, of resource: Resource) -> [StoreError.Cause] {
        var causes: [StoreError.Cause] = []
        if let problem = nameProblem(object.name, of: resource) {
            causes.append(invalid("metadata.name", object.name, problem))
        }
        for (key, value) in object.labels.sorted(by: { $0.key < $1.key }) {
            if let problem = Naming.labelKeyProblem(key) {
                causes.append(invalid("metadata.labels", key, problem))
            }
            if let problem = Naming.labelValueProblem(value) {
                causes.append(invalid("metadata.labels", value, problem))
            }
        }
        causes += mapCauses(object.metadata["labels"], at: "metadata.labels")
        causes += mapCauses(object.metadata["annotations"], at: "metadata.annotations")
        var size = 0
        for (key, value) in object.annotations.sorted(by: { $0.key < $1.key }) {
            size += key.utf8.count + value.utf8.count
            if let problem = Naming.labelKeyProblem(key.lowercased()) {
                causes.append(invalid("metadata.annotations", key, problem))
            }
        }
        if size > annotationsLimit {
            causes.append(
                StoreError.Cause(
                    field: "metadata.annotations", reason: "FieldValueTooLong",
                    message: "Too long: may not be more than \(annotationsLimit) bytes"))
        }
        return causes + ownerCauses(object) + workloadCauses(object, of: resource)
    }

    /// Labels and annotations map strings to strings.
    private static func mapCauses(_ value: JSON?, at field: String) -> [StoreError.Cause] {
        guard let value, !value.isNull else { return [] }
        guard let object = value.object else {
            return [invalid(field, value.text, "must be an object of strings")]
        }
        return object.members.filter { $0.value.string == nil }
            .map { invalid("\(field).\($0.key)", $0.value.text, "must be a string; quote it") }
    }

    private static func ownerCauses(_ object: Object) -> [StoreError.Cause] {
        let references = object.metadata["ownerReferences"]?.array ?? []
        var causes: [StoreError.Cause] = []
        for (index, reference) in references.enumerated() {
            for key in ["apiVersion", "kind", "name", "uid"]
            where reference[key]?.string?.isEmpty ?? true {
                causes.append(
                    invalid(
                        "metadata.ownerReferences[\(index)].\(key)", "", "\(key) must not be empty")
                )
            }
        }
        if references.count(where: { $0["controller"]?.bool == true }) > 1 {
            causes.append(
                invalid(
                    "metadata.ownerReferences", "",
                    "Only one reference can have Controller set to true"))
        }
        return causes
    }

    /// Fields that an update changed and that stay as they were created.
    static func causes(
        updating old: Object, to new: Object, of kind: Kind
    ) -> [StoreError.Cause] {
        var causes: [StoreError.Cause] = []
        for path in kind.immutableFields {
            let before = path.reduce(Optional(old.json)) { $0?[$1] }
            let after = path.reduce(Optional(new.json)) { $0?[$1] }
            if let before, before != after {
                causes.append(
                    invalid(path.joined(separator: "."), shown(after), "field is immutable"))
            }
        }
        if kind.resource == .pods { causes += podChanges(from: old, to: new) }
        if old["immutable"]?.bool == true, kind.content(of: old) != kind.content(of: new) {
            causes.append(
                StoreError.Cause(
                    field: "data", reason: "FieldValueForbidden",
                    message: "Forbidden: field is immutable when `immutable` is set"))
        }
        let added = Set(new.finalizers).subtracting(old.finalizers)
        if old.deletionTimestamp != nil, !added.isEmpty {
            let list = added.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
            causes.append(
                StoreError.Cause(
                    field: "metadata.finalizers", reason: "FieldValueForbidden",
                    message: "Forbidden: no new finalizers can be added if the object is being "
                        + "deleted, found new finalizers []string{\(list)}"))
        }
        return causes
    }

    /// A pod template is not shown whole: people put passwords there.
    private static func shown(_ value: JSON?) -> String {
        switch value {
        case nil: "null"
        case .array?, .object?: value?.kindName ?? ""
        default: value?.text ?? ""
        }
    }

    static func invalid(_ field: String, _ value: String, _ problem: String) -> StoreError.Cause {
        StoreError.Cause(field: field, message: "Invalid value: \"\(value)\": \(problem)")
    }

    private static func nameProblem(_ name: String, of resource: Resource) -> String? {
        switch resource {
        case .namespaces: Naming.labelProblem(name)
        case .services: Naming.serviceProblem(name)
        default: Naming.subdomainProblem(name)
        }
    }
}
