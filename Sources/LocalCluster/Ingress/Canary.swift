import Documents
import KubernetesObjects

/// The canary annotations of an Ingress, with the meaning that ingress-nginx gives them.
struct Canary: Hashable, Sendable {
    enum Header: Hashable, Sendable {
        /// `always` and `never` decide; any other value leaves it to the next rule.
        case named(String)
        /// This value means the canary; any other leaves it to the next rule.
        case value(String, equals: String)
        /// A value that matches means the canary.
        case pattern(String, matches: String)
    }

    static let prefix = "nginx.ingress.kubernetes.io/"

    let ingress: String
    let backend: RouteTable.Backend
    let header: Header?
    let cookie: String?
    /// Whether the canary is left out of the affinity that its stable side has; otherwise a client
    /// that came to it stays, whatever the weight says.
    let ignoresAffinity: Bool
    private let weight: Int
    private let total: Int

    var reference: Reference {
        Reference(.ingresses, namespace: backend.namespace, name: ingress)
    }

    static func isCanary(_ ingress: Object) -> Bool {
        ingress.annotations["\(prefix)canary"] == "true"
    }

    init(_ ingress: Object, backend: RouteTable.Backend) {
        self.ingress = ingress.name
        self.backend = backend
        func text(_ key: String) -> String? {
            ingress.annotations["\(Self.prefix)\(key)"].flatMap { $0.isEmpty ? nil : $0 }
        }
        weight = text("canary-weight").flatMap(Int.init) ?? 0
        // Only a finer resolution than 100 is taken.
        total = max(100, text("canary-weight-total").flatMap(Int.init) ?? 100)
        ignoresAffinity = text("affinity-canary-behavior") == "legacy"
        cookie = text("canary-by-cookie").flatMap { NginxText.isToken($0) ? $0 : nil }
        guard let name = text("canary-by-header"), NginxText.isToken(name) else {
            header = nil
            return
        }
        if let value = text("canary-by-header-value") {
            header = .value(name, equals: value)
        } else if let pattern = text("canary-by-header-pattern") {
            header = .pattern(name, matches: pattern)
        } else {
            header = .named(name)
        }
    }

    enum Share: Hashable, Sendable {
        case none
        /// Hundredths of a percent, 1 to 9999: what `split_clients` can tell apart.
        case part(Int)
        case all
    }

    /// The share of the requests about which no header and no cookie has decided. What is more than
    /// nothing is at least the smallest share there is, and what is less than all at most the
    /// largest.
    var share: Share {
        if weight <= 0 { return .none }
        if weight >= total { return .all }
        let exact = (Double(weight) * 10_000 / Double(total)).rounded()
        return .part(min(max(Int(exact), 1), 9999))
    }
}
