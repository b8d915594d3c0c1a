import Foundation

/// The API server of a cluster, spoken to without anything of ours: by `curl`, with what the
/// kubeconfig says.
struct API: Sendable {
    private let scratch: Scratch
    private let settings: String
    private let rollout: String

    init(_ cluster: Cluster) async throws {
        scratch = cluster.scratch
        let text = try await cluster.kubectl("config", "view", "--raw", "-o", "json").checked()
        let config = try JSONDecoder().decode(Kubeconfig.self, from: Data(text.utf8))
        guard let place = config.clusters.first?.cluster, let user = config.users.first?.user,
            let authority = Data(base64Encoded: place.authority)
        else { throw Failure("the kubeconfig names no cluster: \(text)") }
        try authority.write(to: URL(filePath: scratch.path("authority.pem")))
        settings = """
            silent
            show-error
            max-time = 20
            cacert = "\(scratch.path("authority.pem"))"
            header = "Authorization: Bearer \(user.token)"

            """
        rollout =
            place.server + "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/model-api"
    }

    /// A merge patch of the rollout, as tools of the field send it.
    struct Command: Sendable {
        var body: String
        var isStatus = true

        static let abort = Command(body: #"{"status":{"abort":true}}"#)
        static let retry = Command(body: #"{"status":{"abort":false}}"#)
        static let resume = Command(body: #"{"status":{"pauseConditions":null}}"#)
        static let promoteFull = Command(body: #"{"status":{"promoteFull":true}}"#)

        static func annotate(_ name: String, _ value: String) -> Command {
            Command(
                body: #"{"metadata":{"annotations":{"\#(name)":"\#(value)"}}}"#, isStatus: false)
        }
    }

    /// The rollout now.
    func look() async throws -> Rollout {
        let text = try await curl([settings + "url = \"\(rollout)\"\n"]).output
        return try JSONDecoder().decode(Rollout.self, from: Data(text.utf8))
    }

    /// Waits until the rollout looks as told. A status of an earlier document tells nothing of this
    /// one: a new revision is numbered before its status is written.
    @discardableResult
    func wait(
        for what: String, seconds: Int = 60, until isThere: (Rollout) -> Bool
    ) async throws -> Rollout {
        try await Rollout.wait(for: what, seconds: seconds, look: look) {
            $0.isObserved && isThere($0)
        }
    }

    /// Sends all commands at once, over as many connections as there are.
    /// - Returns: the status of each answer.
    func send(_ commands: [Command]) async throws -> [String] {
        let requests = commands.map { command in
            settings + """
                url = "\(rollout)\(command.isStatus ? "/status" : "")"
                request = "PATCH"
                header = "Content-Type: application/merge-patch+json"
                data = \(quoted(command.body))
                output = "/dev/null"
                write-out = "%{http_code}\\n"

                """
        }
        return try await curl(requests).output.split(separator: "\n").map(String.init)
    }

    private func curl(_ requests: [String]) async throws -> Outcome {
        let path = scratch.path(scratch.fresh("requests"))
        try requests.joined(separator: "next\n").write(
            toFile: path, atomically: false, encoding: .utf8)
        let parallel = requests.count > 1 ? ["--parallel", "--parallel-max", "100"] : []
        return try await scratch.run(["curl"] + parallel + ["-K", path])
    }

    private func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}

private struct Kubeconfig: Decodable {
    struct Place: Decodable {
        struct Cluster: Decodable {
            var server: String
            var authority: String

            enum CodingKeys: String, CodingKey {
                case server
                case authority = "certificate-authority-data"
            }
        }
        var cluster: Cluster
    }
    struct Person: Decodable {
        struct User: Decodable { var token: String }
        var user: User
    }
    var clusters: [Place]
    var users: [Person]
}

/// What the tests look at in a rollout.
struct Rollout: Decodable, Sendable {
    struct Metadata: Decodable, Sendable {
        var resourceVersion: String
        var generation: Int
        var annotations: [String: String]?
    }
    struct Spec: Decodable, Sendable {
        struct Template: Decodable, Sendable {
            struct Pod: Decodable, Sendable {
                struct Container: Decodable, Sendable { var image: String }
                var containers: [Container]
            }
            var spec: Pod
        }
        var replicas: Int?
        var template: Template
    }
    struct Status: Decodable, Sendable {
        struct Canary: Decodable, Sendable {
            struct Weights: Decodable, Sendable {
                struct Side: Decodable, Sendable { var weight: Int }
                var canary: Side
            }
            var weights: Weights?
        }
        var observedGeneration: String?
        var phase: String?
        var message: String?
        var abort: Bool?
        var promoteFull: Bool?
        var stableRS: String?
        var currentPodHash: String?
        var currentStepIndex: Int?
        var availableReplicas: Int?
        var updatedReplicas: Int?
        var canary: Canary?
    }
    var metadata: Metadata
    var spec: Spec
    var status: Status?

    var image: String { spec.template.spec.containers.first?.image ?? "" }
    var revision: String? { metadata.annotations?["rollout.argoproj.io/revision"] }
    var phase: String { status?.phase ?? "" }
    var weight: Int { status?.canary?.weights?.canary.weight ?? 0 }
    /// Whether the status speaks of the document as it is now.
    var isObserved: Bool { status?.observedGeneration == String(metadata.generation) }
    /// Whether all pods are those of the document.
    var isUpdated: Bool { status?.stableRS != nil && status?.stableRS == status?.currentPodHash }
}

extension Rollout {
    /// Waits until a rollout looks as told. Where that was in vain, what it looked like is said.
    @discardableResult
    static func wait(
        for what: String, seconds: Int, everyMilliseconds pause: Int = 50,
        look: () async throws -> Rollout, until isThere: (Rollout) -> Bool
    ) async throws -> Rollout {
        var last: Rollout?
        do {
            return try await eventually(what, seconds: seconds, everyMilliseconds: pause) {
                let rollout = try await look()
                last = rollout
                return isThere(rollout) ? rollout : nil
            }
        } catch {
            throw Failure("\(error); the rollout is \(last.map { "\($0)" } ?? "not there")")
        }
    }
}
