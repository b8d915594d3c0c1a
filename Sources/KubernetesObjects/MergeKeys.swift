import Documents

/// How the lists and maps of a kind merge: by key, as a set, or whole.
///
/// A place is named by the field names on the way from the root, without the elements of lists:
/// `spec.template.spec.containers.ports`. It is recognised by its last two names, which is enough
/// for the kinds of Kubernetes and keeps one table for pods and all templates of pods.
struct MergeKeys {
    enum ListKind: Equatable {
        /// Replaced as a whole.
        case atomic
        /// Primitive values, each at most once.
        case set
        /// Objects told apart by these members.
        case map(keys: [String])
    }

    private let resource: Resource

    init(_ resource: Resource) {
        self.resource = resource
    }

    /// The merge key of a list in a strategic merge patch; "" for a list of primitives that merges
    /// as a set; nil for a list that is replaced.
    func strategicKey(at path: [String]) -> String? {
        switch list(at: path) {
        case .atomic: nil
        case .set: ""
        // The strategic form knows one key only, the first: ports merge by number whatever their
        // protocol.
        case .map(let keys): keys.first
        }
    }

    /// How server-side apply merges the list at `path`.
    func list(at path: [String]) -> ListKind {
        guard let name = path.last else { return .atomic }
        var parent = path.dropLast().last ?? ""
        if path.count == 2, parent == "metadata" { return Self.metadata[name] ?? .atomic }
        if resource.isCustom { return .atomic }
        if parent == "initContainers" || parent == "ephemeralContainers" { parent = "containers" }
        return Self.table["\(parent).\(name)"] ?? .atomic
    }

    /// Whether server-side apply owns the map at `path` as one value, as it does with selectors.
    func isAtomicMap(at path: [String]) -> Bool {
        guard !resource.isCustom, let name = path.last else { return false }
        return Self.atomicMaps.contains(name) && path.first != "metadata"
    }

    /// The members that servers fill in, and that therefore may be missing in the key of a wanted
    /// element.
    static let keyDefaults: [String: JSON] = ["protocol": "TCP"]

    private static let metadata: [String: ListKind] = [
        "ownerReferences": .map(keys: ["uid"]), "finalizers": .set,
    ]

    private static let table: [String: ListKind] = [
        "spec.containers": .map(keys: ["name"]),
        "spec.initContainers": .map(keys: ["name"]),
        "spec.ephemeralContainers": .map(keys: ["name"]),
        "spec.volumes": .map(keys: ["name"]),
        "spec.imagePullSecrets": .map(keys: ["name"]),
        "spec.hostAliases": .map(keys: ["ip"]),
        "spec.schedulingGates": .map(keys: ["name"]),
        "spec.resourceClaims": .map(keys: ["name"]),
        "spec.topologySpreadConstraints": .map(keys: ["topologyKey", "whenUnsatisfiable"]),
        "spec.ports": .map(keys: ["port", "protocol"]),
        "containers.env": .map(keys: ["name"]),
        "containers.ports": .map(keys: ["containerPort", "protocol"]),
        "containers.volumeMounts": .map(keys: ["mountPath"]),
        "containers.volumeDevices": .map(keys: ["devicePath"]),
        "resources.claims": .map(keys: ["name"]),
        "status.conditions": .map(keys: ["type"]),
        "status.podIPs": .map(keys: ["ip"]),
        "status.hostIPs": .map(keys: ["ip"]),
        // ServiceAccount keeps these at its root.
        ".secrets": .map(keys: ["name"]),
        ".imagePullSecrets": .map(keys: ["name"]),
    ]

    private static let atomicMaps: Set<String> = [
        "selector", "nodeSelector", "labelSelector", "namespaceSelector", "configMapKeyRef",
        "secretKeyRef", "fieldRef", "resourceFieldRef", "involvedObject", "targetRef",
    ]
}

extension Resource {
    /// The merge key of the list at `path` in a strategic merge patch; "" for a list of primitives
    /// that merges as a set; nil for a list that is replaced.
    package func strategicMergeKey(at path: [String]) -> String? {
        MergeKeys(self).strategicKey(at: path)
    }

    /// Whether a CustomResourceDefinition defines this kind. Such kinds take no strategic merge
    /// patch, and their lists are replaced whole but for those of `metadata`.
    package var isCustom: Bool { !Self.builtInGroups.contains(group) }

    private static let builtInGroups: Set<String> = [
        "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "coordination.k8s.io",
        "discovery.k8s.io", "events.k8s.io", "apiextensions.k8s.io", "rbac.authorization.k8s.io",
        "storage.k8s.io", "scheduling.k8s.io", "node.k8s.io", "admissionregistration.k8s.io",
        "apiregistration.k8s.io", "authentication.k8s.io", "authorization.k8s.io",
    ]
}
