import Documents
import KubernetesObjects

/// The kinds that the API serves, with what CustomResourceDefinitions say about those they define.
package struct Catalog: Sendable {
    /// What a definition says about its kind beyond its names.
    struct Definition: Sendable {
        let categories: [String]
        let columns: [CustomColumn]
        /// `openAPIV3Schema` as it was given.
        let schema: JSON?
    }

    /// Every kind, by group and plural.
    package let resources: [Resource]
    private let definitions: [String: Definition]

    /// - Parameter definitions: the CustomResourceDefinitions in the store.
    package init(resources: [Resource], definitions: [Object]) {
        self.resources = resources
        self.definitions = Dictionary(
            definitions.map { ($0.name, Definition($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The kind at a path of the REST API; nil where none is served there.
    package func resource(group: String, version: String, plural: String) -> Resource? {
        resources.first { $0.plural == plural && $0.group == group && $0.version == version }
    }

    func definition(of resource: Resource) -> Definition? {
        definitions["\(resource.plural).\(resource.group)"]
    }

    /// The groups beside the core group with their versions, in the order in which discovery lists
    /// them.
    var groups: [(name: String, versions: [String])] {
        var groups: [(name: String, versions: [String])] = []
        for resource in resources where !resource.group.isEmpty {
            if let index = groups.firstIndex(where: { $0.name == resource.group }) {
                if !groups[index].versions.contains(resource.version) {
                    groups[index].versions.append(resource.version)
                }
            } else {
                groups.append((resource.group, [resource.version]))
            }
        }
        return groups
    }

    /// The word `all` of `kubectl get all`, and what definitions add.
    func categories(of resource: Resource) -> [String] {
        if let definition = definition(of: resource) { return definition.categories }
        return Self.everyday.contains(resource) ? ["all"] : []
    }

    private static let everyday: Set<Resource> = [
        .pods, .services, .deployments, .replicaSets, .jobs, .rollouts, .analysisRuns,
    ]
}

extension Catalog.Definition {
    init(_ object: Object) {
        let spec = object.spec ?? [:]
        let versions = spec["versions"]?.array ?? []
        let version = versions.first { $0["storage"]?.bool == true } ?? [:]
        categories = spec["names"]?["categories"]?.array?.compactMap(\.string) ?? []
        columns = (version["additionalPrinterColumns"]?.array ?? []).compactMap(CustomColumn.init)
        schema = version["schema"]?["openAPIV3Schema"]
    }
}
