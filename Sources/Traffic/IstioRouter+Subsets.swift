import Documents
import KubernetesObjects
import Rollouts

/// Which pods the subsets of a DestinationRule stand for. Only the hash of our two is written;
/// other subsets and everything else in these two stay.
extension IstioRouter {
    /// - Parameter movesCanary: false as long as something is sent to the canary's subset that must
    ///   not come to other pods.
    func plan(
        _ subsets: Subsets, movesCanary: Bool, _ seen: Observed
    ) throws(RouterError) -> [Change] {
        if seen.currentHash.isEmpty { return [] }
        let rule = try seen.object(subsets.rule)
        let stable = seen.hashOfStable
        var patch = ListPatch()
        let before = try label(of: subsets.stable, in: rule, subsets.rule)
        let movesStable = before != stable && seen.mayLeadToStable(isFirst: before == nil)
        if movesStable {
            try point(subsets.stable, to: stable, in: rule, subsets.rule, &patch)
        }
        if movesCanary {
            try point(subsets.canary, to: seen.currentHash, in: rule, subsets.rule, &patch)
        }
        guard let patch = patch.patch else { return [] }
        return [
            Change(
                subsets.rule, .patch(patch),
                event: Event(
                    "UpdatedDestinationRule",
                    "\(subsets.rule.shown) subset updated (\(subsets.stable): \(stable),"
                        + " \(subsets.canary): \(seen.currentHash))"),
                isPrerequisite: movesStable)
        ]
    }

    /// The revision that the canary's subset stands for: the present one where there is no subset
    /// that could be led anywhere.
    func canaryHash(_ subsets: Subsets, _ seen: Observed) -> String? {
        do throws(RouterError) {
            return try label(of: subsets.canary, in: try seen.object(subsets.rule), subsets.rule)
        } catch {
            return seen.currentHash
        }
    }

    private func index(
        of name: String, in rule: Object, _ reference: Reference
    ) throws(RouterError) -> Int {
        let all = rule.spec?["subsets"]?.array ?? []
        if let index = all.firstIndex(where: { $0["name"]?.string == name }) { return index }
        throw RouterError("\(reference.shown) has no subset \(name); add it")
    }

    private func label(
        of name: String, in rule: Object, _ reference: Reference
    ) throws(RouterError) -> String? {
        let index = try index(of: name, in: rule, reference)
        return rule.spec?["subsets"]?[index]?["labels"]?[hashLabel]?.string
    }

    private func point(
        _ name: String, to hash: String, in rule: Object, _ reference: Reference,
        _ patch: inout ListPatch
    ) throws(RouterError) {
        let all = rule.spec?["subsets"]?.array ?? []
        let index = try index(of: name, in: rule, reference)
        if all[index]["labels"]?[hashLabel]?.string == hash { return }
        let subset = Path([.key("spec"), .key("subsets"), .index(index)])
        patch.require(.string(name), at: subset.appending("name"))
        let labels = subset.appending("labels")
        if all[index]["labels"]?.object == nil { patch.set([:], at: labels) }
        patch.set(.string(hash), at: labels.appending(hashLabel))
    }

    /// The revisions that requests come to by the subsets: their pods must not go.
    func selects(_ seen: Observed) -> Set<String> {
        guard let subsets, let rule = seen.objects[subsets.rule] else { return [] }
        let names = [subsets.stable] + (weights.mostForCanary(seen) > 0 ? [subsets.canary] : [])
        let ours = (rule.spec?["subsets"]?.array ?? []).filter {
            names.contains($0["name"]?.string ?? "")
        }
        return Set(ours.compactMap { $0["labels"]?[hashLabel]?.string })
    }
}
