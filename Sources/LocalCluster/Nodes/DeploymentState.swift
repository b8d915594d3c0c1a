import Documents
import KubernetesObjects

/// A Deployment and its ReplicaSets, read once for a turn.
struct DeploymentState {
    /// One ReplicaSet of the Deployment.
    struct Set {
        let object: Object
        /// `spec.replicas`, as the turn goes on.
        var wanted: Int
        let available: Int
        /// Pods that exist, those that are leaving included.
        let present: Int
        let revision: Int
        var reference: Reference {
            Reference(.replicaSets, namespace: object.namespace, name: object.name)
        }
    }

    let deployment: Object
    private(set) var old: [Set]
    private(set) var new: Set?

    init(_ deployment: Object, sets: [Object], pods: [Object]) {
        self.deployment = deployment
        let present = byController(pods)
        let sorted = sets.filter { $0.deletionTimestamp == nil }.sorted {
            ($0.creationTimestamp?.milliseconds ?? 0, $0.name)
                < ($1.creationTimestamp?.milliseconds ?? 0, $1.name)
        }
        let all = sorted.map { set in
            Set(
                object: set, wanted: set["spec", "replicas"]?.int ?? 1,
                available: set["status", "availableReplicas"]?.int ?? 0,
                present: present[set.uid]?.count ?? 0,
                revision: set.annotations[Deployments.revision].flatMap(Int.init) ?? 0)
        }
        let template = deployment["spec", "template"] ?? [:]
        let current = all.firstIndex {
            sameTemplate($0.object["spec", "template"] ?? [:], template)
        }
        new = current.map { all[$0] }
        old = all.indices.filter { $0 != current }.map { all[$0] }
    }

    var all: [Set] { old + (new.map { [$0] } ?? []) }
    var reference: Reference {
        Reference(.deployments, namespace: deployment.namespace, name: deployment.name)
    }
    var replicas: Int { max(0, deployment["spec", "replicas"]?.int ?? 1) }
    var isPaused: Bool { deployment["spec", "paused"]?.bool ?? false }
    var isRecreate: Bool { deployment["spec", "strategy", "type"]?.string == "Recreate" }
    var historyLimit: Int { deployment["spec", "revisionHistoryLimit"]?.int ?? 10 }
    var collisions: Int { deployment["status", "collisionCount"]?.int ?? 0 }
    var oldPodsRemain: Bool { old.contains { $0.present > 0 } }

    /// The revision of the current template: the next one where it is new or was taken up again.
    var revision: Int {
        let newestOld = old.map(\.revision).max() ?? 0
        return max(new?.revision ?? 0, newestOld + 1)
    }

    var maxSurge: Int {
        isRecreate ? 0 : portion("maxSurge", roundingUp: true)
    }

    var maxUnavailable: Int {
        if isRecreate { return replicas }
        let count = min(portion("maxUnavailable", roundingUp: false), replicas)
        // Both at nothing would stop every update.
        return count == 0 && maxSurge == 0 ? 1 : count
    }

    /// A number or a percentage of `replicas` in `spec.strategy.rollingUpdate`; 25 % where it is
    /// absent.
    private func portion(_ field: String, roundingUp: Bool) -> Int {
        let value = deployment["spec", "strategy", "rollingUpdate", field]
        if let number = value?.int { return max(0, number) }
        let text = value?.string ?? "25%"
        guard text.hasSuffix("%"), let percent = Int(text.dropLast()), percent >= 0 else {
            return 0
        }
        let hundredths = replicas * min(percent, 1000)
        return (hundredths + (roundingUp ? 99 : 0)) / 100
    }

    /// The size that the new ReplicaSet may have now.
    var newReplicas: Int {
        let size = new?.wanted ?? 0
        if size >= replicas { return replicas }
        let total = all.reduce(0) { $0 + $1.wanted }
        let room = replicas + maxSurge - total
        return room <= 0 ? size : min(size + room, replicas)
    }

    /// Everything runs the current template and serves, and nothing else is left.
    var isComplete: Bool {
        guard let new else { return false }
        return new.wanted == replicas && new.available >= replicas
            && !old.contains { $0.wanted > 0 }
            && deployment["status", "observedGeneration"]?.int ?? 0 >= deployment.generation
    }

    func annotations(revision: Int) -> [String: String] {
        [
            Deployments.revision: String(revision), Deployments.desired: String(replicas),
            Deployments.most: String(replicas + maxSurge),
        ]
    }

    /// Asks for another size of a ReplicaSet, and remembers it for the rest of the turn.
    mutating func scale(_ set: Set, to size: Int) -> [Write] {
        guard set.wanted != size else { return [] }
        if new?.object.uid == set.object.uid { new?.wanted = size }
        for index in old.indices where old[index].object.uid == set.object.uid {
            old[index].wanted = size
        }
        return [.patch(set.reference, ["spec": ["replicas": count(size)]])]
    }
}

/// Whether two templates make the same pods: the label that tells them apart does not count.
func sameTemplate(_ left: JSON, _ right: JSON) -> Bool {
    func plain(_ template: JSON) -> JSON {
        var template = template
        var metadata = template["metadata"] ?? [:]
        metadata["creationTimestamp"] = nil
        var labels = metadata["labels"] ?? [:]
        labels[Deployments.hash] = nil
        metadata["labels"] = labels
        template["metadata"] = metadata
        return template
    }
    return plain(left) == plain(right)
}
