import Curl
import Serving

extension GatewayStandIn {
    /// Forwards with `client`; an answer that does not come within `timeoutSeconds` is none.
    static func forwarding(with client: CurlClient, timeoutSeconds: Int) -> Forward {
        { url, headers, body in
            var request = CurlRequest(
                url: url, method: "POST",
                headers: headers.fields.map { Header($0.name, $0.value) }, body: body)
            request.timeoutMilliseconds = timeoutSeconds * 1000
            request.httpVersion = .http1
            request.maximumBodyBytes = bodyLimit
            do throws(CurlError) {
                let answer = try await client.execute(request)
                return Answer(
                    status: answer.head.status,
                    headers: Headers(
                        answer.head.headers.map { .init(name: $0.name, value: $0.value) }),
                    body: answer.body)
            } catch {
                return nil
            }
        }
    }

    /// Far more than a completion of a demonstration has.
    private static let bodyLimit = 1 << 20
}
