import Documents
import KubernetesObjects

/// Keeps as many pods as a ReplicaSet asks for, whoever owns it.
///
/// Differs from Kubernetes in two ways: pods without an owner are not adopted, and every missing
/// pod is created in one turn (up to `burst`), since there is no scheduler to protect.
enum ReplicaSets {
    /// The most pods created or deleted in one turn of a set, as in Kubernetes.
    static let burst = 500

    /// One turn of `set`; `pods` are all those it controls.
    static func turn(_ set: Object, pods: [Object], at now: Timestamp) -> Outcome {
        guard set.deletionTimestamp == nil else { return Outcome() }
        let active = pods.filter(\.isActivePod)
        let wanted = max(0, set["spec", "replicas"]?.int ?? 1)
        var outcome = Outcome(
            active.count < wanted
                ? creations(min(wanted - active.count, burst), of: set)
                : deletions(min(active.count - wanted, burst), among: active))
        let seconds = set["spec", "minReadySeconds"]?.int ?? 0
        let available = active.compactMap { $0.availableFrom(minReadySeconds: seconds) }
        if let next = available.filter({ $0 > now }).min() { outcome.wake(at: next) }
        let status = status(
            of: set, active: active, available: available.filter { $0 <= now }.count)
        if let patch = statusPatch(from: set.status, to: status) {
            outcome.writes.append(
                .patchStatus(
                    Reference(.replicaSets, namespace: set.namespace, name: set.name), patch))
        }
        return outcome
    }

    private static func creations(_ count: Int, of set: Object) -> [Write] {
        let pod = pod(
            from: set["spec", "template"] ?? [:], namespace: set.namespace, prefix: "\(set.name)-",
            owner: set.ownerReference(of: .replicaSets))
        return Array(repeating: .create(.pods, pod), count: count)
    }

    private static func deletions(_ count: Int, among pods: [Object]) -> [Write] {
        pods.sorted { isCheaperToLose($0, $1) }.prefix(count).map {
            .delete(Reference(.pods, namespace: $0.namespace, name: $0.name), uid: $0.uid)
        }
    }

    private static func status(of set: Object, active: [Object], available: Int) -> JSON {
        let labels = set["spec", "template", "metadata", "labels"]?.strings ?? [:]
        let labelled = active.filter { pod in labels.allSatisfy { pod.labels[$0.key] == $0.value } }
        let ready = active.filter(\.isReady)
        var status = set.status ?? [:]
        status["replicas"] = count(active.count)
        status["fullyLabeledReplicas"] = active.isEmpty ? .none : count(labelled.count)
        status["readyReplicas"] = ready.isEmpty ? .none : count(ready.count)
        status["availableReplicas"] = available == 0 ? .none : count(available)
        status["observedGeneration"] = count(set.generation)
        return status
    }

    /// Which of two pods goes first: the one that serves less, then the younger.
    static func isCheaperToLose(_ left: Object, _ right: Object) -> Bool {
        func cost(_ pod: Object) -> Int {
            pod.annotations["controller.kubernetes.io/pod-deletion-cost"].flatMap(Int.init) ?? 0
        }
        func rank(_ pod: Object) -> [Int64] {
            [
                pod.podAddress == nil ? 0 : 1,
                pod.podPhase == "Running" ? 1 : 0,
                pod.isReady ? 1 : 0,
                Int64(cost(pod)),
                -(pod.readySince?.milliseconds ?? 0),
                -Int64(pod.restartCount),
                -(pod.creationTimestamp?.milliseconds ?? 0),
            ]
        }
        let a = rank(left)
        let b = rank(right)
        return a == b ? left.name > right.name : a.lexicographicallyPrecedes(b)
    }
}

/// A pod as a template says, controlled by `owner` and named by the server.
func pod(from template: JSON, namespace: String, prefix: String, owner: OwnerReference) -> Object {
    var metadata = JSONObject()
    metadata["generateName"] = .string(prefix)
    metadata["namespace"] = .string(namespace)
    metadata["labels"] = template["metadata"]?["labels"]
    metadata["annotations"] = template["metadata"]?["annotations"]
    metadata["ownerReferences"] = [owner.json]
    return Object([
        "apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata),
        "spec": template["spec"] ?? [:],
    ])
}

/// A number as a JSON value.
func count(_ number: Int) -> JSON { .int(Int64(number)) }
