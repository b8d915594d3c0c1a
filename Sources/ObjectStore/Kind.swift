import Documents
import KubernetesObjects

/// Where the scale subresource of a kind finds its numbers.
package struct ScalePaths: Hashable, Sendable {
    /// The replicas that are wanted.
    package var specReplicas: [String]
    /// The replicas that there are.
    package var statusReplicas: [String]
    /// A field that holds a selector as text; nil where `spec.selector` is a label selector.
    package var selector: [String]?

    package init(specReplicas: [String], statusReplicas: [String], selector: [String]?) {
        self.specReplicas = specReplicas
        self.statusReplicas = statusReplicas
        self.selector = selector
    }

    /// The paths of Deployments and ReplicaSets.
    package static let apps = ScalePaths(
        specReplicas: ["spec", "replicas"], statusReplicas: ["status", "replicas"], selector: nil)
    /// The paths of Rollouts; autoscalers count all their pods in `HPAReplicas`.
    package static let rollouts = ScalePaths(
        specReplicas: ["spec", "replicas"], statusReplicas: ["status", "HPAReplicas"],
        selector: ["status", "selector"])
}

/// A kind that the store keeps, with the rules that are the kind's own.
struct Kind: Hashable {
    let resource: Resource
    let scale: ScalePaths?

    init(_ resource: Resource, scale: ScalePaths? = nil) {
        self.resource = resource
        self.scale =
            scale ?? (resource == .rollouts ? .rollouts : resource.hasScale ? .apps : nil)
    }

    /// The key under which objects of this kind lie, whatever the version they are read in.
    var key: String { resource.qualifiedName }

    /// Whether the server counts changes in `metadata.generation`. The core group does not.
    var hasGeneration: Bool {
        !resource.group.isEmpty && resource != .leases
    }

    /// Whether an update must name the version it replaces.
    var needsVersion: Bool {
        resource.isCustom || resource == .leases || resource == .customResourceDefinitions
            || resource == .endpointSlices
    }

    /// Whether objects are removed only after a time in which their processes may end.
    var isGraceful: Bool { resource == .pods }

    /// What a change of raises `generation`: everything but metadata and, where the kind has an
    /// endpoint for it, status.
    func content(of object: Object) -> JSONObject {
        let apart: Set<String> =
            resource.hasStatus
            ? ["apiVersion", "kind", "metadata", "status"] : ["apiVersion", "kind", "metadata"]
        return JSONObject((object.json.object?.members ?? []).filter { !apart.contains($0.key) })
    }

    /// Fields that stay as they were created.
    var immutableFields: [[String]] {
        switch resource {
        case .deployments, .replicaSets: [["spec", "selector"]]
        case .jobs: [["spec", "selector"], ["spec", "template"], ["spec", "completionMode"]]
        default: []
        }
    }

    static let builtIn: [Kind] = [
        .namespaces, .pods, .services, .configMaps, .secrets, .events, .podTemplates,
        .endpointSlices, .deployments,
        .replicaSets, .jobs, .ingresses, .leases, .customResourceDefinitions,
    ].map { Kind($0) }

    /// Kinds that clients expect of every API server, though a store may never hold one.
    static let expected: [Kind] = [
        Resource(
            group: "", version: "v1", kind: "Node", plural: "nodes", shortNames: ["no"],
            isNamespaced: false, hasStatus: true),
        Resource(
            group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts",
            shortNames: ["sa"]),
        Resource(
            group: "", version: "v1", kind: "Endpoints", plural: "endpoints", singular: "endpoints",
            shortNames: ["ep"]),
        Resource(
            group: "", version: "v1", kind: "PersistentVolume", plural: "persistentvolumes",
            shortNames: ["pv"], isNamespaced: false, hasStatus: true),
        Resource(
            group: "", version: "v1", kind: "PersistentVolumeClaim",
            plural: "persistentvolumeclaims", shortNames: ["pvc"], hasStatus: true),
        Resource(
            group: "", version: "v1", kind: "ReplicationController",
            plural: "replicationcontrollers", shortNames: ["rc"], hasStatus: true, hasScale: true),
        Resource(
            group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets",
            shortNames: ["ds"], hasStatus: true),
        Resource(
            group: "apps", version: "v1", kind: "StatefulSet", plural: "statefulsets",
            shortNames: ["sts"], hasStatus: true, hasScale: true),
        Resource(
            group: "batch", version: "v1", kind: "CronJob", plural: "cronjobs",
            shortNames: ["cj"], hasStatus: true),
    ].map { Kind($0) }

    /// The kinds of Argo Rollouts, for stores that are asked for them without a definition.
    static let rolloutKinds: [Kind] = [
        .rollouts, .analysisRuns, .analysisTemplates, .clusterAnalysisTemplates, .experiments,
    ].map { Kind($0) }
}
