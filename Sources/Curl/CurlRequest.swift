/// One request: what to send where, and how long and how much may come back. Over HTTP, or, with
/// an envelope, a message over SMTP.
package struct CurlRequest: Sendable {
    /// The version of HTTP that a request asks for.
    package enum HTTPVersion: Sendable {
        /// HTTP/1.1 only, one connection for each request under way: what a watch wants.
        case http1
        /// HTTP/2 where the server offers it over TLS, many requests on one connection; else
        /// HTTP/1.1.
        case http2OverTLS
    }

    /// Only `http` and `https`; with an envelope `smtp` and `smtps`.
    package var url: String
    package var method: String
    package var headers: [Header]
    package var body: [UInt8]?
    /// From the start to the last byte of the answer; 0 never ends, which only a stream may want.
    package var timeoutMilliseconds = 30_000
    package var connectTimeoutMilliseconds = 5_000
    /// A peer that acknowledges nothing for so long is gone, and its connection with it: many
    /// requests share one, and the system would try for a quarter of an hour. As long as a leader
    /// tries to renew its lease. Holds for connections that this request opens.
    package var silenceMilliseconds = 10_000
    /// An answer of which not a byte comes for so long is given up, however long it may take as a
    /// whole: a peer that is gone without a word looks exactly like a quiet one. 0 waits.
    package var quietMilliseconds = 0
    package var httpVersion = HTTPVersion.http2OverTLS
    package var tls = TLSOptions()
    /// False takes any certificate for any name: only where a person has asked for it.
    package var verifiesPeer = true
    /// The socket to connect to in place of the host of the URL.
    package var unixSocketPath: String?
    /// Nil connects directly; the proxy variables of the environment are never read here.
    package var proxy: String?
    /// `execute` fails with an answer longer than this. A stream is bounded by its reader instead.
    package var maximumBodyBytes = CurlRequest.defaultMaximumBodyBytes
    /// Follows up to five redirects, to `http` and `https` only.
    package var followsRedirects = false
    /// Makes this a message of e-mail, whose text is the body. Method and headers are not used.
    package var envelope: MailEnvelope?

    /// A list page of 500 large objects stays below 32 MiB; what is longer is a mistake or an
    /// attack.
    package static let defaultMaximumBodyBytes = 64 << 20
    /// Browsers allow 20; a metrics server or an API server behind more than five is misconfigured.
    static let maximumRedirects = 5

    package init(
        url: String, method: String = "GET", headers: [Header] = [], body: [UInt8]? = nil
    ) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
    }
}

/// A line of the head of a message.
package struct Header: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// Who the server must be and who we are. All certificates and keys are PEM.
package struct TLSOptions: Hashable, Sendable {
    /// The authorities to trust, and no others; nil trusts those of the system.
    package var ca: [UInt8]?
    package var certificate: [UInt8]?
    package var key: [UInt8]?
    /// The name the server must prove to have, where it differs from the host of the URL.
    package var serverName: String?

    package init(
        ca: [UInt8]? = nil, certificate: [UInt8]? = nil, key: [UInt8]? = nil,
        serverName: String? = nil
    ) {
        self.ca = ca
        self.certificate = certificate
        self.key = key
        self.serverName = serverName
    }
}

// Requests carry tokens and keys. Whoever prints one, in a log or a failed test, sees none of them.
extension CurlRequest: CustomStringConvertible, CustomReflectable {
    package var description: String { "\(method) \(URLParts(url)?.authority ?? "(no host)")" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension TLSOptions: CustomStringConvertible, CustomReflectable {
    package var description: String { "(TLS options)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension CurlRequest {
    /// Whether others may use the same connection at the same time. Only TLS tells early whether
    /// they can.
    var sharesConnection: Bool { httpVersion == .http2OverTLS && url.hasPrefix("https:") }

    /// Host and port of the URL, as messages show them.
    var host: String { URLParts(url)?.authority ?? "(no host)" }

    /// What makes this request impossible to send as it is; nil where nothing does.
    var fault: String? {
        if url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) {
            return "the URL contains a space or a control character"
        }
        if let envelope { return envelope.fault ?? addressFault(["smtp", "smtps"]) }
        if !method.utf8.allSatisfy(isTokenByte) || method.isEmpty {
            return "the method is no HTTP token"
        }
        for header in headers {
            if header.name.isEmpty || !header.name.utf8.allSatisfy(isTokenByte) {
                return "a header name is no HTTP token"
            }
            // A line break in a value would smuggle in another header, or another request.
            if header.value.utf8.contains(where: { $0 < 0x20 && $0 != 0x09 || $0 == 0x7f }) {
                return "the value of header \(header.name) contains a control character"
            }
        }
        return addressFault(["http", "https"])
    }

    private func addressFault(_ schemes: [String]) -> String? {
        let isFit = URLParts(url).map { schemes.contains($0.scheme) } ?? false
        return isFit ? nil : "the URL is not of the form \(schemes[0])(s)://host"
    }
}

/// RFC 9110 section 5.6.2.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default:
        "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
