import Curl
import Documents

/// A kind of service that brings messages: what its configuration and its part of a template may
/// say, and how a letter becomes a request. `all` lists them.
struct CarrierKind: Sendable {
    typealias Carry = @Sendable (Letter) throws(DeliveryFault) -> Parcel

    /// `slack` in `service.slack`, and in templates.
    let name: String
    /// What a template may say to it; nil where that is under names of services.
    let fields: Set<String>?
    /// Reads the configuration, with the name of the service; nil after a finding.
    private let opened: @Sendable (Reader, String) -> Carry?
    /// Notes what is wrong in what a template says.
    private let checked: @Sendable (Reader) -> Void

    init(
        _ name: String, fields: Set<String>?,
        check: @escaping @Sendable (Reader) -> Void = { _ in },
        open: @escaping @Sendable (Reader, String) -> Carry?
    ) {
        self.name = name
        self.fields = fields
        checked = check
        opened = open
    }

    /// All of them.
    static let all: [CarrierKind] = [
        .webhook, .slack, .teams, .teamsWorkflows, .email, .pagerDuty, .opsgenie, .alertmanager,
        .cloudEvents,
    ]

    static let names = all.map(\.name).sorted().joined(separator: ", ")

    func open(_ reader: Reader, name: String) -> Carry? { opened(reader, name) }

    /// Notes what is wrong in what a template says to this kind.
    func check(_ reader: Reader) {
        if let fields { reader.allowOnly(fields) }
        checked(reader)
    }

    /// The credentials that a configuration has written out.
    func credentials(_ options: JSON) -> [Secret] {
        var found: [String] = []
        for (key, value) in options.object?.members ?? [] {
            switch (key, value) {
            case (_, .string(let text)) where namesSecret(key): found.append(text)
            case ("apiKeys", _), ("serviceKeys", _), ("recipientUrls", _):
                found += value.strings.values
            case ("basicAuth", _): found += [value["password"]?.string].compactMap { $0 }
            case ("headers", .array(let headers)):
                found += headers.filter { namesSecret($0["name"]?.string ?? "") }
                    .compactMap { $0["value"]?.string }
            default: break
            }
        }
        return found.map { Secret($0) }
    }
}

/// A service as it is set up.
struct Carrier: Sendable {
    let kind: CarrierKind
    let parcel: CarrierKind.Carry
}

/// What brings one message: requests of which one must be taken, and how to tell from an answer.
package struct Parcel: Sendable {
    var requests: [CurlRequest]
    var verdict: @Sendable (Response) -> Verdict = { Verdict(of: $0) }
}

/// What became of a message.
package enum Verdict: Hashable, Sendable {
    case delivered
    /// Not now; the service may have said after how many seconds.
    case later(String, seconds: Int?)
    /// The service will never take it as it is.
    case refused(String)

    /// What an answer means by its status alone.
    init(of response: Response) {
        let head = response.head
        if head.isSuccess {
            self = .delivered
            return
        }
        let text = "answered \(head.status)\(beginning(of: response))"
        // A person repairs a wrong address or token, and then it arrives. These never will.
        if [400, 413, 422].contains(head.status) {
            self = .refused(text)
        } else {
            self = .later(text, seconds: head["retry-after"].flatMap { Int($0) })
        }
    }
}

/// The first words of an answer, on one line.
func beginning(of response: Response) -> String {
    let text = response.text.unicodeScalars.prefix(longestQuotation)
        .map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }
    let line = trimmed(String(String.UnicodeScalarView(text)))
    return line.isEmpty ? "" : ": \"\(line)\""
}

/// Enough for the sentence in which a service says what is wrong.
private let longestQuotation = 160

/// A request to a service, within bounds. Redirects are not followed: what is sent may hold
/// credentials.
func serviceRequest(
    _ url: String, method: String = "POST", headers: [Header] = [], body: [UInt8]?,
    isInsecure: Bool = false
) -> CurlRequest {
    var request = CurlRequest(url: url, method: method, headers: headers, body: body)
    request.timeoutMilliseconds = serviceTimeoutMilliseconds
    request.verifiesPeer = !isInsecure
    request.maximumBodyBytes = longestAnswer
    return request
}

private let serviceTimeoutMilliseconds = Int(Post.longestTry / .milliseconds(1))
/// No service answers more to a message.
private let longestAnswer = 256 << 10

/// A request that brings a document.
func jsonRequest(
    _ url: String, _ json: JSON, headers: [Header] = [], isInsecure: Bool = false
) -> CurlRequest {
    serviceRequest(
        url, headers: [Header("Content-Type", "application/json")] + headers, body: json.bytes,
        isInsecure: isInsecure)
}

/// A template's text as the document that it must be.
func document(_ part: JSON, _ key: String) throws(DeliveryFault) -> JSON? {
    guard let value = part[key], !value.isNull else { return nil }
    guard case .string(let text) = value else { return value }
    if trimmed(text).isEmpty { return nil }
    do throws(DocumentError) {
        return try JSON(
            parsing: Array(text.utf8), file: key, limits: .manifest, duplicateKeys: .lastWins)
    } catch {
        throw DeliveryFault(
            "\(key) is no JSON: \(error.message)\(error.place.map { " (line \($0.line))" } ?? "")")
    }
}

/// A text of the template's part; nil where it is missing or empty.
func said(_ part: JSON, _ key: String) -> String? {
    guard let text = part[key]?.string, !text.isEmpty else { return nil }
    return text
}

/// `Authorization` for a name and a password.
func basicLogin(_ reader: Reader) -> [Header] {
    guard reader.isPresent else { return [] }
    reader.allowOnly(["username", "password"])
    let login = "\(reader["username"].requiredString()):\(reader["password"].requiredString())"
    return [Header("Authorization", "Basic \(base64Text(Array(login.utf8)))")]
}
