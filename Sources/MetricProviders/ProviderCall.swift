import Analysis
import Curl
import Documents

/// Sends the requests of one measurement, and keeps what they carry out of what is said of them.
struct ProviderCall {
    /// As messages name it.
    private let name: String
    let edge: ProviderEdge
    private(set) var redactor: Redactor
    private let timeoutSeconds: Int
    private let isInsecure: Bool
    private var authorization: Header?
    var signature: SignatureV4?

    init(
        _ name: String, _ edge: ProviderEdge, _ redactor: Redactor, timeoutSeconds: Int,
        isInsecure: Bool = false
    ) {
        self.name = name
        self.edge = edge
        self.redactor = redactor
        self.timeoutSeconds = timeoutSeconds
        self.isInsecure = isInsecure
    }

    /// The answer that `ask` gets, with a token or a signature where one is wanted. What comes back
    /// may repeat what was sent; credentials are taken out here, since only here all are known.
    func authorized(
        by oauth2: OAuth2Spec? = nil,
        signedBy sigv4: (service: String, spec: SigV4Spec)? = nil,
        _ ask: (ProviderCall) async throws(ProviderError) -> Answer
    ) async throws(ProviderError) -> Answer {
        var call = self
        do {
            if let oauth2 {
                // The second is how it goes into the head of a request.
                call.learn([
                    Secret(oauth2.clientSecret), Secret(percentEncoded(oauth2.clientSecret)),
                ])
                let token = try await call.token(for: oauth2)
                call.learn([token])
                call.authorization = Header("Authorization", "Bearer \(token.reveal())")
            }
            if let sigv4 { try await call.sign(for: sigv4.service, as: sigv4.spec) }
            var answer = try await ask(call)
            answer.redactor = call.redactor
            answer.text = call.redactor.redact(answer.text)
            if answer.text.count > maximumTextCharacters {
                answer.text = answer.text.prefix(maximumTextCharacters) + "…"
            }
            return answer
        } catch {
            throw ProviderError(call.redactor.redact(error.message), isCancelled: error.isCancelled)
        }
    }

    /// What is not to be said of this call from now on.
    mutating func learn(_ secrets: [Secret]) {
        redactor = redactor.knowing(secrets)
    }

    /// - Parameter isTrusted: whether the server is one that no document names, and whose
    ///   certificate therefore no document waives.
    func send(
        _ request: CurlRequest, isTrusted: Bool = false
    ) async throws(ProviderError) -> Response {
        var request = request
        if let authorization {
            request.headers.removeAll { $0.name.lowercased() == authorization.name.lowercased() }
            request.headers.append(authorization)
        }
        if let signature { request = signature.signed(request) }
        request.timeoutMilliseconds = timeoutSeconds * 1000
        request.verifiesPeer = isTrusted || !isInsecure
        request.maximumBodyBytes = maximumBodyBytes
        do {
            return try await edge.send(request)
        } catch {
            throw ProviderError("\(name) gave no answer: \(error)", isCancelled: error.isCancelled)
        }
    }
}

extension ProviderCall {
    /// The JSON of an answer that is a success.
    func json(_ request: CurlRequest) async throws(ProviderError) -> JSON {
        let response = try await success(request)
        do {
            return try JSON(parsing: response.body, file: "answer", duplicateKeys: .lastWins)
        } catch {
            throw ProviderError(
                "\(name) answered no JSON: \(error.message); the answer begins "
                    + "\"\(beginning(of: response.body, redactor))\"")
        }
    }

    /// An answer that is a success.
    func success(
        _ request: CurlRequest, isTrusted: Bool = false
    ) async throws(ProviderError) -> Response {
        let response = try await send(request, isTrusted: isTrusted)
        guard !response.head.isSuccess else { return response }
        let text = beginning(of: response.body, redactor)
        throw ProviderError(
            "received non 2xx response code: \(response.head.status)"
                + (text.isEmpty ? "" : ": \"\(text)\"") + remedy(for: response, to: request))
    }

    /// What whoever is not let in can do; empty for any other answer.
    func remedy(for response: Response, to request: CurlRequest) -> String {
        guard [401, 403, 407].contains(response.head.status) else { return "" }
        return "; give the metric what lets it in at \(place(in: request.url)): docs/KUBERNETES.md "
            + "says for each provider where that stands"
    }
}

/// Scheme, host and path: the rest may let somebody in.
private func place(in url: String) -> String {
    let whole = url.prefix { !"?#".contains($0) }
    guard let scheme = whole.firstRange(of: "://") else { return String(whole) }
    let rest = whole[scheme.upperBound...]
    let login = rest.prefix { $0 != "/" }.lastIndex(of: "@")
    return "\(whole[..<scheme.upperBound])\(login.map { rest[$0...].dropFirst() } ?? rest)"
}

/// Answers longer than this are no metric but a table; a hundred thousand samples fit.
private let maximumBodyBytes = 8 << 20

/// What a measurement shows of its value; a status must stay far below etcd's limit of 1.5 MiB.
private let maximumTextCharacters = 2_000

/// Where secrets are looked for before a text is cut: none that a header can carry is longer.
private let maximumSearchedBytes = 64 << 10

/// The first words of an answer that is none, on one line.
func beginning(of body: [UInt8], _ redactor: Redactor) -> String {
    let text = String(decoding: body.prefix(maximumSearchedBytes), as: UTF8.self)
    return String(
        String.UnicodeScalarView(
            redactor.redact(text, upTo: 160).unicodeScalars
                .map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
}

/// `application/x-www-form-urlencoded`.
func encodedForm(_ fields: [(String, String)]) -> String {
    fields.map { "\(percentEncoded($0.0))=\(percentEncoded($0.1))" }.joined(separator: "&")
}

/// An address to which a path can be added.
func withoutSlash(_ address: String) -> String {
    var address = address
    while address.hasSuffix("/") { address.removeLast() }
    return address
}
