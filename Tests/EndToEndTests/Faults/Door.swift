import Curl
import Documents
import KubernetesClient
import Logging
import Serving

/// What becomes of a request at the door. `forward` asks the server, whenever and however often.
typealias Fault =
    @Sendable (_ call: Call, _ forward: @Sendable () async -> Serving.Response) async ->
    Serving.Response

/// One request of a controller.
struct Call: Sendable {
    let method: String
    /// Of which process: what a dead one had still sent must not be taken for its successor's.
    let life: Int
    let plural: String
    let name: String
    let subresource: String
    let isWatch: Bool

    /// Whether it changes what a release is made of. Events tell of it, and leases are about who
    /// may act.
    var isWrite: Bool { method != "GET" && plural != "events" && plural != "leases" }

    var description: String {
        "\(life): \(method) \(plural)/\(name)\(subresource.isEmpty ? "" : "/\(subresource)")"
    }

    /// `/LIFE/apis/GROUP/VERSION/namespaces/NAMESPACE/PLURAL/NAME/SUBRESOURCE`
    init(_ request: Serving.Request) {
        var rest = request.segments[...]
        method = request.method
        life = rest.popFirst().flatMap { Int($0) } ?? 0
        rest = rest.dropFirst(rest.first == "api" ? 2 : 3)
        if rest.first == "namespaces", rest.count > 2 { rest = rest.dropFirst(2) }
        plural = rest.popFirst() ?? ""
        name = rest.popFirst() ?? ""
        subresource = rest.popFirst() ?? ""
        isWatch = request.query.isTrue("watch")
    }
}

/// The server as somebody else reaches it, without what happens at the door.
struct Server: Sendable {
    let connection: Connection
    let client: APIClient
    private let requests = CurlClient()
    private let streams = CurlClient(maximumConnectionsPerHost: 0)

    init(kubeconfig: String) throws {
        connection = try Kubeconfig.load(named: kubeconfig, environment: [:]).connection()
        var client = APIClient(connection)
        client.patience = .standard
        self.client = client
    }

    /// Asks the server what came to the door.
    func forward(
        _ request: Serving.Request, as user: String? = nil
    ) async -> Serving.Response {
        do {
            return try await answer(to: request, as: user)
        } catch {
            return .text("the server does not answer: \(error)\n", status: 502)
        }
    }

    private func answer(
        to request: Serving.Request, as user: String?
    ) async throws(CurlError) -> Serving.Response {
        let path = request.segments.dropFirst().map { "/" + percentEncoded($0) }.joined()
        let query = request.query.parameters.map {
            "\(percentEncoded($0.name))=\(percentEncoded($0.value))"
        }.joined(separator: "&")
        var sent = CurlRequest(
            url: connection.server + path + (query.isEmpty ? "" : "?\(query)"),
            method: request.method, body: request.body.isEmpty ? nil : request.body)
        sent.headers = request.headers.fields.compactMap { field in
            let name = field.name.lowercased()
            return ["accept", "content-type"].contains(name)
                ? Header(field.name, field.value) : nil
        }
        if let user { sent.headers.append(Header("Impersonate-User", user)) }
        sent.tls = connection.tls
        sent.verifiesPeer = connection.verifiesPeer
        guard request.query.isTrue("watch") else {
            let answer = try await requests.execute(sent)
            return Serving.Response(
                status: answer.head.status, headers: Self.passed(answer.head),
                body: .bytes(answer.body))
        }
        sent.httpVersion = .http1
        sent.timeoutMilliseconds = 0
        let answer = try await streams.stream(sent)
        return Serving.Response(
            status: answer.head.status, headers: Self.passed(answer.head),
            body: .stream { writer in
                for try await bytes in answer.body { try await writer.write(bytes) }
            })
    }

    private static func passed(_ head: ResponseHead) -> Headers {
        Headers(
            ["Content-Type", "Retry-After"].compactMap { name in
                head[name].map { .init(name: name, value: $0) }
            })
    }
}

/// Asks for nothing, behind all who have come before.
func knock(at address: String) async throws {
    _ = try await CurlClient().execute(CurlRequest(url: address + "/0/last"))
}

/// Serves HTTP on a port of the kernel's choice while `act`, which is told the address, is under
/// way.
func serving(
    _ handler: @escaping @Sendable (Serving.Request) async -> Serving.Response,
    _ act: @Sendable (String) async throws -> Void
) async throws {
    let (ports, bound) = AsyncStream<Int>.makeStream()
    let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let listener = Listener(
        at: .loopback(port: 0), logger: quiet, onBound: { bound.yield($0) }, handler: handler)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await listener.run() }
        for await port in ports {
            try await act("http://127.0.0.1:\(port)")
            break
        }
        group.cancelAll()
    }
}
