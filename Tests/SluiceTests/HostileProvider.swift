import Curl
import Documents
import Foundation

/// A metric server that repeats all it was sent, each time in another way. What it is asked by is
/// the first part of the path.
enum HostileProvider {
    static let manners =
        [
            "text", "number", "error", "warning", "high", "html", "percent", "long", "json", "curl",
            "standard",
        ] + Echo.allCases.map(\.rawValue)

    static func answer(_ request: CurlRequest) throws(CurlError) -> Curl.Response {
        let manner = manners.first { request.url.contains("/\($0)/") } ?? "standard"
        let heard = heard(request)
        if let echo = Echo(rawValue: manner) { return response(500, echo.text(of: heard)) }
        switch manner {
        case "text": return response(401, "not authorized: \(heard)")
        case "number": return vector(of: heard)
        case "error":
            return response(
                400, ["status": "error", "errorType": "bad_data", "error": .string(heard)])
        case "warning": return vector(of: "0.5", warnings: [.string(heard)])
        case "high": return vector(of: "5", warnings: [.string(heard)])
        case "html":
            return response(403, heard.replacing("&", with: "&amp;").replacing("<", with: "&lt;"))
        case "percent": return response(502, percentEncoded(heard))
        // The first characters that are shown of it end within a secret.
        case "long": return response(500, String(repeating: "~", count: 140) + heard)
        case "json": return response(500, ["heard": .string(heard)])
        case "curl": throw CurlError(code: 7, host: "hostile", message: heard)
        default: return response(500, heard)
        }
    }

    /// All that the request shows, secrets first.
    private static func heard(_ request: CurlRequest) -> String {
        let fields = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        let body = String(decoding: request.body ?? [], as: UTF8.self)
        let login = request.url.split(separator: "/").dropFirst().first?.split(separator: "@").first
        let basic = Data((login ?? "").utf8).base64EncodedString()
        return "\(fields)\n\(request.url)\nBasic \(basic)\n\(body)\n\(percentDecoded(body))"
    }

    private static func vector(of value: String, warnings: [JSON] = []) -> Curl.Response {
        let series: JSON = ["metric": [:], "value": [1_767_323_045, .string(value)]]
        return response(
            200,
            [
                "status": "success", "data": ["resultType": "vector", "result": [series]],
                "warnings": .array(warnings),
            ] as JSON)
    }

    private static func response(_ status: Int, _ json: JSON) -> Curl.Response {
        response(status, json.text)
    }

    private static func response(_ status: Int, _ body: String) -> Curl.Response {
        Response(head: ResponseHead(status: status), body: Array(body.utf8))
    }
}

/// Ways to write a text so that it is still the same to whoever reads it with some care.
enum Echo: String, CaseIterable, Sendable {
    case base64, urlBase64, hexadecimal, capitals, escapedURL, escapedJSON, escapedHTML

    func text(of heard: String) -> String {
        let bytes = Array(heard.utf8)
        func each(_ spelling: (String) -> String) -> String {
            bytes.map { spelling(($0 < 16 ? "0" : "") + String($0, radix: 16)) }.joined()
        }
        switch self {
        case .base64: return Data(bytes).base64EncodedString()
        case .urlBase64:
            // Two bytes before it, so that its bits lie elsewhere.
            return Data([1, 2] + bytes).base64EncodedString().replacing("+", with: "-")
                .replacing("/", with: "_")
        case .hexadecimal: return each { $0 }
        case .capitals: return each { $0.uppercased() }
        case .escapedURL: return each { "%\($0)" }
        case .escapedJSON: return each { "\\u00\($0)" }
        case .escapedHTML: return each { "&#x\($0);" }
        }
    }
}
