import Documents
import KubernetesClient
import KubernetesObjects
import Manifests

/// Whose logs are meant.
enum PodChoice: Hashable, Sendable {
    case pod(String)
    case rollout(RolloutName)
    /// The pod of that name, else the rollout.
    case either(RolloutName)

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, ["pod", "pods", "po"].contains(parts[0]) {
            guard Naming.subdomainProblem(parts[1]) == nil else { return nil }
            self = .pod(parts[1])
        } else if let name = RolloutName(argument: text) {
            self = parts.count == 2 ? .rollout(name) : .either(name)
        } else {
            return nil
        }
    }

    /// The pods, the newest revision first.
    func pods(in connected: Connected, revision: Int?) async throws(CommandFailure) -> [Object] {
        switch self {
        case .pod(let name):
            guard let pod = try await Self.pod(name, connected) else {
                throw CommandFailure(
                    "pod \(connected.namespace)/\(name) is not there",
                    remedy: "see the pods: kubectl get pods")
            }
            return [pod]
        case .rollout(let name): return try await Self.pods(of: name, connected, revision)
        case .either(let name):
            if let pod = try await Self.pod(name.text, connected) { return [pod] }
            return try await Self.pods(of: name, connected, revision)
        }
    }

    private static func pod(
        _ name: String, _ connected: Connected
    ) async throws(CommandFailure) -> Object? {
        let reference = Reference(.pods, namespace: connected.namespace, name: name)
        do {
            return try await connected.client.get(reference)
        } catch {
            if case .notFound = error { return nil }
            throw CommandFailure(error, asking: "\(reference)", of: connected)
        }
    }

    private static func pods(
        of name: RolloutName, _ connected: Connected, _ revision: Int?
    ) async throws(CommandFailure) -> [Object] {
        let rollout = try await connected.rollout(name)
        let sets = try await list(.replicaSets, connected).filter {
            $0.controllerOwner?.uid == rollout.uid
                && (revision == nil || $0.annotations[Keys.revision] == revision.map(String.init))
        }
        let newestFirst = sets.sorted {
            let numbers = [$0, $1].map { $0.number(Keys.revision) ?? 0 }
            return numbers[0] > numbers[1]
        }
        let pods = try await list(.pods, connected)
        let chosen = newestFirst.flatMap { set in
            pods.filter { $0.controllerOwner?.uid == set.uid }.sorted { $0.name < $1.name }
        }
        guard !chosen.isEmpty else {
            let which = revision.map { " of revision \($0)" } ?? ""
            throw CommandFailure(
                "rollout \(connected.namespace)/\(name.text) has no pods\(which)",
                remedy: "see where it stands: sluice get \(name.text)")
        }
        return chosen
    }

    private static func list(
        _ resource: Resource, _ connected: Connected
    ) async throws(CommandFailure) -> [Object] {
        do {
            return try await connected.client.list(
                resource, Selection(namespace: connected.namespace)
            ).objects
        } catch {
            throw CommandFailure(error, asking: "the list of \(resource.plural)", of: connected)
        }
    }
}

extension Object {
    /// The container whose log is meant where none is named; nil for a pod without any.
    var defaultContainer: String? {
        annotations["kubectl.kubernetes.io/default-container"]
            ?? spec?["containers"]?[0]?["name"]?.string
    }
}
