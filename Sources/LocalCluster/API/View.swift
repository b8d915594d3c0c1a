import Documents
import KubernetesObjects

/// How a client wants to see objects, from its `Accept` header.
enum View: Hashable, Sendable {
    case whole
    /// Metadata only: `as=PartialObjectMetadata` and `as=PartialObjectMetadataList`.
    case metadata
    /// Rows for people; the second value says what each row carries of its object.
    case table(IncludedObject)

    enum IncludedObject: String, Sendable {
        case none = "None"
        case metadata = "Metadata"
        case whole = "Object"
    }

    /// The first form in `accept` that this server has; nil where it has none of them.
    init?(accept: String?, includeObject: String?) {
        let ranges = (accept ?? "*/*").split(separator: ",")
        for range in ranges {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            guard let type = parts.first,
                ["application/json", "application/*", "*/*"].contains(type)
            else { continue }
            switch parts.first(where: { $0.hasPrefix("as=") })?.dropFirst(3) {
            case nil: self = .whole
            case "Table": self = .table(includeObject.flatMap(IncludedObject.init) ?? .metadata)
            case "PartialObjectMetadata", "PartialObjectMetadataList": self = .metadata
            default: continue
            }
            return
        }
        return nil
    }
}

/// Writes objects of one kind in the form a client asked for.
struct Presentation: Sendable {
    private let resource: Resource
    private let view: View
    private let columns: [Column]
    private let clock: @Sendable () -> Timestamp

    /// - Parameter clock: the time that ages count to.
    init(
        _ resource: Resource, as view: View, in catalog: Catalog,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.resource = resource
        self.view = view
        self.clock = clock
        if case .table = view {
            columns = Column.columns(of: resource, in: catalog)
        } else {
            columns = []
        }
    }

    /// One object, as the answer to a get or inside a watch event.
    func one(_ object: Object) -> JSON {
        switch view {
        case .whole: shown(object)
        case .metadata: Self.metadata(of: object)
        case .table:
            table(of: [object], metadata: ["resourceVersion": .string(object.resourceVersion)])
        }
    }

    /// A bookmark inside a watch: no object, but of the form in which objects come.
    func bookmark(_ object: Object) -> JSON {
        if case .table = view { table(of: [], metadata: object.metadata) } else { one(object) }
    }

    /// A list with its own `metadata`.
    func list(_ objects: [Object], metadata: JSON) -> JSON {
        switch view {
        case .whole:
            [
                "kind": .string("\(resource.kind)List"), "apiVersion": .string(resource.apiVersion),
                "metadata": metadata, "items": .array(objects.map(shown)),
            ]
        case .metadata:
            [
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata, "items": .array(objects.map(Self.metadata)),
            ]
        case .table: table(of: objects, metadata: metadata)
        }
    }

    private func table(of objects: [Object], metadata: JSON) -> JSON {
        let now = clock()
        return [
            "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
            "columnDefinitions": .array(columns.map(\.definition)),
            "rows": .array(objects.map { row(of: $0, at: now) }),
        ]
    }

    private func row(of object: Object, at now: Timestamp) -> JSON {
        var row: JSON = ["cells": .array(columns.map { $0.cell(object, now) })]
        guard case .table(let included) = view else { return row }
        switch included {
        case .none: break
        case .metadata: row["object"] = Self.metadata(of: object)
        case .whole: row["object"] = shown(object)
        }
        return row
    }

    /// The object in the version that was asked for.
    private func shown(_ object: Object) -> JSON {
        guard resource.isCustom, object.apiVersion != resource.apiVersion else {
            return object.json
        }
        var json = object.json
        json["apiVersion"] = .string(resource.apiVersion)
        return json
    }

    private static func metadata(of object: Object) -> JSON {
        [
            "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1",
            "metadata": object.metadata,
        ]
    }
}
