import Documents
import KubernetesObjects
import Rollouts

/// Objects of somebody else in which stable and canary stand beside each other with weights: what
/// Gateway API, Istio and most other routers are. Only these weights are written; every other
/// member, rule and destination stays as it is.
struct WeightedObjects: Sendable {
    let total: Int
    /// The objects that are meant, the missing ones among them.
    let references: @Sendable (Observed) -> [Reference]
    let lists: @Sendable (Object) -> WeightedLists
    /// What is said in the object besides when so many parts do not go to stable. Never for its own
    /// sake: two releases may share an object, and would take it from each other for ever.
    var besides: @Sendable (Object, _ weight: Int, inout ListPatch) -> Void = { _, _, _ in }
    /// What is told of a change.
    var event: @Sendable (Reference, _ weight: Int) -> Event = { reference, weight in
        Event(
            "Patching\(reference.resource.kind)",
            "Updating \(reference.shown) to desiredWeight '\(weight)'")
    }

    /// The changes of all objects, or an error and none of them. Only what is given back does not
    /// wait for one that cannot be followed.
    func plan(_ split: Split, _ seen: Observed) throws(RouterError) -> [Change] {
        guard split.total == total else {
            throw RouterError(
                "a weight of \(split.canary) of \(split.total) was asked for, but"
                    + " maxTrafficWeight is \(total); this is a defect of sluice, report it")
        }
        let split = split.clamped
        let (changes, fault) = changes(to: split, seen)
        return try changes.asFar(as: fault) { !isRaised($0, by: split, seen) }
    }

    /// What can be written, and why something else cannot.
    private func changes(
        to split: Split, _ seen: Observed
    ) -> (changes: [Change], fault: RouterError?) {
        var changes: [Change] = []
        var fault: RouterError?
        let references = references(seen)
        if references.isEmpty {
            fault = RouterError(
                seen.denied.values.min()
                    ?? "no route has the labels that the selector asks for; add them")
        }
        for reference in references {
            do throws(RouterError) {
                if let change = try change(reference, to: split, seen) { changes.append(change) }
            } catch {
                fault = fault ?? error
            }
        }
        return (changes, fault)
    }

    private func change(
        _ reference: Reference, to split: Split, _ seen: Observed
    ) throws(RouterError) -> Change? {
        let object = try seen.object(reference)
        let lists = lists(object)
        let known = Set(seen.versions.keys)
        var patch = ListPatch()
        for pair in lists.pairs { pair.write(split, among: known, to: &patch) }
        if patch.patch != nil { besides(object, split.total - split.stable, &patch) }
        // What can be given back is, whatever else is wrong; by lists that are not as they should
        // be, only all of it.
        let unserved = lists.pairs.lazy.compactMap {
            $0.list?.fault(split.versions, seen.versions)
        }.first
        if let fault = lists.pairs.lazy.compactMap({ $0.fault(split) }).first,
            isRaised(reference, by: split, seen)
        {
            throw RouterError("\(reference.shown) \(fault)")
        }
        if let unserved, patch.patch == nil || isRaised(reference, by: split, seen) {
            throw unserved
        }
        if let fault = lists.fault, patch.patch == nil || !split.isAllStable {
            throw RouterError("\(reference.shown) \(fault)")
        }
        guard let patch = patch.patch else { return nil }
        return Change(reference, .patch(patch), event: event(reference, split.canary))
    }

    /// Whether somebody gets more by `split` than some list of the object gives. What cannot be
    /// read as a weight may be anything.
    private func isRaised(_ reference: Reference, by split: Split, _ seen: Observed) -> Bool {
        let known = Set(seen.versions.keys)
        let pairs = seen.objects[reference].map { lists($0).pairs } ?? []
        return pairs.contains { pair in
            split.exceeds(
                Split(
                    canary: pair.share(of: total, beside: known) ?? total, of: total,
                    versions: pair.versions(among: known)))
        }
    }

