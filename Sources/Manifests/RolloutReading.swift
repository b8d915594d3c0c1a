import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// What was read of a Rollout object, kept for its next version: nearly always that differs in its
/// status only, and it is the spec, with the meaning and the hashes of its template, that takes
/// time to read.
package struct RolloutReading: Sendable {
    /// What the object says.
    package private(set) var parsed: ParsedRollout
    /// All of the object that a reading of its spec depends on.
    private let said: JSON
    /// The templates of ReplicaSets, and whether they mean the same as the rollout's.
    private var compared: [(template: JSON, isSame: Bool)] = []

    /// Reads `object`, the spec only where it is another one than `former` was read from.
    package init(
        _ object: Object, workload: WorkloadSeen = .missing, routers: [RouterKind],
        plugins: Plugins = .none, after former: RolloutReading? = nil
    ) {
        let status = StatusDocument.parse(object.status)
        said = Self.said(by: object, workload, status)
        if let former, former.said == said {
            parsed = former.parsed.again(object, status)
            compared = former.compared
        } else {
            parsed = RolloutDocument.parse(
                object, workload: workload, routers: routers, plugins: plugins,
                after: former?.parsed)
            if let former, former.parsed.template == parsed.template { compared = former.compared }
        }
        if let former { parsed.remember(former.parsed) }
        parsed.readNotes(of: object, routers)
    }

    /// The rollout's ReplicaSets as `decide` sees them.
    package mutating func replicaSets(_ objects: [Object]) -> [ReplicaSet] {
        let former = compared
        compared = []
        return objects.map { object in
            ReplicaSetDocument.parse(object, of: parsed) { template in
                let isSame =
                    former.first { $0.template == template }?.isSame
                    ?? (TemplateMeaning(template) == parsed.meaning)
                compared.append((template, isSame))
                return isSame
            }
        }
    }

    private static func said(
        by object: Object, _ workload: WorkloadSeen, _ status: Status
    ) -> JSON {
        var said = object.resolved(by: workload).json
        if object.spec?["workloadRef"] != nil {
            said["ownTemplate"] = object.spec?["template"]
            switch workload {
            case .found, .elsewhere: break
            case .missing: said["isMissing"] = true
            case .unreadable(let why): said["isMissing"] = .string(why)
            }
        }
        said["metadata"] = ["namespace": .string(object.namespace), "name": .string(object.name)]
        said["status"] = [
            "collisionCount": status.collisionCount.map { .int(Int64($0)) } ?? .null,
            "stablePingPong": status.stablePingPong.map { .string($0.rawValue) } ?? .null,
        ]
        return said
    }
}
