import Documents
import KubernetesObjects
import ObjectStore

/// One column of `kubectl get`: how it is headed and what it shows of an object.
struct Column: Sendable {
    let name: String
    var type = "string"
    /// `name` marks the column that names the object.
    var format = ""
    /// Columns above 0 show only in `-o wide`.
    var priority = 0
    let cell: @Sendable (Object, Timestamp) -> JSON

    static let name = Column(name: "Name", format: "name") { object, _ in .string(object.name) }

    static let age = Column(name: "Age") { object, now in
        .string(object.creationTimestamp.map { LocalCluster.age(of: $0, at: now) } ?? "<unknown>")
    }

    static func text(
        _ name: String, wide: Bool = false, _ text: @escaping @Sendable (Object) -> String
    ) -> Column {
        Column(name: name, priority: wide ? 1 : 0) { object, _ in .string(text(object)) }
    }

    /// A count that is 0 where the object does not say it.
    static func count(_ name: String, _ path: String...) -> Column {
        Column(name: name, type: "integer") { object, _ in
            .int(Int64(path.reduce(Optional(object.json)) { $0?[$1] }?.int ?? 0))
        }
    }

    var definition: JSON {
        [
            "name": .string(name), "type": .string(type), "format": .string(format),
            "description": "", "priority": .int(Int64(priority)),
        ]
    }
}

extension Column {
    /// The columns of one kind: those its definition asks for, ours, or name and age.
    static func columns(of resource: Resource, in catalog: Catalog) -> [Column] {
        if let definition = catalog.definition(of: resource) {
            let columns = definition.version(resource.version)?.columns ?? []
            return columns.isEmpty ? [.name, .age] : [.name] + columns.map(Column.init)
        }
        return builtIn[resource.qualifiedName] ?? [.name, .age]
    }

    private init(_ custom: CustomColumn) {
        self.init(
            name: custom.name, type: custom.type, format: custom.format, priority: custom.priority,
            cell: custom.cell)
    }

    private static let builtIn: [String: [Column]] = [
        Resource.pods.qualifiedName: podColumns,
        Resource.deployments.qualifiedName: deploymentColumns,
        Resource.replicaSets.qualifiedName: replicaSetColumns,
        Resource.services.qualifiedName: serviceColumns,
        Resource.ingresses.qualifiedName: ingressColumns,
        Resource.endpointSlices.qualifiedName: endpointSliceColumns,
        Resource.jobs.qualifiedName: jobColumns,
        Resource.events.qualifiedName: eventColumns,
        Resource.rollouts.qualifiedName: rolloutColumns,
        Resource.analysisRuns.qualifiedName: phaseColumns,
        Resource.experiments.qualifiedName: phaseColumns,
        Resource.namespaces.qualifiedName: [
            .name, .text("Status") { $0["status", "phase"]?.string ?? "" }, .age,
        ],
        Resource.configMaps.qualifiedName: [
            .name, .members("Data", of: ["data", "binaryData"]), .age,
        ],
        Resource.secrets.qualifiedName: [
            .name, .text("Type") { $0["type"]?.string ?? "" }, .members("Data", of: ["data"]), .age,
        ],
        Resource.leases.qualifiedName: [
            .name, .text("Holder") { $0["spec", "holderIdentity"]?.string ?? "" }, .age,
        ],
        Resource.customResourceDefinitions.qualifiedName: [
            .name, .text("Created At") { $0.metadata["creationTimestamp"]?.string ?? "" },
        ],
    ]

    /// How many members the objects under `keys` have together.
    private static func members(_ name: String, of keys: [String]) -> Column {
        Column(name: name, type: "integer") { object, _ in
            .int(Int64(keys.reduce(0) { $0 + (object.json[$1]?.object?.count ?? 0) }))
        }
    }
}
