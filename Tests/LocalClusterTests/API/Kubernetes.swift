import Curl
import Documents
import Foundation
import KubernetesObjects
import Testing

@testable import KubernetesClient

/// The cluster that `SLUICE_TEST_KUBECONFIG` names.
struct Kubernetes: Sendable {
    private static let kubeconfig = ProcessInfo.processInfo.environment["SLUICE_TEST_KUBECONFIG"]
    static var isNamed: Bool { kubeconfig != nil }

    private let connection: Connection
    private let login: Login
    private let client = CurlClient()

    init() throws {
        let kubeconfig = try Kubeconfig.load(named: Self.kubeconfig, environment: [:])
        connection = try kubeconfig.connection(environment: [:])
        login = Login(connection, now: wallClock)
    }

    /// 20 for 1.20.
    func minorVersion() async throws -> Int {
        let version = try await send("GET", "/version", nil, nil).json
        let digits = version["minor"]?.string?.prefix { $0.isNumber } ?? ""
        return try #require(Int(digits))
    }

    /// Plays `act` in a namespace of its own, which goes afterwards with all that is in it.
    func withNamespace(_ act: (APIUnderTest) async throws -> Void) async throws {
        let body: JSON = [
            "apiVersion": "v1", "kind": "Namespace", "metadata": ["generateName": "sluice-test-"],
        ]
        let namespace = try await send("POST", "/api/v1/namespaces", "application/json", body)
            .object.name
        let api = APIUnderTest(
            send: { try await send($0, $1, $2, $3) },
            watch: { try await watch($0, count: $1) }, namespace: namespace)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await act(api))
        } catch {
            outcome = .failure(error)
        }
        // A namespace does not hold what the contract defines.
        let left = [
            "/api/v1/namespaces/\(namespace)", Contract.definitions + "/cars.contract.example",
        ]
        for path in left { _ = try await send("DELETE", path, nil, nil) }
        try outcome.get()
    }

    private func request(_ method: String, _ target: String) async throws -> CurlRequest {
        let proof = try await login.proof()
        var request = CurlRequest(url: connection.server + target, method: method)
        request.headers =
            [Header("Accept", "application/json"), Header("User-Agent", "contract/1")]
            + proof.headers
        request.tls = proof.tls
        request.proxy = connection.proxy
        request.verifiesPeer = connection.verifiesPeer
        return request
    }

    private func send(
        _ method: String, _ target: String, _ type: String?, _ body: JSON?
    ) async throws -> APIUnderTest.Answer {
        var request = try await request(method, target)
        if let type { request.headers.append(Header("Content-Type", type)) }
        request.body = body?.bytes
        let response = try await client.execute(request)
        // What is not served at all is answered by the machinery below, in a line of plain text.
        let isText = response.head["Content-Type"]?.hasPrefix("text/plain") == true
        return APIUnderTest.Answer(
            status: response.head.status,
            json: isText ? .string(response.text) : try JSON(parsing: response.body))
    }

    private func watch(_ target: String, count: Int) async throws -> [JSON] {
        var request = try await request("GET", target)
        request.httpVersion = .http1
        let answer = try await client.stream(request)
        guard answer.head.status == 200 else { return [] }
        var lines = LineBuffer()
        var events: [JSON] = []
        for try await bytes in answer.body {
            _ = lines.append(bytes)
            while let line = lines.next() { events.append(try JSON(parsing: line)) }
            if events.count >= count { break }
        }
        return events
    }
}
