import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// The objects around one rollout, and what an API server would do with a router's changes.
struct Stage {
    var seen: Observed

    static let owner = OwnerReference(
        apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "model", uid: "uid-1")

    init(_ objects: [Object]) {
        seen = Observed(objects: [:], owner: Self.owner, currentHash: "h2", stableHash: "h1")
        for object in objects { self[object] = object }
    }

    /// The object as it is by now.
    subscript(object: Object) -> Object? {
        get { seen.objects[Self.reference(of: object)] }
        set { seen.objects[Self.reference(of: object)] = newValue }
    }

    static func reference(of object: Object) -> Reference {
        let route = Resource.routes.keys.first {
            $0.kind == object.kind && object.apiVersion.hasPrefix("\($0.group)/")
        }
        return route.map { Reference($0, namespace: "prod", name: object.name) }
            ?? reference(object.kind, object.name)
    }

    subscript(kind: String, name: String) -> Object? {
        get { seen.objects[Self.reference(kind, name)] }
        set { seen.objects[Self.reference(kind, name)] = newValue }
    }

    static func reference(_ kind: String, _ name: String) -> Reference {
        let resource: [String: Resource] = [
            "Ingress": .ingresses, "ConfigMap": .configMaps, "Deployment": .deployments,
        ]
        // Of the two that are called VirtualService, that of Istio.
        let route = Resource.routes.keys.filter { $0.kind == kind }.max { $0.group < $1.group }
        return Reference(resource[kind] ?? route ?? .pods, namespace: "prod", name: name)
    }

    /// Does what `changes` say.
    mutating func apply(_ changes: [Change]) throws {
        for change in changes {
            switch change.act {
            case .create(let object): seen.objects[change.reference] = object
            case .delete: seen.objects[change.reference] = nil
            case .patch(let patch):
                guard let object = seen.objects[change.reference] else { throw Missing() }
                seen.objects[change.reference] = try patch.applied(
                    to: object, resource: change.reference.resource)
            }
        }
    }

    mutating func move(_ router: Router, to canary: Int, of total: Int = 100) throws {
        try apply(router.plan(Split(canary: canary, of: total), seen))
    }

    struct Missing: Error {}
}

/// The router that a document's configuration stands for, and what is wrong with it.
func parsed(
    _ kind: RouterKind, _ configuration: JSON, services: Bool = true, maximumWeight: Int? = nil,
    managedRoutes: [String] = []
) -> (router: Router?, findings: [String]) {
    let findings = Reader.Findings()
    let rollout = RoutedRollout(
        namespace: "prod", name: "model", stableService: services ? "model-stable" : nil,
        canaryService: services ? "model-canary" : nil, maximumWeight: maximumWeight,
        managedRoutes: managedRoutes)
    let router = kind.parse(Reader(configuration, findings: findings), rollout)
    return (router, findings.all.map(\.message))
}

/// The message of the `RouterError` that `plan` ends with; nil where it does not.
func fault(_ router: Router, _ canary: Int, _ stage: Stage, of total: Int = 100) -> String? {
    do throws(RouterError) {
        _ = try router.plan(Split(canary: canary, of: total), stage.seen)
        return nil
    } catch {
        return error.description
    }
}

/// SplitMix64, so that a law that fails names the seed that fails it.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
