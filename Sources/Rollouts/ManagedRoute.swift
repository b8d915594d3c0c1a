/// A route of the rollout's own for some of the requests, which a step makes and a later one may
/// take away again (rollout-semantics §1.5).
package struct ManagedRoute: Hashable, Sendable {
    /// What happens to the requests.
    package enum Purpose: Hashable, Sendable {
        /// Those whose headers all match go to the canary.
        case header([HeaderMatch])
        /// So many percent of those that one of the entries takes are sent to the canary too, and
        /// its answers are thrown away. Without entries that is every request.
        case mirror([RequestMatch], percent: Int)
    }

    package let name: String
    package let purpose: Purpose

    package init(name: String, purpose: Purpose) {
        self.name = name
        self.purpose = purpose
    }
}

/// What a text must be.
package enum StringMatch: Hashable, Sendable {
    case exact(String)
    case regex(String)
    case prefix(String)
}

/// What a header must be.
package struct HeaderMatch: Hashable, Sendable {
    package let name: String
    package let value: StringMatch

    package init(name: String, value: StringMatch) {
        self.name = name
        self.value = value
    }
}

/// What a request must be; what is absent may be anything.
package struct RequestMatch: Hashable, Sendable {
    package let method: StringMatch?
    package let path: StringMatch?
    package let headers: [HeaderMatch]

    package init(method: StringMatch?, path: StringMatch?, headers: [HeaderMatch]) {
        self.method = method
        self.path = path
        self.headers = headers
    }
}

extension Canary {
    /// The routes that the steps up to `index` have made and not taken away, the first in
    /// `managedRoutes` first.
    package func routes(at index: Int) -> [ManagedRoute] {
        var routes: [String: ManagedRoute] = [:]
        for step in steps.prefix(index + 1) {
            switch step {
            case .setHeaderRoute(let name, let headers):
                routes[name] =
                    headers.isEmpty ? nil : ManagedRoute(name: name, purpose: .header(headers))
            case .setMirrorRoute(let name, let requests, let percent):
                routes[name] = requests.map {
                    ManagedRoute(name: name, purpose: .mirror($0, percent: percent))
                }
            default: continue
            }
        }
        return managedRoutes.compactMap { routes[$0] }
    }
}
