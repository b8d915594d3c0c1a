import Documents
import KubernetesObjects

/// The three questions that are asked of a container.
enum ProbeKind: String, Hashable, Sendable, CaseIterable {
    case startup, readiness, liveness
}

/// How a container is asked, and how often it must answer before that counts.
struct Probe: Hashable, Sendable {
    enum Action: Hashable, Sendable {
        case httpGet(HTTPTarget)
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
            action = .httpGet(try HTTPTarget(get, container: container, address: address))
        } else if let socket = json["tcpSocket"] {
            action = .connect(
                host: socket["host"]?.string ?? address,
                port: try port(socket["port"], of: container))
        } else if let command = json["exec"]?["command"]?.array {
            action = .execute(command.compactMap(\.string))
        } else if json["grpc"] != nil {
            throw PodFault(
                "grpc probes are not asked in the box; use httpGet, tcpSocket or exec")
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

/// Where an HTTP GET of a probe or of a hook goes.
struct HTTPTarget: Hashable, Sendable {
    let isSecure: Bool
    let host: String
    let port: Int
    let path: String
    let headers: [HTTPHeader]

    init(_ get: JSON, container: JSON, address: String) throws(PodFault) {
        isSecure = get["scheme"]?.string == "HTTPS"
        headers = (get["httpHeaders"]?.array ?? []).map {
            HTTPHeader(name: $0["name"]?.string ?? "", value: $0["value"]?.string ?? "")
        }
        host = get["host"]?.string ?? address
        port = try LocalCluster.port(get["port"], of: container)
        path = get["path"]?.string ?? "/"
    }

    func probe(timeoutSeconds: Int) -> HTTPProbe {
        HTTPProbe(
            isSecure: isSecure, host: host, port: port, path: path, headers: headers,
            timeoutSeconds: timeoutSeconds)
    }
}

/// A header field of a probe's request.
package struct HTTPHeader: Hashable, Sendable {
    package let name: String
    package let value: String
}

func port(_ json: JSON?, of container: JSON) throws(PodFault) -> Int {
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
