import Curl
import Documents
import KubernetesObjects

/// Speaks to one API server. Reads, writes and watches; decides and remembers nothing.
package struct APIClient: Sendable {
    /// Under this name the server notes which fields are ours.
    package static let fieldManager = "sluice"

    package let connection: Connection
    /// The bound of every call but a watch.
    package var timeoutMilliseconds = 30_000
    let requests: CurlClient
    let streams: CurlClient

    package init(_ connection: Connection) {
        self.connection = connection
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
        var request = try request(Call(path: path, query: query, accepts: "*/*"))
        request.timeoutMilliseconds = 0
        request.httpVersion = .http1
        return try await open(request, name: "GET \(path)")
    }

    func json(_ call: Call) async throws(APIError) -> JSON {
        let request = try request(call)
        let response: Response
        do throws(CurlError) {
            response = try await requests.execute(request)
        } catch {
            throw APIError(error)
        }
        guard response.head.isSuccess else {
            throw APIError(
                response.head, body: response.body, call: call.name, redactor: request.redactor)
        }
        do throws(DocumentError) {
            return try JSON(parsing: response.body, file: "the answer to \(call.name)")
        } catch {
            throw .unreachable(reason: "\(error)")
        }
    }

    /// Starts a stream and returns its body once the server has said yes.
    func open(_ request: CurlRequest, name: String) async throws(APIError) -> ResponseBody {
        let head: ResponseHead
        let body: [UInt8]
        do throws(CurlError) {
            let response = try await streams.stream(request)
            if response.head.status == 200 { return response.body }
            head = response.head
            body = try await response.body.collected(upTo: Self.maximumErrorBytes)
        } catch {
            throw APIError(error)
        }
        throw APIError(head, body: body, call: name, redactor: request.redactor)
    }

    /// A `Status` is below one KiB; more is the page of some proxy.
    private static let maximumErrorBytes = 64 << 10

    func request(_ call: Call) throws(APIError) -> CurlRequest {
        var request = CurlRequest(
            url: connection.server + call.path + queryText(call.query), method: call.method)
        request.headers = [Header("Accept", call.accepts), Header("User-Agent", Self.fieldManager)]
        do throws(LocalFileError) {
            if let header = try connection.authorization() { request.headers.append(header) }
        } catch {
            throw .unreachable(reason: "\(error)")
        }
        if let body = call.body {
            request.body = body.bytes
            request.headers.append(Header("Content-Type", call.contentType))
        }
        request.timeoutMilliseconds = timeoutMilliseconds
        request.tls = connection.tls
        request.verifiesPeer = connection.verifiesPeer
        request.unixSocketPath = connection.unixSocketPath
        request.maximumBodyBytes = Limits.standard.bytes
        return request
    }
}

/// `?a=b&c=d`, or nothing.
private func queryText(_ query: [(String, String)]) -> String {
    if query.isEmpty { return "" }
    return "?"
        + query.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
}

extension CurlRequest {
    /// Knows what this request shows of us to the server.
    fileprivate var redactor: Redactor {
        let shown = headers.filter { $0.name == "Authorization" }.map { Secret($0.value) }
        return Redactor(shown + [Secret(url.login ?? "")])
    }
}