    /// One split where all objects carry it and nothing about them is left to be written.
    func read(_ seen: Observed) -> Reading {
        let present = references(seen).compactMap { seen.objects[$0] }
        let known = Set(seen.versions.keys)
        let pairs = present.flatMap { lists($0).pairs }
        let shares = pairs.map { $0.share(of: total, beside: known) }
        let largest = Split(
            canary: shares.compactMap(\.self).max() ?? 0, of: total,
            versions: pairs.flatMap { $0.versions(among: known) }.highest)
        let (changes, fault) = changes(to: largest, seen)
        if let fault {
            if !seen.denied.isEmpty { return .unreadable(fault.description) }
            if shares.isEmpty { return .unset }
        } else if changes.isEmpty {
            return .split(largest)
        }
        // What cannot be read as a weight may be anything.
        return .unsettled(
            atMost: shares.contains(nil)
                ? Split(canary: total, of: total, versions: largest.versions) : largest)
    }
}

extension WeightedObjects {
    /// The most that destinations keep which the document names beside the two sides.
    func reserved(_ seen: Observed) -> Int {
        let present = references(seen).compactMap { seen.objects[$0] }
        return present.flatMap { lists($0).pairs }.map(\.reserved).max() ?? 0
    }
}

extension [Change] {
    /// All of them where nothing is wrong with any object; else only what is given back, which
    /// waits for nothing, or the fault.
    func asFar(
        as fault: RouterError?, givesBack: (Reference) -> Bool
    ) throws(RouterError) -> [Change] {
        guard let fault else { return self }
        let back = filter { givesBack($0.reference) }
        if back.isEmpty { throw fault }
        return back
    }
}

/// Of routers whose weights lead to what stands for the pods of a revision, and is written before
/// them.
extension WeightedObjects {
    /// - Parameters:
    ///   - hash: the revision that the canary's traffic is led to at present.
    ///   - leading: the changes that lead to the pods, those of the canary only if it is told so.
    func plan(
        _ split: Split, _ seen: Observed, canary hash: String?,
        leading: (_ movesCanary: Bool) throws(RouterError) -> [Change]
    ) throws(RouterError) -> [Change] {
        let weights = try plan(split, seen)
        let moves = seen.mayMoveCanary(split, from: mostForCanary(seen), of: hash)
        do throws(RouterError) {
            return try leading(moves) + weights
        } catch {
            // What is given back needs nothing that leads to pods.
            let isBack = !references(seen).contains { isRaised($0, by: split, seen) }
            if isBack, !weights.isEmpty { return weights }
            throw error
        }
    }

    /// What the weights say, settled once `plan` has nothing to change beside them either.
    func read(
        _ seen: Observed, planned plan: (Split, Observed) throws(RouterError) -> [Change]
    ) -> Reading {
        let reading = read(seen)
        guard case .split(let split) = reading, split.total == total else { return reading }
        do throws(RouterError) {
            return try plan(split, seen).isEmpty ? reading : .unsettled(atMost: split)
        } catch {
            return .unsettled(atMost: split)
        }
    }

    /// The most that any list sends to the canary, in parts of `total`.
    func mostForCanary(_ seen: Observed) -> Int {
        switch read(seen) {
        case .split(let split), .former(let split): split.canary
        case .unset: 0
        case .unreadable: total
        }
    }
}

extension Observed {
    /// The object that a router needs.
    func object(_ reference: Reference) throws(RouterError) -> Object {
        if let object = objects[reference] { return object }
        if let why = denied[reference] {
            throw RouterError("\(reference.shown) cannot be read: \(why)")
        }
        throw RouterError(
            "\(reference.shown) not found; create it, or correct its name", missing: reference)
    }
}

extension Reference {
    /// As operators name it: ``HTTPRoute `shop` ``.
    package var shown: String { "\(resource.kind) `\(name)`" }
}
