import Documents
import KubernetesObjects

// What cannot be of the kinds that run pods. It is told at the door, as a real server does: a
// document that is taken here must not be refused where it counts.
extension Validation {
    static func workloadCauses(_ object: Object, of resource: Resource) -> [StoreError.Cause] {
        switch resource {
        case .deployments, .replicaSets:
            replicaCauses(object) + selectorCauses(object)
                + podCauses(object["spec", "template", "spec"], at: "spec.template.spec")
        case .jobs: podCauses(object["spec", "template", "spec"], at: "spec.template.spec")
        case .pods: podCauses(object.spec, at: "spec")
        case .services: portCauses(object)
        case .ingresses: routeCauses(object)
        default: []
        }
    }

    private static func replicaCauses(_ object: Object) -> [StoreError.Cause] {
        guard let replicas = object["spec", "replicas"]?.int, replicas < 0 else { return [] }
        return [
            invalid("spec.replicas", "\(replicas)", "must be greater than or equal to 0")
        ]
    }

    /// A selector that does not take its own pods would make new ones without end.
    private static func selectorCauses(_ object: Object) -> [StoreError.Cause] {
        guard let json = object["spec", "selector"], let template = object["spec", "template"]
        else { return [] }
        do throws(SelectorError) {
            let labels = template["metadata"]?["labels"]?.strings ?? [:]
            if try LabelSelector(json: json).matches(labels) { return [] }
            return [
                invalid(
                    "spec.template.metadata.labels", template["metadata"]?["labels"]?.text ?? "{}",
                    "`selector` does not match template `labels`")
            ]
        } catch {
            return [invalid("spec.selector", json.text, error.description)]
        }
    }

    private static func podCauses(_ spec: JSON?, at field: String) -> [StoreError.Cause] {
        var names: Set<String> = []
        let ofContainers = ["containers", "initContainers"].flatMap { list in
            (spec?[list]?.array ?? []).enumerated().flatMap { index, container in
                let place = "\(field).\(list)[\(index)]"
                return ["name", "image"].filter { container[$0]?.string?.isEmpty ?? true }
                    .map { required("\(place).\($0)") }
                    + repeated(container, in: &names, at: place)
            }
        }
        var volumes: Set<String> = []
        let ofVolumes = (spec?["volumes"]?.array ?? []).enumerated().flatMap { index, volume in
            let place = "\(field).volumes[\(index)]"
            return repeated(volume, in: &volumes, at: place)
                + (isLabel(volume["name"]?.string ?? "")
                    ? [] : [invalid("\(place).name", volume["name"]?.text ?? "", labelRule)])
        }
        return ofContainers + ofVolumes
    }

    private static func repeated(
        _ json: JSON, in names: inout Set<String>, at place: String
    ) -> [StoreError.Cause] {
        guard let name = json["name"]?.string, !name.isEmpty, !names.insert(name).inserted else {
            return []
        }
        return [
            StoreError.Cause(
                field: "\(place).name", reason: "FieldValueDuplicate",
                message: "Duplicate value: \"\(name)\"")
        ]
    }

    /// Names of volumes become names of directories (RFC 1123).
    private static func isLabel(_ name: String) -> Bool {
        name.count <= 63 && name.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?/) != nil
    }

    private static let labelRule =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
        + "must start and end with an alphanumeric character"

    private static func portCauses(_ object: Object) -> [StoreError.Cause] {
        (object["spec", "ports"]?.array ?? []).enumerated().compactMap { index, port in
            if let number = port["port"]?.int, (1...65_535).contains(number) { return nil }
            return invalid(
                "spec.ports[\(index)].port", port["port"]?.text ?? "0",
                "must be between 1 and 65535, inclusive")
        }
    }

    private static func routeCauses(_ object: Object) -> [StoreError.Cause] {
        let rules = object["spec", "rules"]?.array ?? []
        if rules.isEmpty, object["spec", "defaultBackend"] == nil {
            return [invalid("spec", "", "either `defaultBackend` or `rules` must be specified")]
        }
        return rules.enumerated().flatMap { rule, json in
            (json["http"]?["paths"]?.array ?? []).enumerated().flatMap { index, path in
                pathCauses(path, at: "spec.rules[\(rule)].http.paths[\(index)]")
            }
        }
    }

    private static func pathCauses(_ json: JSON, at field: String) -> [StoreError.Cause] {
        let path = json["path"]?.string ?? ""
        switch json["pathType"]?.string {
        case nil: return [required("\(field).pathType", "pathType must be specified")]
        case "ImplementationSpecific" where path.isEmpty: return []
        case "Exact", "Prefix", "ImplementationSpecific":
            return path.hasPrefix("/")
                ? [] : [invalid("\(field).path", path, "must be an absolute path")]
        case let type?:
            return [
                StoreError.Cause(
                    field: "\(field).pathType", reason: "FieldValueNotSupported",
                    message: "Unsupported value: \"\(type)\": supported values: \"Exact\", "
                        + "\"ImplementationSpecific\", \"Prefix\"")
            ]
        }
    }

    private static func required(_ field: String, _ why: String? = nil) -> StoreError.Cause {
        StoreError.Cause(
            field: field, reason: "FieldValueRequired",
            message: "Required value" + (why.map { ": \($0)" } ?? ""))
    }

    /// What of a pod stays as it began. A node may still be found for it.
    static func podChanges(from old: Object, to new: Object) -> [StoreError.Cause] {
        guard lasting(old.spec ?? [:], or: new.spec ?? [:]) != lasting(new.spec ?? [:], or: nil)
        else { return [] }
        return [
            StoreError.Cause(
                field: "spec", reason: "FieldValueForbidden",
                message: "Forbidden: pod updates may not change fields other than "
                    + "`spec.containers[*].image`, `spec.initContainers[*].image`, "
                    + "`spec.activeDeadlineSeconds` or `spec.tolerations`")
        ]
    }

    /// A spec without what may change; `nodeName` is that of `newer` where it was empty.
    private static func lasting(_ spec: JSON, or newer: JSON?) -> JSON {
        var spec = spec
        for key in ["containers", "initContainers"] {
            guard let containers = spec[key]?.array else { continue }
            spec[key] = .array(
                containers.map { container in
                    var container = container
                    container["image"] = nil
                    return container
                })
        }
        spec["activeDeadlineSeconds"] = nil
        spec["tolerations"] = nil
        if let newer, spec["nodeName"]?.string?.isEmpty ?? true {
            spec["nodeName"] = newer["nodeName"]
        }
        return spec
    }
}
