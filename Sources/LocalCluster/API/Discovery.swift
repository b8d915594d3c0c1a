import Documents
import KubernetesObjects

/// What the server can do, in the forms in which clients ask for it.
struct Discovery: Sendable {
    let catalog: Catalog

    static let verbs: [JSON] = [
        "create", "delete", "deletecollection", "get", "list", "patch", "update", "watch",
    ]

    /// The version that clients compare themselves with. It names the API level that this server
    /// follows.
    static let version: JSON = [
        "major": "1", "minor": "34", "gitVersion": "v1.34.0+sluice", "gitCommit": "",
        "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none",
        "compiler": "swift", "platform": "linux",
    ]

    /// `/api`.
    static let coreVersions: JSON = [
        "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [],
    ]

    /// `/apis`.
    var groupList: JSON {
        [
            "kind": "APIGroupList", "apiVersion": "v1",
            "groups": .array(catalog.groups.map { group($0, isWhole: false) } + Review.groups),
        ]
    }

    /// `/apis/GROUP`; nil for a group that is not served.
    func group(_ name: String) -> JSON? {
        if let found = catalog.groups.first(where: { $0.name == name }) {
            return group(found, isWhole: true)
        }
        guard var review = Review.groups.first(where: { $0["name"]?.string == name }) else {
            return nil
        }
        review["kind"] = "APIGroup"
        review["apiVersion"] = "v1"
        return review
    }

    private func group(_ group: (name: String, versions: [String]), isWhole: Bool) -> JSON {
        let versions: [JSON] = group.versions.map {
            ["groupVersion": .string("\(group.name)/\($0)"), "version": .string($0)]
        }
        var json: JSON = isWhole ? ["kind": "APIGroup", "apiVersion": "v1"] : [:]
        json["name"] = .string(group.name)
        json["versions"] = .array(versions)
        json["preferredVersion"] = versions.first
        return json
    }

    /// `/api/v1` and `/apis/GROUP/VERSION`; nil where nothing is served.
    func resourceList(group: String, version: String) -> JSON? {
        let resources = catalog.resources.filter { $0.group == group && $0.version == version }
        let reviews = Review.kinds.filter { $0.group == group && $0.version == version }
        guard !resources.isEmpty || !reviews.isEmpty else { return nil }
        return [
            "kind": "APIResourceList", "apiVersion": "v1",
            "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
            "resources": .array(resources.flatMap(lines) + reviews.map(\.line)),
        ]
    }

    private func lines(of resource: Resource) -> [JSON] {
        var line: JSON = [
            "name": .string(resource.plural), "singularName": .string(resource.singular),
            "namespaced": .bool(resource.isNamespaced), "kind": .string(resource.kind),
            "verbs": .array(Self.verbs),
        ]
        if !resource.shortNames.isEmpty {
            line["shortNames"] = .array(resource.shortNames.map(JSON.string))
        }
        let categories = catalog.categories(of: resource)
        if !categories.isEmpty { line["categories"] = .array(categories.map(JSON.string)) }
        return [line]
            + resource.subresources.map { subresource in
                var line: JSON = [
                    "name": .string("\(resource.plural)/\(subresource.name)"), "singularName": "",
                    "namespaced": .bool(resource.isNamespaced), "kind": .string(subresource.kind),
                    "verbs": .array(subresource.verbs),
                ]
                if subresource.group != resource.group {
                    line["group"] = .string(subresource.group)
                    line["version"] = .string(subresource.version)
                }
                return line
            }
    }
}

extension Discovery {
    /// The form in which newer clients ask for everything at once.
    static let aggregatedType =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

    /// Whether a client takes the aggregated form.
    static func takesAggregated(_ accept: String?) -> Bool {
        (accept ?? "").split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            return parts.contains("g=apidiscovery.k8s.io") && parts.contains("v=v2")
                && parts.contains("as=APIGroupDiscoveryList")
        }
    }

    /// `/api` (`isCore`) and `/apis` in the aggregated form.
    func aggregated(isCore: Bool) -> JSON {
        let groups =
            isCore ? [(name: "", versions: ["v1"])] : catalog.groups + Review.groupVersions
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2",
            "metadata": [:],
            "items": .array(groups.map(aggregated)),
        ]
    }

    private func aggregated(_ group: (name: String, versions: [String])) -> JSON {
        let versions = group.versions.map { version -> JSON in
            let resources = catalog.resources.filter {
                $0.group == group.name && $0.version == version
            }
            let reviews = Review.kinds.filter { $0.group == group.name && $0.version == version }
            return [
                "version": .string(version), "freshness": "Current",
                "resources": .array(resources.map(aggregated) + reviews.map(\.aggregated)),
            ]
        }
        return [
            "metadata": group.name.isEmpty ? [:] : ["name": .string(group.name)],
            "versions": .array(versions),
        ]
    }

    private func aggregated(_ resource: Resource) -> JSON {
        var line: JSON = [
            "resource": .string(resource.plural),
            "responseKind": Self.kind(resource.group, resource.version, resource.kind),
            "scope": resource.isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(resource.singular), "verbs": .array(Self.verbs),
        ]
        if !resource.shortNames.isEmpty {
            line["shortNames"] = .array(resource.shortNames.map(JSON.string))
        }
        let categories = catalog.categories(of: resource)
        if !categories.isEmpty { line["categories"] = .array(categories.map(JSON.string)) }
        let subresources = resource.subresources
        if !subresources.isEmpty {
            line["subresources"] = .array(
                subresources.map { part in
                    [
                        "subresource": .string(part.name),
                        "responseKind": Self.kind(part.group, part.version, part.kind),
                        "verbs": .array(part.verbs),
                    ]
                })
        }
        return line
    }

    static func kind(_ group: String, _ version: String, _ kind: String) -> JSON {
        ["group": .string(group), "version": .string(version), "kind": .string(kind)]
    }
}

/// A part of an object with a path of its own.
struct Subresource {
    let name: String
    let group: String
    let version: String
    let kind: String
    let verbs: [JSON]
}

extension Resource {
    /// What has a path below an object of this kind.
    var subresources: [Subresource] {
        let change: [JSON] = ["get", "patch", "update"]
        var list: [Subresource] = []
        if self == .pods {
            list.append(
                Subresource(name: "log", group: "", version: "v1", kind: "Pod", verbs: ["get"]))
            list.append(
                Subresource(
                    name: "eviction", group: "policy", version: "v1", kind: "Eviction",
                    verbs: ["create"]))
        }
        if hasScale {
            list.append(
                Subresource(
                    name: "scale", group: "autoscaling", version: "v1", kind: "Scale", verbs: change
                ))
        }
        if hasStatus {
            list.append(
                Subresource(
                    name: "status", group: group, version: version, kind: kind, verbs: change))
        }
        return list
    }
}
