import Documents
import KubernetesObjects
import Rollouts

/// A list of destinations that has stable and canary, each with its weight. Other destinations of
/// the list keep theirs, and those that the rollout names take it from stable.
struct WeightedPair {
    /// An element of the list.
    struct Destination {
        /// Where it is in the object.
        let path: Path
        /// What it is known by: a member of it, and its value.
        let identity: (path: Path, value: JSON)
        /// Nil where it has none that can be counted with.
        let weight: Int?
        /// Whether the weight stands there, and is not only what its absence means.
        let isWritten: Bool
    }

    let canaries: [Destination]
    let stables: [Destination]
    /// Where versions of experiments stand beside the two; nil where they cannot.
    let list: VersionedList?
    /// What destinations have that the rollout names, and does not move.
    var reserved = 0

    /// Far above what any router takes; sums of it do not overflow.
    static let weightLimit = 1_000_000_000

    /// A weight that can be counted with; nil for anything else.
    static func counted(_ weight: JSON?) -> Int? {
        weight?.int.flatMap { (0...weightLimit).contains($0) ? $0 : nil }
    }

    /// The parts of `total` that the canary gets, rounded up; nil where the weights do not say.
    ///
    /// - Parameter known: the Services of versions that count beside the two sides.
    func share(of total: Int, beside known: Set<String>) -> Int? {
        func sum(_ side: [Destination]) -> Int? {
            side.contains { $0.weight == nil } ? nil : side.reduce(0) { $0 + ($1.weight ?? 0) }
        }
        guard let canary = sum(canaries), let stable = sum(stables) else { return nil }
        let all = versions(among: known).reduce(canary + stable + reserved) { $0 + $1.weight }
        // With no weight at all nobody gets anything.
        if canary == 0 { return 0 }
        // Nobody else is left to give from.
        if reserved > 0, canary + reserved == all { return total }
        return (canary * total + all - 1) / all
    }

    /// What the two sides get beside what is reserved. Where that leaves stable nothing of what it
    /// is to have, it has one part all the same, at the cost of the canary.
    private func sides(of split: Split) -> (canary: Int, stable: Int) {
        let rest = max(0, split.total - reserved)
        guard reserved > 0, split.stable > 0, !split.isAllStable else {
            return (min(split.canary, rest), min(split.stable, rest))
        }
        let stable = max(1, split.stable - reserved)
        let versions = split.versions.reduce(0) { $0 + $1.weight }
        return (max(0, min(split.canary, rest - stable - versions)), stable)
    }

    /// Why a split cannot be raised to beside what is reserved; nil where it can.
    func fault(_ split: Split) -> RouterError? {
        let most = split.total - reserved
        guard reserved > 0, split.stable > 0, split.stable <= reserved, !split.isAllStable
        else { return nil }
        return RouterError(
            "keeps \(reserved) of \(split.total) for additional subsets, and a weight of"
                + " \(split.canary) leaves nothing for stable; use one below \(most), or all")
    }

    /// The versions that are there.
    func versions(among known: Set<String>) -> [VersionWeight] {
        list?.versions(among: known) ?? []
    }

    /// Adds what is missing to the canary's parts here, the versions' there and the rest for
    /// stable, but not to destinations at the paths of `others`.
    ///
    /// - Parameter known: the Services of versions that may be in the list.
    func write(
        _ split: Split, among known: Set<String>, besides others: Set<Path> = [],
        to patch: inout ListPatch
    ) {
        let versions = list == nil ? [] : split.versions
        let split = Split(canary: split.canary, of: split.total, versions: versions)
        let weights = sides(of: split)
        for (side, weight) in [(canaries, weights.canary), (stables, weights.stable)] {
            for destination in side
            where (destination.weight != weight || !destination.isWritten)
                && !others.contains(destination.path)
            {
                patch.require(destination.identity.value, at: destination.identity.path)
                patch.set(.int(Int64(weight)), at: destination.path.appending("weight"))
            }
        }
        list?.write(versions, among: known, to: &patch)
    }
}

/// The lists of an object that have both sides, and what is wrong with the others.
struct WeightedLists {
    var pairs: [WeightedPair] = []
    var fault: RouterError?

    /// Reads a list, if it has both sides.
    ///
    /// - Parameters:
    ///   - side: which side an element is; nil for others.
    ///   - identity: the member of an element that says so.
    ///   - versions: how an element names a version of an experiment; nil where none may stand.
    ///   - missing: what an element without a weight gets.
    ///   - isReserved: whether an element keeps its weight, at the cost of stable.
    mutating func add(
        _ elements: [JSON], at list: Path, identity: [String],
        versions: VersionedList.Naming? = nil, missing: Int,
        isReserved: (JSON) -> Bool = { _ in false }, side: (JSON) -> RouteSide?
    ) {
        var sides: [RouteSide: [WeightedPair.Destination]] = [:]
        for (index, element) in elements.enumerated() {
            guard let side = side(element) else { continue }
            let path = list.appending(index)
            let name = identity.reduce(Optional(element)) { $0?[$1] }
            let weight = element["weight"].map(WeightedPair.counted)
            sides[side, default: []].append(
                WeightedPair.Destination(
                    path: path,
                    identity: (identity.reduce(path) { $0.appending($1) }, name ?? .null),
                    weight: weight ?? missing, isWritten: element["weight"] != nil))
        }
        guard let canaries = sides[.canary], let stables = sides[.stable] else { return }
        let versioned = versions.map { naming in
            VersionedList(
                elements: elements, path: list, naming: naming,
                model: elements.first { side($0) == .canary } ?? .null,
                sides: Set(elements.indices.filter { side(elements[$0]) != nil }))
        }
        let reserved = elements.filter(isReserved)
            .compactMap { WeightedPair.counted($0["weight"]) }.reduce(0, +)
        pairs.append(
            WeightedPair(
                canaries: canaries, stables: stables, list: versioned, reserved: reserved))
        if canaries.count + stables.count > 2 {
            fault = fault ?? RouterError("names a side twice in \(list); keep one entry for each")
        }
    }
}

/// Where a destination leads.
enum RouteSide: Hashable {
    case stable, canary
}
