import Documents
import KubernetesObjects

extension DeploymentState {
    /// The first ReplicaSet of the current template, under a name that no other template has taken.
    func firstSet() -> (set: Object, collisions: Int) {
        let template = deployment["spec", "template"] ?? [:]
        let taken = all.map(\.object.name)
        var count = collisions
        while taken.contains("\(deployment.name)-\(templateHash(template, collisions: count))") {
            count += 1
        }
        return (newSet(template, hash: templateHash(template, collisions: count)), count)
    }

    private func newSet(_ template: JSON, hash: String) -> Object {
        let label: JSON = .string(hash)
        var labelled = template
        labelled.set(label, at: ["metadata", "labels", Deployments.hash])
        var selector = deployment["spec", "selector"] ?? [:]
        selector.set(label, at: ["matchLabels", Deployments.hash])
        var spec: JSON = [
            "replicas": .int(Int64(isRecreate && oldPodsRemain ? 0 : newReplicas)),
            "selector": selector, "template": labelled,
        ]
        spec["minReadySeconds"] = deployment["spec", "minReadySeconds"]
        let inherited = deployment.annotations.filter {
            $0.key != "kubectl.kubernetes.io/last-applied-configuration"
                && $0.key != Deployments.revision
        }
        let own = inherited.merging(annotations(revision: revision)) { _, mine in mine }
        return Object([
            "apiVersion": "apps/v1", "kind": "ReplicaSet",
            "metadata": [
                "name": .string("\(deployment.name)-\(hash)"),
                "namespace": .string(deployment.namespace),
                "labels": labelled["metadata"]?["labels"] ?? [:],
                "annotations": JSON(strings: own),
                "ownerReferences": [deployment.ownerReference(of: .deployments).json],
            ],
            "spec": spec,
        ])
    }
}

/// Ten characters that stand for a template: FNV-1a over its text with sorted members, in letters
/// that spell no word.
func templateHash(_ template: JSON, collisions: Int) -> String {
    var bytes: [UInt8] = []
    template.sortedMembers.write(to: &bytes)
    if collisions > 0 { bytes += Array("#\(collisions)".utf8) }
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    var number = fnv1a(bytes)
    var text = ""
    for _ in 0..<10 {
        text.append(alphabet[Int(number % UInt64(alphabet.count))])
        number /= UInt64(alphabet.count)
    }
    return text
}

/// The 64-bit FNV-1a hash: small, well spread, and the same in every process.
func fnv1a(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

extension JSON {
    /// The same value with the members of every object in the order of their names.
    var sortedMembers: JSON {
        switch self {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.sorted { $0.key < $1.key }.map {
                        ($0.key, $0.value.sortedMembers)
                    }))
        case .array(let values): .array(values.map(\.sortedMembers))
        default: self
        }
    }
}
