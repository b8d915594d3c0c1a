import Documents
import Foundation
import KubernetesClient
import KubernetesObjects

/// The rights of an installation for one namespace, and what is taken from them.
struct Role: Sendable {
    static let user = "sluice-test"
    private static let group = "rbac.authorization.k8s.io"
    private static let roles = Resource(group: group, version: "v1", kind: "Role", plural: "roles")
    private static let bindings = Resource(
        group: group, version: "v1", kind: "RoleBinding", plural: "rolebindings")

    private let lane: Lane
    private let rules: [JSON]

    /// Gives them to the user and the ServiceAccount of that name.
    init(in lane: Lane) async throws {
        let path = Tool.repository.appending(path: "manifests/install/namespaced/role.yaml").path
        let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
        let documents = try YAML.documents(in: bytes, file: path).map(\.value)
        self.lane = lane
        rules =
            (documents.first { $0["kind"]?.string == "Role" }?["rules"]?.array ?? []) + [
                // As the Role for the election gives it.
                [
                    "apiGroups": ["coordination.k8s.io"], "resources": ["leases"],
                    "verbs": ["create", "get", "list", "watch", "patch"],
                ]
            ]
        try await lane.create(Self.roles, Self.user, ["rules": .array(rules)])
        try await lane.create(
            Self.bindings, Self.user,
            [
                "roleRef": [
                    "apiGroup": .string(Self.group), "kind": "Role", "name": .string(Self.user),
                ],
                "subjects": [
                    ["apiGroup": .string(Self.group), "kind": "User", "name": .string(Self.user)],
                    [
                        "kind": "ServiceAccount", "name": .string(Self.user),
                        "namespace": .string(lane.kubernetes.namespace),
                    ],
                ],
            ])
    }

    /// All of them but one, as `patch rollouts/status`; nil for all.
    func lacks(_ right: String?) async throws {
        let words = (right ?? "").split(separator: " ").map(String.init)
        let left = rules.compactMap { rule -> JSON? in
            let resources = rule["resources"]?.array?.compactMap(\.string) ?? []
            guard words.count == 2, resources.contains(words[1]) else { return rule }
            let verbs = (rule["verbs"]?.array ?? []).filter { $0.string != words[0] }
            var rule = rule
            rule["verbs"] = .array(verbs)
            return verbs.isEmpty ? nil : rule
        }
        _ = try await lane.server.client.patch(
            lane.reference(Self.roles, Self.user), .merge(["rules": .array(left)]))
    }
}
