import Documents
import KubernetesObjects

/// The three questions that are asked of a container.
enum ProbeKind: String, Hashable, Sendable, CaseIterable {
    case startup, readiness, liveness
}

/// How a container is asked, and how often it must answer before that counts.
struct Probe: Hashable, Sendable {
    enum Action: Hashable, Sendable {
        case httpGet(host: String, port: Int, path: String, headers: [HTTPHeader])
        case connect(host: String, port: Int)
        case execute([String])
    }

    let action: Action
    let initialDelaySeconds: Int
    let periodSeconds: Int
    let timeoutSeconds: Int
    let successThreshold: Int
    let failureThreshold: Int

    /// Nil where the pod has no such probe.
    init?(_ json: JSON?, container: JSON, address: String) throws(PodFault) {
        guard let json, !json.isNull else { return nil }
        if let get = json["httpGet"] {
            guard get["scheme"]?.string ?? "HTTP" == "HTTP" else {
                throw PodFault(
                    "probes over HTTPS are not done in the box; use scheme HTTP or tcpSocket")
            }
            let headers = (get["httpHeaders"]?.array ?? []).map {
                HTTPHeader(name: $0["name"]?.string ?? "", value: $0["value"]?.string ?? "")
            }
            action = .httpGet(
                host: get["host"]?.string ?? address, port: try port(get["port"], of: container),
                path: get["path"]?.string ?? "/", headers: headers)
        } else if let socket = json["tcpSocket"] {
            action = .connect(
                host: socket["host"]?.string ?? address,
                port: try port(socket["port"], of: container))
        } else if let command = json["exec"]?["command"]?.array {
            action = .execute(command.compactMap(\.string))
        } else {
            throw PodFault("a probe needs httpGet, tcpSocket or exec")
        }
        initialDelaySeconds = max(0, json["initialDelaySeconds"]?.int ?? 0)
        periodSeconds = max(1, json["periodSeconds"]?.int ?? 10)
        timeoutSeconds = max(1, json["timeoutSeconds"]?.int ?? 1)
        successThreshold = max(1, json["successThreshold"]?.int ?? 1)
        failureThreshold = max(1, json["failureThreshold"]?.int ?? 3)
    }
}

/// A header field of a probe's request.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String
}

private func port(_ json: JSON?, of container: JSON) throws(PodFault) -> Int {
    if let number = json?.int { return number }
    let named = container["ports"]?.array?.first { $0["name"] != nil && $0["name"] == json }
    guard let number = named?["containerPort"]?.int else {
        throw PodFault(
            "a probe asks port \(json?.text ?? "\"\""), which the container does not name")
    }
    return number
}

/// What the answers to one probe have come to so far.
struct ProbeRecord: Hashable, Sendable {
    private var successes = 0
    private var failures = 0
    /// When to ask next.
    var due: Timestamp
    var isAsking = false
    /// True after enough successes, false after enough failures, nil before either.
    private(set) var verdict: Bool?

    init(due: Timestamp, verdict: Bool? = nil) {
        self.due = due
        self.verdict = verdict
    }

    /// Takes one answer; `probe` says how many count.
    mutating func take(_ succeeded: Bool, _ probe: Probe, at now: Timestamp) {
        isAsking = false
        due = now.advanced(bySeconds: probe.periodSeconds)
        successes = succeeded ? successes + 1 : 0
        failures = succeeded ? 0 : failures + 1
        if successes >= probe.successThreshold { verdict = true }
        if failures >= probe.failureThreshold { verdict = false }
    }
}
