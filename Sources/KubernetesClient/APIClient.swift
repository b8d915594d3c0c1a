import Curl
import Documents
import Glibc
import KubernetesObjects

/// Speaks to one API server. Reads, writes and watches; decides and remembers nothing.
package struct APIClient: Sendable {
    /// Under this name the server notes which fields are ours.
    package static let fieldManager = "sluice"

    package let connection: Connection
    /// The bound of every call but a watch.
    package var timeoutMilliseconds = 30_000
    /// After so long without a byte a watch throws `.unreachable`. Servers send a bookmark about
    /// every minute: after two of them have not come, nobody is there any more.
    package var watchSilenceMilliseconds = 150_000
    /// How much of one answer is read.
    package var limits = Limits.standard
    /// How calls wait for a server that has no time; nil where the caller does that itself.
    package var patience: Patience?
    /// Told of every request, also of those that are tried again.
    package var answered: (@Sendable (AnsweredRequest) async -> Void)?
    let requests: CurlClient
    let streams: CurlClient

    let login: Login

    /// - Parameter now: tells when a token file is to be read again, and when a login expires.
    package init(
        _ connection: Connection, now: @escaping @Sendable () -> Timestamp = wallClock
    ) {
        self.connection = connection
        login = Login(connection, now: now)
        requests = CurlClient()
        // Watches get connections of their own, one for each: their number is that of the caches.
        streams = CurlClient(maximumConnectionsPerHost: 0)
    }

    /// One call, before it is a request of a server.
    struct Call: Sendable {
        var method = "GET"
        var path: String
        var query: [(String, String)] = []
        var body: JSON?
        var contentType = "application/json"
        var accepts = "application/json"

        /// What messages call it.
        var name: String { "\(method) \(path)" }
    }

    /// The answer to `GET path`, for what is no object: `/version`, discovery, OpenAPI.
    package func document(
        at path: String, query: [(String, String)] = []
    ) async throws(APIError) -> JSON {
        try await json(Call(path: path, query: query))
    }

    /// Any answer to `GET path` with status 200, as it comes: logs of pods. Without a bound in
    /// time; the reader bounds the bytes.
    package func text(
        at path: String, query: [(String, String)] = []
    ) async throws(APIError) -> ResponseBody {
        try await open(Call(path: path, query: query, accepts: "*/*"), name: "GET \(path)") {
            $0.timeoutMilliseconds = 0
        }.body
    }

    func json(_ call: Call) async throws(APIError) -> JSON {
        let (response, proof) = try await answer(to: call)
        do throws(DocumentError) {
            return try JSON(
                parsing: response.body, file: "the answer to \(call.name)", limits: limits)
        } catch {
            let reason = redactor(proof).redact("\(error)")
            throw error.exceedsLimits ? .tooLong(reason: reason) : .unreachable(reason: reason)
        }
    }

    private func answer(to call: Call) async throws(APIError) -> (Response, Login.Proof) {
        var tries = 1
        var spent = Duration.zero
        while true {
            let (response, proof) = try await oneAnswer(to: call)
            if response.head.isSuccess { return (response, proof) }
            let wait = patience?.wait(
                after: response.head, isQuestion: call.method == "GET", tries: tries, spent: spent,
                within: .milliseconds(timeoutMilliseconds))
            guard let patience, let wait else {
                throw APIError(
                    response.head, body: response.body, call: call.name, redactor: redactor(proof))
            }
            do { try await patience.sleep(wait) } catch { throw .cancelled }
            spent += wait
            tries += 1
        }
    }

    private func oneAnswer(
        to call: Call
    ) async throws(APIError) -> (Response, Login.Proof) {
        try await loggedIn(call) { proof throws(CurlError) in
            let response = try await requests.execute(request(call, proof))
            return (response.head.status, response)
        }
    }

    /// Starts a stream and returns its body once the server has said yes, and what knows the
    /// secrets that the server was shown.
    func open(
        _ call: Call, name: String, _ prepare: @Sendable (inout CurlRequest) -> Void
    ) async throws(APIError) -> (body: ResponseBody, redactor: Redactor) {
        let (response, proof) = try await loggedIn(call) { proof throws(CurlError) in
            var request = request(call, proof)
            request.httpVersion = .http1
            prepare(&request)
            let response = try await streams.stream(request)
            return (response.head.status, response)
        }
        let redactor = redactor(proof)
        if response.head.status == 200 { return (response.body, redactor) }
        let body: [UInt8]
        do throws(CurlError) {
            body = try await response.body.collected(upTo: Self.maximumErrorBytes)
        } catch {
            throw APIError(error)
        }
        throw APIError(response.head, body: body, call: name, redactor: redactor)
    }

    /// Asks with what we have to show. A server that does not take it is asked once more, where
    /// there is something else to show: tokens and certificates rotate while requests are under
    /// way.
    private func loggedIn<Answer>(
        _ call: Call, _ ask: (Login.Proof) async throws(CurlError) -> (status: Int, answer: Answer)
    ) async throws(APIError) -> (Answer, Login.Proof) {
        let proof = try await login.proof()
        let first = await told(call, proof, ask)
        guard let refusal = Login.Refusal(first),
            let other = try await login.proof(after: proof, refusal)
        else { return (try first.mapError(APIError.init).get().answer, proof) }
        return (try await told(call, other, ask).mapError(APIError.init).get().answer, other)
    }

    /// Asks, and tells what came of it.
    private func told<Answer>(
        _ call: Call, _ proof: Login.Proof,
        _ ask: (Login.Proof) async throws(CurlError) -> (status: Int, answer: Answer)
    ) async -> Result<(status: Int, answer: Answer), CurlError> {
        do {
            let result = try await ask(proof)
            await answered?(AnsweredRequest(call, status: result.status))
            return .success(result)
        } catch {
            await answered?(AnsweredRequest(call, status: nil))
            return .failure(error)
        }
    }

    /// Knows what we have shown to the server.
    private func redactor(_ proof: Login.Proof) -> Redactor {
        let shown = proof.headers.filter { $0.name == "Authorization" }.map { Secret($0.value) }
        return Redactor(shown + [Secret(connection.server.login ?? "")])
    }

    /// A `Status` is below one KiB; more is the page of some proxy.
    private static let maximumErrorBytes = 64 << 10

    private func request(_ call: Call, _ proof: Login.Proof) -> CurlRequest {
        var request = CurlRequest(
            url: connection.server + call.path + queryText(call.query), method: call.method)
        request.headers = [Header("Accept", call.accepts), Header("User-Agent", Self.fieldManager)]
        request.headers += proof.headers
        if let body = call.body {
            request.body = body.bytes
            request.headers.append(Header("Content-Type", call.contentType))
        }
        request.timeoutMilliseconds = timeoutMilliseconds
        request.tls = proof.tls
        request.proxy = connection.proxy
        request.verifiesPeer = connection.verifiesPeer
        request.unixSocketPath = connection.unixSocketPath
        request.maximumBodyBytes = limits.bytes
        return request
    }
}

extension Login.Refusal {
    fileprivate init?<Answer>(_ outcome: Result<(status: Int, answer: Answer), CurlError>) {
        switch outcome {
        case .success(let result) where result.status == 401: self = .answer
        case .failure(let error) where error.isUntrusted: self = .handshake
        case .success, .failure: return nil
        }
    }
}

/// `?a=b&c=d`, or nothing.
private func queryText(_ query: [(String, String)]) -> String {
    if query.isEmpty { return "" }
    return "?"
        + query.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
}

/// The time of day of this machine.
package let wallClock: @Sendable () -> Timestamp = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
}
