import Documents
import KubernetesObjects
import Rollouts

/// How a router takes back what it wrote once the document of its rollout names something else:
/// each place for itself and as far as it can be read, never more than that, and nothing where
/// somebody else writes by now.
package struct Retreat: Sendable {
    /// What its weights are parts of.
    let total: Int
    /// Where it writes its weights.
    let places: @Sendable (_ seen: Observed) -> Set<Place>
    /// The most that the canary gets anywhere else than at `others`; nil where that is not known.
    var carried: @Sendable (_ seen: Observed, _ others: Set<Place>) -> Int?
    /// What versions of experiments get anywhere else than at `others`, in parts of `total`.
    var versions: @Sendable (_ seen: Observed, _ others: Set<Place>) -> [VersionWeight] = {
        _, _ in []
    }
    /// The changes that leave the canary no more than `split` anywhere else than at `others`, and
    /// versions nothing.
    let lower: @Sendable (_ split: Split, _ seen: Observed, _ others: Set<Place>) -> [Change]
}

/// A member of an object.
package struct Place: Hashable, Sendable {
    let reference: Reference
    let path: Path
}

extension Retreat {
    /// That of a router with a single place.
    init(
        from place: Place, total: Int,
        plan: @escaping @Sendable (Split, Observed) throws(RouterError) -> [Change],
        read: @escaping @Sendable (Observed) -> Reading
    ) {
        let carried: @Sendable (Observed, Set<Place>) -> Int? = { seen, others in
            if others.contains(place) || seen.objects[place.reference] == nil { return 0 }
            switch read(seen) {
            case .split(let split), .former(let split): return split.canary
            case .unset: return 0
            case .unreadable: return nil
            }
        }
        self.init(
            total: total, places: { _ in [place] }, carried: carried,
            lower: { split, seen, others in
                guard carried(seen, others) ?? 0 > split.canary else { return [] }
                do throws(RouterError) {
                    return try plan(split, seen)
                } catch {
                    // What it carries counts all the same.
                    return []
                }
            })
    }
}

extension WeightedObjects {
    /// As a retreat.
    var retreat: Retreat {
        Retreat(
            total: total, places: places, carried: carried, versions: versions, lower: lowered)
    }

    private func places(_ seen: Observed) -> Set<Place> {
        var places: Set<Place> = []
        for reference in references(seen) {
            for pair in seen.objects[reference].map(lists)?.pairs ?? [] {
                for destination in pair.canaries + pair.stables {
                    places.insert(Place(reference: reference, path: destination.path))
                }
            }
        }
        return places
    }

    /// What cannot be read as a weight may be anything.
    private func carried(_ seen: Observed, _ others: Set<Place>) -> Int? {
        let known = Set(seen.versions.keys)
        return references(seen).flatMap { own($0, seen, others) }
            .map { $0.share(of: total, beside: known) ?? total }.max() ?? 0
    }

    private func versions(_ seen: Observed, _ others: Set<Place>) -> [VersionWeight] {
        references(seen).flatMap { reference in
            let taken = others.paths(in: reference)
            return own(reference, seen, others).flatMap { pair in
                pair.versions(among: known(to: pair, besides: taken, seen))
            }
        }.highest
    }

    /// The versions that may be in a list. Where somebody else writes now, they are theirs.
    private func known(
        to pair: WeightedPair, besides taken: Set<Path>, _ seen: Observed
    ) -> Set<String> {
        let isShared = (pair.canaries + pair.stables).contains { taken.contains($0.path) }
        return isShared ? [] : Set(seen.versions.keys)
    }

    private func lowered(_ split: Split, _ seen: Observed, _ others: Set<Place>) -> [Change] {
        references(seen).compactMap { reference in
            guard let object = seen.objects[reference] else { return nil }
            let taken = others.paths(in: reference)
            var patch = ListPatch()
            for pair in own(reference, seen, others) {
                let known = known(to: pair, besides: taken, seen)
                let share = pair.share(of: total, beside: Set(seen.versions.keys))
                let hasVersions = !pair.versions(among: known).isEmpty
                if let share, share <= split.canary, !hasVersions { continue }
                let left = Split(canary: min(share ?? 0, split.canary), of: total)
                pair.write(left, among: known, besides: taken, to: &patch)
            }
            if patch.patch != nil, taken.isEmpty { besides(object, split.canary, &patch) }
            return patch.patch.map {
                Change(reference, .patch($0), event: event(reference, split.canary))
            }
        }
    }

    /// The lists in which the canary is not somebody else's by now.
    private func own(
        _ reference: Reference, _ seen: Observed, _ others: Set<Place>
    ) -> [WeightedPair] {
        let taken = others.paths(in: reference)
        return (seen.objects[reference].map(lists)?.pairs ?? []).filter { pair in
            !pair.canaries.allSatisfy { taken.contains($0.path) }
        }
    }
}

extension Set<Place> {
    fileprivate func paths(in reference: Reference) -> Set<Path> {
        Set<Path>(filter { $0.reference == reference }.map(\.path))
    }
}
