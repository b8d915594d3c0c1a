import Documents
import KubernetesObjects

/// The two moments of a container at which its pod may have something done.
enum HookKind: String, Hashable, Sendable {
    case postStart, preStop
}

/// What is done at such a moment.
enum Hook: Hashable, Sendable {
    case execute([String])
    case httpGet(HTTPTarget)
    case sleep(seconds: Int)

    /// How long a container may take to begin, whatever its hook does.
    static let longestStartSeconds = 60

    /// Nil where the pod has no such hook.
    init?(_ json: JSON?, container: JSON, address: String) throws(PodFault) {
        guard let json, !json.isNull else { return nil }
        if let command = json["exec"]?["command"]?.array {
            self = .execute(command.compactMap(\.string))
        } else if let get = json["httpGet"] {
            self = .httpGet(try HTTPTarget(get, container: container, address: address))
        } else if let seconds = json["sleep"]?["seconds"]?.int {
            self = .sleep(seconds: max(0, seconds))
        } else {
            throw PodFault("a lifecycle hook needs exec, httpGet or sleep")
        }
    }
}
