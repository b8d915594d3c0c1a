import Analysis
import Curl
import Documents

/// One request to a service that answers in JSON (rollout semantics, section 5.11).
struct Web {
    private let spec: WebSpec
    private let path: JSONPath
    private let call: ProviderCall

    /// Checks the configuration; nothing is sent yet.
    init(_ provider: JSON, _ edge: ProviderEdge, _ redactor: Redactor) throws(ProviderError) {
        spec = try checked(provider, WebSpec.init(reading:))
        do {
            path = try JSONPath(parsing: spec.jsonPath)
        } catch {
            throw ProviderError("jsonPath: \(error)")
        }
        call = ProviderCall(
            "the service", edge, redactor.knowing(credentials(of: spec.url, spec.headers)),
            timeoutSeconds: spec.timeoutSeconds ?? 10, isInsecure: spec.isInsecure)
    }

    func answer() async throws(ProviderError) -> Answer {
        try await call.authorized(by: spec.oauth2) { call throws(ProviderError) in
            let response = try await call.success(request)
            return try answer(in: response.body, call.redactor)
        }
    }

    private var request: CurlRequest {
        var request = CurlRequest(
            url: spec.url, method: spec.method,
            headers: spec.headers.map { Header($0.name, $0.value) })
        switch spec.body {
        case .none: break
        case .text(let text): request.body = Array(text.utf8)
        case .json(let json):
            request.body = Array(json.text.utf8)
            request.headers.removeAll { $0.name.lowercased() == "content-type" }
            request.headers.append(Header("Content-Type", "application/json"))
        }
        // Elsewhere they would be told to whoever the redirect names.
        request.followsRedirects = spec.headers.isEmpty && spec.oauth2 == nil && spec.body == .none
        return request
    }

    /// A text that is no JSON is a result too, for conditions that compare texts; an empty one is
    /// no data.
    private func answer(
        in body: [UInt8], _ redactor: Redactor
    ) throws(ProviderError) -> Answer {
        if body.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }), path.isWhole {
            return Answer(value: .null)
        }
        let json: JSON
        do {
            json = try JSON(parsing: body, file: "answer", duplicateKeys: .lastWins)
        } catch {
            guard path.isWhole else {
                throw ProviderError(
                    "Could not find JSONPath in body: \(error.message); the answer begins "
                        + "\"\(beginning(of: body, redactor))\"")
            }
            return Answer(value: .string(String(decoding: body, as: UTF8.self)))
        }
        do {
            let value = MetricValue(try path.first(in: json))
            return Answer(value: value, text: value.json(indent: nil))
        } catch {
            throw ProviderError("Could not find JSONPath in body: \(error)")
        }
    }
}
