import Documents
import Foundation

/// A ServiceAccount whose token stands in a file.
struct TokenFile: Sendable {
    static let kubeconfig = "account.kubeconfig"
    private let kubernetes: Kubernetes

    init(in lane: Lane) async throws {
        kubernetes = lane.kubernetes
        _ = try await kubernetes.kubectl("create", "serviceaccount", Role.user).checked()
        let path = kubernetes.scratch.path("kubeconfig")
        let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
        var config = try YAML.documents(in: bytes, file: path).first?.value ?? .null
        let cluster = config["contexts"]?[0]?["context"]?["cluster"] ?? .null
        config["contexts"] = [
            ["name": "account", "context": ["cluster": cluster, "user": "account"]]
        ]
        config["current-context"] = "account"
        config["users"] = [
            [
                "name": "account",
                "user": ["tokenFile": .string(kubernetes.scratch.path("token"))],
            ]
        ]
        try YAML.text(of: config).write(
            toFile: kubernetes.scratch.path(Self.kubeconfig), atomically: true, encoding: .utf8)
    }

    /// Puts a new token into the file, which holds for as long as a Secret of that name is there.
    func take(_ name: String) async throws {
        _ = try await kubernetes.kubectl("create", "secret", "generic", name).checked()
        let request: JSON = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
            "spec": [
                "audiences": [],
                "boundObjectRef": [
                    "apiVersion": "v1", "kind": "Secret", "name": .string(name),
                ],
            ],
        ]
        let file = kubernetes.scratch.path("request.json")
        try request.text.write(toFile: file, atomically: true, encoding: .utf8)
        let path =
            "/api/v1/namespaces/\(kubernetes.namespace)/serviceaccounts/\(Role.user)/token"
        let answer = try await kubernetes.kubectl("create", "--raw", path, "-f", file).checked()
        let token = try JSON(parsing: Array(answer.utf8))["status"]?["token"]?.string
        guard let token else { throw Failure("no token: \(answer)") }
        try token.write(
            toFile: kubernetes.scratch.path("token"), atomically: true, encoding: .utf8)
    }

    /// Makes a token worthless. A server believes it for some seconds more.
    func void(_ name: String) async throws {
        _ = try await kubernetes.kubectl("delete", "secret", name).checked()
        _ = try await eventually("the end of a token", seconds: 60, everyMilliseconds: 500) {
            let outcome = try await kubernetes.kubectl(
                "--kubeconfig", kubernetes.scratch.path(Self.kubeconfig), "get", "services")
            return outcome.errors.contains("Unauthorized") ? true : nil
        }
    }
}
