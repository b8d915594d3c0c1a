import KubernetesObjects
import Rollouts

/// What the annotations of a canary Ingress say, under every prefix that some ingress-nginx may
/// have been told to look for: the prefix of the document may have been another one.
struct CanaryShares {
    let annotations: [String: String]

    init(_ ingress: Object) {
        annotations = ingress.annotations
    }

    /// The prefixes under which the Ingress is a canary.
    var prefixes: [String] {
        annotations.filter { $0.key.hasSuffix(Self.mark) && $0.value == "true" }
            .map { String($0.key.dropLast(Self.mark.count)) }.sorted()
    }

    /// The parts of `total` that the Ingress takes, rounded up; nil where its annotations do not
    /// say.
    func share(_ prefix: String, of total: Int) -> Int? {
        guard annotations[prefix + Self.mark] == "true",
            let weight = annotations[prefix + Self.weight].flatMap({ Int($0) }), weight >= 0
        else { return nil }
        let scale = scale(prefix)
        if weight >= scale { return total }
        return (weight * total + scale - 1) / scale
    }

    /// The most that the Ingress takes under any prefix; nil where one of them may be anything.
    func largest(_ prefixes: [String], of total: Int) -> Int? {
        let shares = prefixes.map { share($0, of: total) }
        return shares.contains(nil) ? nil : shares.compactMap(\.self).max()
    }

    /// The annotations that bring what is above `split` down to it. What cannot be read goes to 0.
    func lowered(_ prefixes: [String], to split: Split) -> [String: String] {
        var lowered: [String: String] = [:]
        for prefix in prefixes {
            let share = share(prefix, of: split.total)
            if let share, share <= split.canary { continue }
            let weight = share == nil ? 0 : split.canary * scale(prefix) / split.total
            lowered[prefix + Self.weight] = String(weight)
        }
        return lowered
    }

    /// The controller ignores totals that are not above 100. One that no router writes is not
    /// believed: the share it makes could only be smaller.
    private func scale(_ prefix: String) -> Int {
        let total = annotations[prefix + Self.total].flatMap { Int($0) } ?? 100
        return total <= NginxRouter.totalLimit ? max(100, total) : 100
    }

    private static let mark = "/canary"
    private static let weight = "/canary-weight"
    private static let total = "/canary-weight-total"
}
