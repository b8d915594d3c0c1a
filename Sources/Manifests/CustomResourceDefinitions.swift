import Documents
import KubernetesObjects

/// The five kinds of `argoproj.io/v1alpha1` (rollout-semantics §1) as an API server registers them.
/// They hold every field of the API, also those that are refused: a server prunes what a schema
/// does not name, and what was pruned nobody can refuse.
package enum CustomResourceDefinitions {
    /// In the order in which they are printed.
    package static let all: [JSON] = kinds.map(definition)

    /// All definitions as one stream of YAML documents.
    package static var yaml: String { all.map(YAML.text).joined(separator: "---\n") }

    /// The file of each definition below `manifests/crds`, and its text.
    package static var files: [(name: String, text: String)] {
        kinds.map { ("\($0.resource.plural).yaml", YAML.text(of: definition($0))) }
    }

    private struct Kind {
        let resource: Resource
        let description: String
        let columns: [Column]
        let spec: String
        let status: String?
    }

    private struct Column {
        let name: String
        let type: String
        let path: String
        let description: String
    }

    private static let age = Column(
        name: "Age", type: "date", path: ".metadata.creationTimestamp",
        description: "When the object was created.")
    private static let phase = Column(
        name: "Status", type: "string", path: ".status.phase", description: "How it stands.")

    private static let kinds = [
        Kind(
            resource: .rollouts,
            description: "A Deployment that moves traffic to a new version step by step.",
            columns: [
                Column(
                    name: "Desired", type: "integer", path: ".spec.replicas",
                    description: "The pods that are asked for."),
                Column(
                    name: "Current", type: "integer", path: ".status.replicas",
                    description: "The pods that exist."),
                Column(
                    name: "Up-to-date", type: "integer", path: ".status.updatedReplicas",
                    description: "The pods of the newest template."),
                Column(
                    name: "Available", type: "integer", path: ".status.availableReplicas",
                    description: "The pods that have been ready for minReadySeconds."),
                age,
            ], spec: rolloutSpec, status: rolloutStatus),
        Kind(
            resource: .analysisRuns, description: "One analysis: metrics measured over a time.",
            columns: [phase, age], spec: runSpec, status: runStatus),
        Kind(
            resource: .analysisTemplates,
            description: "Metrics that analyses of a namespace share.",
            columns: [age], spec: templateSpec, status: nil),
        Kind(
            resource: .clusterAnalysisTemplates,
            description: "Metrics that analyses of all namespaces share.", columns: [age],
            spec: templateSpec, status: nil),
        Kind(
            resource: .experiments, description: "Versions that run side by side for a while.",
            columns: [phase, age], spec: experimentSpec, status: experimentStatus),
    ]

    private static let schema = Schema(parts: parts)

    private static func definition(_ kind: Kind) -> JSON {
        let resource = kind.resource
        return [
            "apiVersion": .string(Resource.customResourceDefinitions.apiVersion),
            "kind": .string(Resource.customResourceDefinitions.kind),
            "metadata": ["name": .string("\(resource.plural).\(resource.group)")],
            "spec": [
                "group": .string(resource.group),
                "names": [
                    "kind": .string(resource.kind), "listKind": .string("\(resource.kind)List"),
                    "plural": .string(resource.plural),
                    "shortNames": .array(resource.shortNames.map { .string($0) }),
                    "singular": .string(resource.singular),
                ],
                "scope": resource.isNamespaced ? "Namespaced" : "Cluster",
                "versions": [version(kind)],
            ],
        ]
    }

    private static func version(_ kind: Kind) -> JSON {
        var subresources = JSONObject()
        if kind.resource.hasScale {
            subresources["scale"] = [
                "labelSelectorPath": ".status.selector", "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.HPAReplicas",
            ]
        }
        if kind.resource.hasStatus { subresources["status"] = .object(JSONObject()) }
        return [
            "additionalPrinterColumns": .array(
                kind.columns.map {
                    [
                        "description": .string($0.description), "jsonPath": .string($0.path),
                        "name": .string($0.name), "type": .string($0.type),
                    ]
                }),
            "name": .string(kind.resource.version),
            "schema": ["openAPIV3Schema": root(kind)],
            "served": true,
            "storage": true,
            "subresources": .object(subresources),
        ]
    }

    private static func root(_ kind: Kind) -> JSON {
        var properties: JSON = [
            "apiVersion": ["type": "string", "description": "The version of the API."],
            "kind": ["type": "string", "description": "The kind of the object."],
            "metadata": ["type": "object"],
            "spec": schema.object(kind.spec, description: "What is wanted."),
        ]
        if let status = kind.status {
            properties["status"] = schema.object(status, description: "What was seen last.")
        }
        return [
            "description": .string(kind.description), "type": "object", "properties": properties,
            "required": ["spec"],
        ]
    }
}
