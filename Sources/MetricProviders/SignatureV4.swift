import CLibCrypto
import Curl
import Documents

/// Signs a request to AWS by version 4 of its signatures: the head says which parts are signed, by
/// whom, and for which hour, region and service.
struct SignatureV4: Sendable {
    struct Credentials: Sendable {
        let keyID: String
        let secret: Secret
        let sessionToken: Secret?
    }

    let credentials: Credentials
    let region: String
    let service: String
    let time: Timestamp

    func signed(_ request: CurlRequest) -> CurlRequest {
        var request = request
        request.headers.removeAll { $0.name.lowercased() == "authorization" }
        request.headers.append(Header("X-Amz-Date", stamp))
        if let token = credentials.sessionToken {
            request.headers.append(Header("X-Amz-Security-Token", token.reveal()))
        }
        let target = Target(request.url)
        let fields = signedFields(of: request, host: target.host)
        let names = fields.map(\.name).joined(separator: ";")
        let canonical =
            [request.method, target.path, target.query]
            + fields.map { "\($0.name):\($0.value)" }
            + ["", names, hexadecimal(sha256(request.body ?? []))]
        let text = canonical.joined(separator: "\n")
        let toSign = [Self.algorithm, stamp, scope, hexadecimal(sha256(Array(text.utf8)))]
            .joined(separator: "\n")
        let signature = hexadecimal(hmac(toSign, key: key))
        request.headers.append(
            Header(
                "Authorization",
                "\(Self.algorithm) Credential=\(credentials.keyID)/\(scope), "
                    + "SignedHeaders=\(names), Signature=\(signature)"))
        return request
    }

    private static let algorithm = "AWS4-HMAC-SHA256"

    /// `20150830T123600Z`.
    private var stamp: String {
        Timestamp(seconds: time.seconds).rfc3339.filter { $0 != "-" && $0 != ":" }
    }

    private var day: String { String(stamp.prefix(8)) }
    private var scope: String { "\(day)/\(region)/\(service)/aws4_request" }

    private var key: [UInt8] {
        [day, region, service, "aws4_request"]
            .reduce(Array("AWS4\(credentials.secret.reveal())".utf8)) { hmac($1, key: $0) }
    }

    /// What somebody on the way might change with effect.
    private func signedFields(
        of request: CurlRequest, host: String
    ) -> [(name: String, value: String)] {
        let fields = request.headers.map { (name: $0.name.lowercased(), value: $0.value) }
            .filter { $0.name.hasPrefix("x-amz-") || $0.name == "content-type" }
        return (fields + [("host", host)]).sorted { $0.name < $1.name }
    }
}

/// The parts of a URL as they are signed.
private struct Target {
    let host: String
    let path: String
    let query: String

    init(_ url: String) {
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count + 3)
        let authority = rest.prefix { !"/?#".contains($0) }
        let address = authority.split(separator: "@").last ?? authority
        let usualPort = scheme == "https" ? ":443" : ":80"
        host = String(address.hasSuffix(usualPort) ? address.dropLast(usualPort.count) : address)
        let whole = rest.dropFirst(authority.count).prefix { $0 != "#" }
        let path = whole.prefix { $0 != "?" }
        self.path =
            path.isEmpty
            ? "/"
            : path.split(separator: "/", omittingEmptySubsequences: false)
                .map { percentEncoded(String($0)) }.joined(separator: "/")
        query = whole.dropFirst(path.count + 1).split(separator: "&").map { field in
            let name = field.prefix { $0 != "=" }
            let value = field.dropFirst(name.count + 1)
            return [name, value].map { percentEncoded(percentDecoded(String($0))) }
                .joined(separator: "=")
        }.sorted().joined(separator: "&")
    }
}

private func sha256(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    // The one-shot form writes exactly 32 bytes and has no way to fail.
    _ = SHA256(bytes, bytes.count, &digest)
    return digest
}

/// RFC 2104 with SHA-256, whose blocks have 64 bytes.
private func hmac(_ text: String, key: [UInt8]) -> [UInt8] {
    let short = key.count > 64 ? sha256(key) : key
    let block = short + [UInt8](repeating: 0, count: 64 - short.count)
    return sha256(block.map { $0 ^ 0x5C } + sha256(block.map { $0 ^ 0x36 } + Array(text.utf8)))
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
