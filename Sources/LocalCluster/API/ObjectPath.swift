import Documents
import KubernetesObjects
import ObjectStore
import Serving

/// What a path of the REST API names: a kind, one object, or a part of one.
struct ObjectPath: Hashable, Sendable {
    /// In the version of the path, in which objects are shown.
    let resource: Resource
    /// In the version that the store keeps.
    let stored: Resource
    /// Empty for all namespaces, and for kinds without.
    let namespace: String
    let name: String?
    let subresource: String?

    /// Reads `/api/v1/…` and `/apis/GROUP/VERSION/…`; nil where no such kind is served.
    init?(_ segments: [String], in catalog: Catalog) {
        var rest = segments[...]
        let isCore = rest.popFirst() == "api"
        let group = isCore ? "" : rest.popFirst() ?? ""
        guard let version = rest.popFirst() else { return nil }
        var namespace = ""
        // A namespace is an object itself, unless a kind follows that is no part of it.
        if rest.first == "namespaces", rest.count > 2,
            !Self.partsOfNamespaces.contains(rest[rest.startIndex + 2])
        {
            namespace = rest[rest.startIndex + 1]
            rest = rest.dropFirst(2)
        }
        guard let plural = rest.popFirst(), rest.count <= 2,
            let resource = catalog.resource(group: group, version: version, plural: plural)
        else { return nil }
        name = rest.popFirst()
        subresource = rest.popFirst()
        guard resource.isNamespaced ? name == nil || !namespace.isEmpty : namespace.isEmpty else {
            return nil
        }
        self.resource = resource
        stored = catalog.storedVersion(of: resource)
        self.namespace = namespace
    }

    private static let partsOfNamespaces: Set<String> = ["status", "finalize"]

    /// The object, where the path names one.
    var reference: Reference? {
        name.map { Reference(stored, namespace: namespace, name: $0) }
    }

    /// An object of the path's version as the store takes it.
    func storing(_ json: JSON) -> JSON {
        guard json["apiVersion"]?.string == resource.apiVersion else { return json }
        var json = json
        json["apiVersion"] = .string(stored.apiVersion)
        return json
    }

    /// A patch of an object of the path's version.
    func storing(_ patch: Patch) -> Patch {
        switch patch {
        case .merge(let body): .merge(storing(body))
        case .strategic(let body): .strategic(storing(body))
        case .apply(let body, let manager, let force):
            .apply(storing(body), manager: manager, force: force)
        case .json: patch
        }
    }
}

extension Request {
    /// Which objects the query selects.
    func selection(in path: ObjectPath) throws(StoreError) -> Selection {
        let selection: Selection
        do throws(SelectorError) {
            selection = Selection(
                namespace: path.namespace.isEmpty ? nil : path.namespace,
                labels: try LabelSelector(parsing: query["labelSelector"] ?? ""),
                fields: try FieldSelector(parsing: query["fieldSelector"] ?? ""))
        } catch {
            throw .badRequest(error.description)
        }
        let known = path.resource.selectableFields
        let asked = selection.fields.requirements.map { $0.path.joined(separator: ".") }
        if let unknown = asked.first(where: { !known.contains($0) }) {
            throw .badRequest(
                "field label not supported: \(unknown); use one of "
                    + known.sorted().joined(separator: ", "))
        }
        return selection
    }

    /// A whole number of the query; nil where it is not given.
    func number(_ name: String) throws(StoreError) -> Int? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw .badRequest("\(name): \"\(text)\" is no whole number from 0 on")
        }
        return number
    }

    /// Who writes, from the query and, as API servers do, from the name of the program.
    func caller() throws(StoreError) -> Caller {
        let dryRuns = query.parameters.filter { $0.name == "dryRun" }.map(\.value)
        guard dryRuns.allSatisfy({ $0 == "All" }) else {
            let others = dryRuns.filter { $0 != "All" }.joined(separator: ", ")
            throw .invalidOption("dryRun", .unsupported(others, known: ["All"]))
        }
        let agent = headers["User-Agent"]?.prefix { $0 != "/" }
        let manager = query["fieldManager"] ?? agent.map(String.init) ?? "unknown"
        guard manager.count <= Self.managerLimit else {
            throw .badRequest("fieldManager: may not be longer than \(Self.managerLimit)")
        }
        return Caller(manager: manager, isDryRun: !dryRuns.isEmpty)
    }

    /// As Kubernetes limits the names of field managers.
    private static let managerLimit = 128
}
