/// A kind of object as the REST API names it.
package struct Resource: Hashable, Sendable {
    /// Empty for the core group.
    package let group: String
    package let version: String
    package let kind: String
    /// The path segment: `rollouts`.
    package let plural: String
    package let singular: String
    package let shortNames: [String]
    package let isNamespaced: Bool
    package let hasStatus: Bool
    package let hasScale: Bool

    package init(
        group: String, version: String, kind: String, plural: String, singular: String? = nil,
        shortNames: [String] = [], isNamespaced: Bool = true, hasStatus: Bool = false,
        hasScale: Bool = false
    ) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.singular = singular ?? kind.lowercased()
        self.shortNames = shortNames
        self.isNamespaced = isNamespaced
        self.hasStatus = hasStatus
        self.hasScale = hasScale
    }

    /// Group and plural tell nearly all kinds apart, and a resource is looked up at every turn.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(group)
        hasher.combine(plural)
    }

    /// `apps/v1`, or `v1` for the core group.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The same kind in another version of its group.
    package func inVersion(_ name: String) -> Resource {
        Resource(
            group: group, version: name, kind: kind, plural: plural, singular: singular,
            shortNames: shortNames, isNamespaced: isNamespaced, hasStatus: hasStatus,
            hasScale: hasScale)
    }

    /// The path below which objects of this kind live, without a trailing slash.
    package func path(namespace: String?, name: String? = nil, subresource: String? = nil) -> String
    {
        var path = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        if isNamespaced, let namespace, !namespace.isEmpty { path += "/namespaces/\(namespace)" }
        path += "/\(plural)"
        if let name { path += "/\(name)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

/// One object of one kind, by name.
package struct Reference: Hashable, Sendable, CustomStringConvertible {
    package let resource: Resource
    /// Empty for kinds without namespaces.
    package let namespace: String
    package let name: String

    package init(_ resource: Resource, namespace: String, name: String) {
        self.resource = resource
        self.namespace = resource.isNamespaced ? namespace : ""
        self.name = name
    }

    package var description: String {
        "\(resource.singular) \(namespace.isEmpty ? name : "\(namespace)/\(name)")"
    }
}

/// The kinds that the house deals with itself.
extension Resource {
    package static let namespaces = Resource(
        group: "", version: "v1", kind: "Namespace", plural: "namespaces", shortNames: ["ns"],
        isNamespaced: false, hasStatus: true)
    package static let pods = Resource(
        group: "", version: "v1", kind: "Pod", plural: "pods", shortNames: ["po"], hasStatus: true)
    package static let nodes = Resource(
        group: "", version: "v1", kind: "Node", plural: "nodes", shortNames: ["no"],
        isNamespaced: false, hasStatus: true)
    package static let services = Resource(
        group: "", version: "v1", kind: "Service", plural: "services", shortNames: ["svc"],
        hasStatus: true)
    package static let configMaps = Resource(
        group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"])
    package static let secrets = Resource(
        group: "", version: "v1", kind: "Secret", plural: "secrets")
    package static let events = Resource(
        group: "", version: "v1", kind: "Event", plural: "events", shortNames: ["ev"])
    package static let podTemplates = Resource(
        group: "", version: "v1", kind: "PodTemplate", plural: "podtemplates")
    package static let endpointSlices = Resource(
        group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices")
    package static let deployments = Resource(
        group: "apps", version: "v1", kind: "Deployment", plural: "deployments",
        shortNames: ["deploy"],
        hasStatus: true, hasScale: true)
    package static let replicaSets = Resource(
        group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"],
        hasStatus: true, hasScale: true)
    package static let jobs = Resource(
        group: "batch", version: "v1", kind: "Job", plural: "jobs", hasStatus: true)
    package static let ingresses = Resource(
        group: "networking.k8s.io", version: "v1", kind: "Ingress", plural: "ingresses",
        shortNames: ["ing"], hasStatus: true)
    package static let leases = Resource(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
    package static let customResourceDefinitions = Resource(
        group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
        plural: "customresourcedefinitions", shortNames: ["crd", "crds"], isNamespaced: false,
        hasStatus: true)

    package static let rollouts = Resource(
        group: "argoproj.io", version: "v1alpha1", kind: "Rollout", plural: "rollouts",
        shortNames: ["ro"], hasStatus: true, hasScale: true)
    package static let analysisRuns = Resource(
        group: "argoproj.io", version: "v1alpha1", kind: "AnalysisRun", plural: "analysisruns",
        shortNames: ["ar"])
    package static let analysisTemplates = Resource(
        group: "argoproj.io", version: "v1alpha1", kind: "AnalysisTemplate",
        plural: "analysistemplates",
        shortNames: ["at"])
    package static let clusterAnalysisTemplates = Resource(
        group: "argoproj.io", version: "v1alpha1", kind: "ClusterAnalysisTemplate",
        plural: "clusteranalysistemplates", shortNames: ["cat"], isNamespaced: false)
    package static let experiments = Resource(
        group: "argoproj.io", version: "v1alpha1", kind: "Experiment", plural: "experiments",
        shortNames: ["exp"])
}
