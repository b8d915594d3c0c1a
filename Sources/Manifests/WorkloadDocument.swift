import Documents
import KubernetesObjects
import Rollouts

/// `spec.workloadRef`: the object that a rollout takes its template from (rollout-semantics §1.2).
package struct WorkloadReference: Hashable, Sendable {
    /// Which object it is.
    package let reference: Reference
    /// When its own pods go.
    package let scaleDown: Workload.ScaleDown
}

/// What is known of the object that a rollout refers to.
package enum WorkloadSeen: Hashable, Sendable {
    case found(Object)
    case missing
    /// The server does not let us read it, and says why.
    case unreadable(String)
    /// It may be there: nobody looked beyond these documents.
    case elsewhere
}

/// Deployments, ReplicaSets and PodTemplates as rollouts see them.
package enum WorkloadDocument {
    /// The kinds that may be referred to.
    package static let kinds: [Resource] = [.deployments, .replicaSets, .podTemplates]

    /// What `rollout` refers to; nil for nothing, or a kind that cannot be referred to.
    package static func reference(in rollout: Object) -> Reference? {
        guard let json = rollout.spec?["workloadRef"], let name = json["name"]?.string, name != "",
            let kind = kinds.first(where: { $0.isMeant(by: json) })
        else { return nil }
        return Reference(kind, namespace: rollout.namespace, name: name)
    }

    /// The value of `scaleDown` on the wire.
    static let scaleDowns: [(text: String, value: Workload.ScaleDown)] = [
        ("never", .never), ("onsuccess", .onSuccess), ("progressively", .progressively),
    ]

    /// The keys that lead to the pod template.
    package static func templatePath(of resource: Resource) -> [String] {
        resource == .podTemplates ? ["template"] : ["spec", "template"]
    }

    static func template(of workload: Object) -> JSON? {
        workload.kind == Resource.podTemplates.kind
            ? workload.json["template"] : workload.spec?["template"]
    }

    static func selector(of workload: Object) -> JSON? { workload.spec?["selector"] }

    /// The workload as `decide` sees it.
    package static func parse(
        _ object: Object, _ reference: WorkloadReference, for rollout: Object
    ) -> Workload {
        var workload = Workload(generation: object.generation)
        workload.scaleDown = reference.scaleDown
        // What another object sizes would be sized back at once.
        let isFree = reference.reference.resource == .deployments || object.controllerOwner == nil
        if reference.reference.resource != .podTemplates, isFree {
            workload.desired = object.spec?["replicas"]?.int ?? 1
        }
        let owner = object.annotations[Keys.adoptedBy]
        if owner == rollout.uid {
            workload.adoption =
                object.number(Keys.podsBefore).map { .underWay(before: $0) } ?? .over
        } else if owner != nil, workload.desired == 0 {
            // Another rollout has taken it over, and two do not mark it in turns.
            workload.adoption = .over
        }
        return workload
    }

    /// The patch that sizes a workload and marks how far `rollout` has taken it over.
    package static func scaling(
        to count: Int, _ adoption: Workload.Adoption, by rollout: Object
    ) -> JSON {
        var before: JSON = .null
        if case .underWay(let count) = adoption { before = .string(String(count)) }
        let owner: JSON = adoption == .untouched ? .null : .string(rollout.uid)
        return [
            "metadata": [
                "annotations": .object(
                    JSONObject([(Keys.adoptedBy, owner), (Keys.podsBefore, before)]))
            ],
            "spec": ["replicas": .int(Int64(count))],
        ]
    }
}

extension Resource {
    /// Whether `json` names this kind: of its group, in any version.
    fileprivate func isMeant(by json: JSON) -> Bool {
        json["kind"]?.string == kind && (json["apiVersion"]?.string ?? "").group == group
    }
}

extension String {
    /// The group in an `apiVersion`; empty for the core group.
    var group: String {
        guard let slash = firstIndex(of: "/") else { return "" }
        return String(self[..<slash])
    }
}

extension Object {
    /// This rollout with the template, and where it has none the selector, of what it refers to. It
    /// is never written anywhere: whoever wrote the document left them out.
    package func resolved(by seen: WorkloadSeen) -> Object {
        guard case .found(let workload) = seen, WorkloadDocument.reference(in: self) != nil else {
            return self
        }
        var resolved = self
        resolved["spec", "template"] = WorkloadDocument.template(of: workload)
        if spec?["selector"].map(\.isNull) ?? true {
            resolved["spec", "selector"] = WorkloadDocument.selector(of: workload)
        }
        return resolved
    }
}
