import Documents
import KubernetesObjects
import Rollouts

extension RolloutParser {
    /// Checks the reference; nil where it leads to no template (rollout-semantics §1.2, §8.1).
    mutating func workload(_ reader: Reader) -> WorkloadReference? {
        guard reader.isPresent else { return nil }
        reader.allowOnly(["apiVersion", "kind", "name", "scaleDown"])
        let template = root["spec"]["template"]
        if hasTemplateOfItsOwn {
            template.contradict(
                "template must be empty for workload reference rollout",
                remedy: "remove spec.template, or spec.workloadRef")
        }
        let scaleDown = scaleDown(reader["scaleDown"])
        guard let name = reader["name"].nonEmptyString() else {
            reader["name"].require(remedy: "name the object that has the pod template")
            return nil
        }
        guard let reference = WorkloadDocument.reference(in: object) else {
            let group = (reader["apiVersion"].string() ?? "").group
            let kind = reader["kind"].string() ?? ""
            reader.contradict(
                "workload of type \(group)/\(kind) is not supported",
                remedy: "refer to an apps/v1 Deployment or ReplicaSet, or to a v1 PodTemplate")
            return nil
        }
        let kind = reference.resource
        let type = kind.group.isEmpty ? kind.plural : "\(kind.plural).\(kind.group)"
        let place = object.namespace.isEmpty ? "" : "\(object.namespace)/"
        switch workloadSeen {
        case .found, .elsewhere: break
        case .missing:
            reader.contradict(
                "\(type) \"\(place)\(name)\" not found",
                remedy: "create the \(kind.kind) \(name), or correct the reference")
        case .unreadable(let why):
            reader.contradict(
                "\(type) \"\(place)\(name)\" cannot be read: \(why)",
                remedy: "let the controller get \(type)")
        }
        return WorkloadReference(reference: reference, scaleDown: scaleDown)
    }

    /// Typed clients write an empty template where there is none.
    private var hasTemplateOfItsOwn: Bool {
        guard let template = object.spec?["template"], !template.isNull else { return false }
        return TemplateMeaning(template) != TemplateMeaning(.object(JSONObject()))
            && TemplateMeaning(template) != TemplateMeaning(["spec": [:]])
    }

    private func scaleDown(_ reader: Reader) -> Workload.ScaleDown {
        guard let text = reader.nonEmptyString() else { return .never }
        if let known = WorkloadDocument.scaleDowns.first(where: { $0.text == text }) {
            return known.value
        }
        let supported = WorkloadDocument.scaleDowns.map { "\"\($0.text)\"" }
            .joined(separator: ", ")
        reader.refuse(
            "Unsupported value: \"\(text)\": supported values: \(supported)",
            remedy: "write one of them")
        return .never
    }
}
