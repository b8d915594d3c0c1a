import Documents

/// How an LLM gateway divides the requests for one model (traffic-routers §8.2): the upstreams that
/// get requests, each with its share.
///
/// Invariant: at least one target, every weight positive, and their sum fits `Int`.
package struct RoutePolicy: Hashable, Sendable {
    /// An upstream and its share.
    package struct Target: Hashable, Sendable {
        package let upstream: String
        package let weight: Int
    }

    /// In the order in which the gateway walks them.
    package let targets: [Target]

    package var total: Int { targets.reduce(0) { $0 + $1.weight } }

    /// Upper bound of one weight. The gateway has none, but a sum of these must not overflow.
    static let weightLimit = 1_000_000_000
    /// Upper bound of the targets of one policy.
    static let targetLimit = 1000
    /// What the gateway takes where a canary policy names no percent.
    static let standardPercent = 5

    /// The upstream for a request: the SHA-256 of its id, as a number modulo the total, falls into
    /// one target's share. The same id always goes to the same side, and raising a canary's percent
    /// only moves ids towards it.
    package func choose(requestID: String) -> String {
        let total = self.total
        var choice = sha256(requestID.utf8).reduce(0) { ($0 * 256 + Int($1)) % total }
        for target in targets {
            if choice < target.weight { return target.upstream }
            choice -= target.weight
        }
        preconditionFailure("a choice below the total falls into a share")
    }

    /// Reads a policy by the gateway's own rules, under which anything wrong ends the gateway's
    /// start.
    /// - Throws: `RouterError` that says what is wrong, without the model's name.
    package init(_ json: JSON) throws(RouterError) {
        guard json.object != nil else { throw RouterError("is \(json.kindName), not an object") }
        let named: [(String, Int)]
        switch json["strategy"] ?? "weighted" {
        case "weighted": named = try Self.weighted(json)
        case "canary": named = try Self.canary(json)
        case "direct": named = [(try Self.name("target", of: json), 1)]
        case .string(let other): throw RouterError("has the unknown strategy \"\(other)\"")
        case let other: throw RouterError("has \(other.kindName) as strategy")
        }
        targets = named.compactMap { $1 > 0 ? Target(upstream: $0, weight: $1) : nil }
        if targets.isEmpty { throw RouterError("has no target with a weight above 0") }
    }

    private static func weighted(_ json: JSON) throws(RouterError) -> [(String, Int)] {
        guard let targets = json["targets"]?.array, targets.count <= targetLimit else {
            throw RouterError("has no list of at most \(targetLimit) \"targets\"")
        }
        var result: [(String, Int)] = []
        for target in targets {
            let weight = try whole(target["weight"], or: 1, "weight")
            guard weight <= weightLimit else {
                throw RouterError("has a weight above \(weightLimit)")
            }
            result.append((try name("name", of: target), weight))
        }
        return result
    }

    private static func canary(_ json: JSON) throws(RouterError) -> [(String, Int)] {
        let percent = try whole(
            json["percent"] ?? json["percentage"], or: standardPercent, "percent")
        let share = min(max(percent, 0), 100)
        return [
            (try name("primary", of: json), 100 - share), (try name("canary", of: json), share),
        ]
    }

    private static func name(_ key: String, of json: JSON) throws(RouterError) -> String {
        guard let name = json[key]?.string, !name.isEmpty else {
            throw RouterError("lacks the name of an upstream as \"\(key)\"")
        }
        return name
    }

    /// A number as Python's `int()` takes it: fractions are cut off, digits in quotes count.
    private static func whole(
        _ json: JSON?, or standard: Int, _ key: String
    ) throws(RouterError) -> Int {
        guard let json else { return standard }
        if let int = json.int { return int }
        if let double = json.double, double.magnitude < 1e15 { return Int(double) }
        if let text = json.string, let int = Int(text) { return int }
        throw RouterError("has \(json.kindName) as \(key), not a whole number")
    }
}
