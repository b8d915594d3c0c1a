import Documents
import Serving
import Synchronization

/// The door of an API server that at first refuses some calls, and repeats what it was sent: what
/// a proxy between the two may do when it breaks.
final class HostileDoor: Sendable {
    private let manners: [String]
    /// How many calls of each kind were refused.
    private let refused = Mutex<[String: Int]>([:])
    private let order: Mutex<SplitMix>
    private let hasClosedSecrets = Mutex(false)

    /// How often each kind of call is refused before it passes.
    private static let refusals = 2

    init(seed: UInt64) {
        manners = ["status", "conflict", "page", "text"] + Echo.allCases.map(\.rawValue)
        order = Mutex(SplitMix(state: seed))
    }

    /// From now on no Secret can be read.
    func closeSecrets() { hasClosedSecrets.withLock { $0 = true } }

    func pass(
        _ request: Request, _ respond: @Sendable () async -> Response
    ) async -> Response {
        if request.segments.contains("secrets"), hasClosedSecrets.withLock({ $0 }) {
            return refusal(of: request)
        }
        guard let kind = kind(of: request) else { return await respond() }
        let isRefused = refused.withLock { refused in
            refused[kind, default: 0] += 1
            return refused[kind, default: 0] <= Self.refusals
        }
        return isRefused ? refusal(of: request) : await respond()
    }

    /// Writes by verb and kind. Reads pass: caches wait longer each time that they are refused.
    private func kind(of request: Request) -> String? {
        let plurals = ["events", "analysisruns", "replicasets", "rollouts"]
        guard request.method != "GET", let plural = request.segments.last(where: plurals.contains)
        else { return nil }
        return "\(request.method) \(plural)"
    }

    /// Any answer that is none, with all that was heard.
    func refusal(of request: Request) -> Response {
        let fields = request.headers.fields.map { "\($0.name): \($0.value)" }
        let heard = fields.joined(separator: "\n")
        let manner = order.withLock { manners.randomElement(using: &$0) } ?? ""
        if let echo = Echo(rawValue: manner) { return .text(echo.text(of: heard), status: 500) }
        switch manner {
        case "status": return .json(status(403, "Forbidden", heard), status: 403)
        case "conflict": return .json(status(409, "Conflict", heard), status: 409)
        case "page": return .html("<h1>Bad gateway</h1><pre>\(heard)</pre>", status: 502)
        default: return .text("what is \(heard)?", status: 500)
        }
    }

    private func status(_ code: Int, _ reason: String, _ message: String) -> String {
        let json: JSON = [
            "apiVersion": "v1", "kind": "Status", "status": "Failure", "code": .int(Int64(code)),
            "reason": .string(reason), "message": .string(message),
        ]
        return json.text
    }
}
