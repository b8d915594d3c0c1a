import Documents
import KubernetesObjects

/// Where a release has led, in the numbers of releases instead of hashes.
struct Ending: Hashable {
    var phase: String
    var isAborted: Bool
    var step: Int?
    var weight: Int
    var revision: Int
    var stable: Int?
    var current: Int?
    /// Which release each service leads to.
    var services: [String: Int?]
    /// Available pods of each release that has some, or wants some.
    var pods: [Int: Int]
    /// The phases of the runs of the current release.
    var runs: [String]

    static func healthy(_ release: Int, steps: Int) -> Ending {
        Ending(
            phase: "Healthy", isAborted: false, step: steps, weight: 0,
            revision: release, stable: release, current: release,
            services: [Lane.name: release, Lane.canaryService: release], pods: [release: 2],
            runs: release == 1 ? [] : ["Successful"])
    }

    static func aborted(_ release: Int, stable: Int) -> Ending {
        Ending(
            phase: "Degraded", isAborted: true, step: 0, weight: 0, revision: release,
            stable: stable, current: release,
            services: [Lane.name: stable, Lane.canaryService: stable], pods: [stable: 2],
            runs: ["Failed"])
    }
}

extension Lane {
    var status: JSON? { record.present(.rollouts)[Self.name]?.status }

    /// What the rollout says of itself.
    var message: String { status?["message"]?.string ?? "" }

    /// The weight that nginx has.
    var weight: Int { record.present(.ingresses)[Self.canaryIngress]?.weight ?? 0 }

    /// Where everything stands now; nil where there is no rollout.
    var ending: Ending? {
        let sets = record.present(.replicaSets).values
        guard let rollout = record.present(.rollouts)[Self.name] else { return nil }
        func release(_ hash: JSON?) -> Int? {
            sets.first { $0.labels[Self.hashLabel] == hash?.string }?.release
        }
        let status = rollout.status
        let services = record.present(.services).mapValues {
            release($0.spec?["selector"]?[Self.hashLabel])
        }
        let inUse = sets.filter {
            $0.spec?["replicas"]?.int != 0 || $0.status?["replicas"]?.int != 0
        }
        let runs = record.present(.analysisRuns).values.filter {
            $0.labels[Self.hashLabel] == status?["currentPodHash"]?.string
        }
        return Ending(
            phase: status?["phase"]?.string ?? "", isAborted: status?["abort"]?.bool ?? false,
            step: status?["currentStepIndex"]?.int,
            weight: weight,
            revision: rollout.annotations["rollout.argoproj.io/revision"].flatMap { Int($0) } ?? 0,
            stable: release(status?["stableRS"]), current: release(status?["currentPodHash"]),
            services: services,
            pods: inUse.reduce(into: [:]) {
                $0[$1.release ?? 0] = $1.status?["availableReplicas"]?.int ?? 0
            },
            runs: runs.map { $0.status?["phase"]?.string ?? "" }.sorted())
    }

    static let hashLabel = "rollouts-pod-template-hash"
}

/// What a story must not have shown on its way, whatever happened.
extension Lane {
    /// The weights that nginx was given, without repetitions.
    func weights(since start: Int) -> [Int] {
        record.events(of: .ingresses, since: start)
            .filter { $0.object.name == Self.canaryIngress }
            .map { $0.isDeletion ? 0 : $0.object.weight }
            .reduce(into: []) { course, weight in
                if course.last != weight { course.append(weight) }
            }
    }

    /// A line for each thing that went wrong with `release`.
    func offences(of release: Int, since start: Int) -> [String] {
        let sets = record.events(of: .replicaSets, since: start)
            .filter { $0.object.release == release }
        let made = Set(sets.map(\.object.uid)).count
        var offences = made == 1 ? [] : ["\(made) replica sets for one release"]
        // Those of former releases are cleaned up meanwhile.
        let hash = sets.first?.object.labels[Self.hashLabel]
        let runs = record.events(of: .analysisRuns, since: start)
            .filter { $0.object.labels[Self.hashLabel] == hash }
        let ran = Set(runs.map(\.object.uid)).count
        if ran > 1 { offences.append("\(ran) runs for one step") }
        let judged = runs.first { $0.object.status?["phase"]?.string == "Successful" }
        let ready = sets.first { $0.object.status?["availableReplicas"]?.int ?? 0 > 0 }
        for event in record.events(of: .ingresses, since: start)
        where event.object.name == Self.canaryIngress {
            let weight = event.object.weight
            if weight > 0, event.version < ready?.version ?? .max {
                offences.append("a weight of \(weight) for pods that are not ready")
            }
            if weight > 50, event.version < judged?.version ?? .max {
                offences.append("a weight of \(weight) before it was judged")
            }
        }
        return offences
    }
}

extension Object {
    fileprivate var weight: Int {
        annotations["nginx.ingress.kubernetes.io/canary-weight"].flatMap { Int($0) } ?? 0
    }

    /// The number of the release that a ReplicaSet belongs to.
    var release: Int? {
        let containers = spec?["template"]?["spec"]?["containers"]
        return (containers?[0]?["image"]?.string?.split(separator: ":").last).flatMap { Int($0) }
    }
}
