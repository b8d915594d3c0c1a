import Documents
import KubernetesObjects
import ObjectStore

/// The kinds that the API serves, with what CustomResourceDefinitions say about those they define.
package struct Catalog: Sendable {
    /// What a definition says about its kind beyond its names.
    struct Definition: Sendable {
        struct Version: Sendable {
            let name: String
            let isServed: Bool
            let columns: [CustomColumn]
            /// `openAPIV3Schema` as it was given.
            let schema: JSON?
        }

        let categories: [String]
        let versions: [Version]

        func version(_ name: String) -> Version? { versions.first { $0.name == name } }
    }

    /// Every kind in every version that is served, by group, version and plural.
    package let resources: [Resource]
    /// The kinds as the store keeps them: in one version each.
    private let stored: [String: Resource]
    private let definitions: [String: Definition]

    /// - Parameters:
    ///   - resources: the kinds of the store.
    ///   - definitions: the CustomResourceDefinitions in the store.
    package init(resources: [Resource], definitions: [Object]) {
        let definitions = Dictionary(
            definitions.map { ($0.name, Definition($0)) }, uniquingKeysWith: { first, _ in first })
        self.definitions = definitions
        stored = Dictionary(
            resources.map { ($0.qualifiedName, $0) }, uniquingKeysWith: { first, _ in first })
        self.resources = resources.flatMap { resource -> [Resource] in
            guard let definition = definitions[resource.qualifiedName] else { return [resource] }
            return definition.versions.filter(\.isServed).map { resource.inVersion($0.name) }
        }
    }

    /// The kind at a path of the REST API; nil where none is served there.
    package func resource(group: String, version: String, plural: String) -> Resource? {
        resources.first { $0.plural == plural && $0.group == group && $0.version == version }
    }

    /// The version of a kind in which the store keeps its objects. Between versions nothing but the
    /// name of the version changes.
    func storedVersion(of resource: Resource) -> Resource {
        stored[resource.qualifiedName] ?? resource
    }

    func definition(of resource: Resource) -> Definition? { definitions[resource.qualifiedName] }

    /// The groups beside the core group with their versions, in the order in which discovery lists
    /// them: the most mature version of a group first.
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
        return groups.map { ($0.name, $0.versions.sorted { Maturity($0) > Maturity($1) }) }
    }

    /// The word `all` of `kubectl get all`, and what definitions add.
    func categories(of resource: Resource) -> [String] {
        let everyday = Self.everyday.contains(storedVersion(of: resource)) ? ["all"] : []
        return everyday
            + (definition(of: resource)?.categories ?? []).filter { !everyday.contains($0) }
    }

    private static let everyday: Set<Resource> = [
        .pods, .services, .deployments, .replicaSets, .jobs, .rollouts, .analysisRuns,
    ]
}

extension Catalog.Definition {
    init(_ object: Object) {
        let spec = object.spec ?? [:]
        categories = spec["names"]?["categories"]?.array?.compactMap(\.string) ?? []
        versions = (spec["versions"]?.array ?? []).map { version in
            Version(
                name: version["name"]?.string ?? "", isServed: version["served"]?.bool == true,
                columns: (version["additionalPrinterColumns"]?.array ?? [])
                    .compactMap(CustomColumn.init),
                schema: version["schema"]?["openAPIV3Schema"])
        }
    }
}

/// How far a version is on its way: `v2`, `v1`, `v1beta1`, `v1alpha1`, then all other names.
private struct Maturity: Comparable {
    private let stage: Int
    private let major: Int
    private let minor: Int
    private let name: String

    init(_ version: String) {
        name = version
        let parts = version.wholeMatch(of: #/v(\d+)(?:(alpha|beta)(\d+))?/#)?.output
        major = parts.flatMap { Int($0.1) } ?? 0
        minor = parts?.3.flatMap { Int($0) } ?? 0
        switch parts?.2 {
        case "alpha": stage = 1
        case "beta": stage = 2
        default: stage = parts == nil ? 0 : 3
        }
    }

    static func < (left: Maturity, right: Maturity) -> Bool {
        let (a, b) = (
            (left.stage, left.major, left.minor), (right.stage, right.major, right.minor)
        )
        return a == b ? left.name > right.name : a < b
    }
}
