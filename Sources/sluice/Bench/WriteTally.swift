import Documents
import Serving

/// Every write that the controller sent, in the order in which it was answered.
actor WriteTally {
    private(set) var writes: [ServedWrite] = []

    func note(_ write: ServedWrite) { writes.append(write) }

    func clear() { writes = [] }
}

/// One write as the API server answered it.
struct ServedWrite: Sendable {
    /// Verb and endpoint: `PATCH rollouts/status`.
    let kind: String
    /// The rollout that the object is named after.
    let rollout: String
    let status: Int
    /// The canary's weight, where an Ingress was written and says it.
    let weight: Int?
    let at: ContinuousClock.Instant

    init(_ request: Request, status: Int, at: ContinuousClock.Instant) {
        let path = request.segments.drop { $0 != "namespaces" }.dropFirst(2)
        let plural = path.first ?? "?"
        let endpoint = path.dropFirst(2).first.map { "/\($0)" } ?? ""
        kind = "\(request.method) \(plural)\(endpoint)"
        let isRead = request.method == "POST" || plural == "ingresses"
        let body = isRead ? Self.body(of: request) : nil
        let name = path.dropFirst().first ?? body?["metadata"]?["name"]?.string ?? ""
        rollout = String(name.prefix(Fleet.nameLength))
        let annotations = body?["metadata"]?["annotations"]
        weight =
            plural == "ingresses"
            ? annotations?["nginx.ingress.kubernetes.io/canary-weight"]?.string.flatMap { Int($0) }
            : nil
        self.status = status
        self.at = at
    }

    private static func body(of request: Request) -> JSON? {
        do {
            return try JSON(parsing: request.body)
        } catch {
            return nil
        }
    }
}
