import Curl

/// Counts how many different things were seen.
final class Distinct: Sendable {
    private let seen = Lock<Set<ObjectIdentifier>>([])

    var count: Int { seen.withLock { $0.count } }

    func note(_ identifier: ObjectIdentifier) {
        _ = seen.withLock { $0.insert(identifier) }
    }
}
