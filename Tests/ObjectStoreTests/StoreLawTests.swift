import Documents
import KubernetesObjects
import ObjectStore
import Testing

/// SplitMix64: the same seed gives the same story.
private struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) {
        state = UInt64(seed)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }
}

/// A random write, often one that fails.
private func write(_ yard: inout Yard, _ dice: inout Dice) throws(StoreError) -> [Change] {
    let resource = dice.pick([Resource.rollouts, .replicaSets, .pods, .configMaps, .analysisRuns])
    let name = dice.pick(["a", "b", "c", "d", "e"])
    let at = yard.at(resource, name)
    let writer = yard.writer(dice.chance(30) ? "m" : nil, isDryRun: dice.chance(5))
    switch dice.next() % 10 {
    case 0...3:
        var object = Object(["metadata": ["name": .string(name)], "spec": [:]])
        object["metadata", "labels", "tier"] = .string(dice.pick(["x", "y"]))
        if dice.chance(20) { object["metadata", "finalizers"] = ["x/f"] }
        if dice.chance(60), let owner = yard.store.objects.randomElement(using: &dice) {
            object["metadata", "ownerReferences"] = [owner.asOwner.json]
        }
        return try yard.store.create(object, in: resource, namespace: "shop", by: writer).changes
    case 4...5:
        let tier = dice.pick(["x", "y"])
        return try yard.store.patch(
            at, with: .merge(["metadata": ["labels": ["tier": .string(tier)]]]), by: writer
        ).changes
    case 6:
        var object = try yard.store.get(at)
        object["spec", "n"] = .int(Int64(dice.next() % 3))
        if dice.chance(50) { object["metadata", "finalizers"] = .none }
        if dice.chance(10) { object["metadata", "resourceVersion"] = "1" }
        return try yard.store.update(at, to: object, by: writer).changes
    case 7:
        return try yard.store.patch(
            at, with: .apply(["spec": ["m": 1]], manager: "ssa", force: true), by: writer
        ).changes
    default:
        let deletion = Deletion(
            gracePeriodSeconds: dice.chance(50) ? 0 : nil,
            propagation: dice.pick([.background, .foreground, .orphan]))
        return try yard.store.delete(at, deletion, by: writer).changes
    }
}

struct `A store under random writes` {
    private static let seeds = 0..<5
    private static let writes = 200

    @Test(arguments: seeds)
    func `only raises its version, by one for each change`(_ seed: Int) throws {
        var yard = try Yard()
        var dice = Dice(seed)
        for _ in 0..<Self.writes {
            let before = yard.store.resourceVersion
            do throws(StoreError) {
                let versions = try write(&yard, &dice).map(\.resourceVersion)
                #expect(versions == Array((before + 1)..<(before + 1 + versions.count)))
                #expect(yard.store.resourceVersion == before + versions.count)
            } catch {
                #expect(yard.store.resourceVersion == before, "\(error)")
            }
        }
    }

    @Test(arguments: seeds)
    func `leads a watch from any list to the listed state`(_ seed: Int) throws {
        var yard = try Yard()
        var dice = Dice(seed)
        for _ in 0..<Self.writes / 3 { attempt(&yard, &dice) }
        let labels = dice.pick(["", "tier=x", "tier!=x"])
        let selection = Selection(labels: try LabelSelector(parsing: labels))
        for resource in [Resource.pods, .configMaps, .replicaSets] {
            var copy = yard
            var luck = dice
            let list = try copy.store.list(resource, matching: selection)
            var seen = Dictionary(uniqueKeysWithValues: list.items.map { ($0.name, $0) })
            var version = list.resourceVersion
            for _ in 0..<Self.writes {
                attempt(&copy, &luck)
                guard luck.chance(20) else { continue }
                replay(copy, resource, selection, from: &version, into: &seen)
            }
            replay(copy, resource, selection, from: &version, into: &seen)
            let final = try copy.store.list(resource, matching: selection).items
            #expect(seen.values.sorted { $0.name < $1.name } == final)
        }
    }

    @Test(arguments: seeds)
    func `is the same after replaying its changes`(_ seed: Int) throws {
        var yard = try Yard()
        var dice = Dice(seed)
        var kept = Dictionary(
            uniqueKeysWithValues: yard.store.objects.map {
                (Reference(.namespaces, namespace: "", name: $0.name), $0)
            })
        for _ in 0..<Self.writes {
            for change in attempt(&yard, &dice) { kept[change.reference] = change.object }
        }
        let restored = try ObjectStore(
            restoring: kept.values, resourceVersion: yard.store.resourceVersion)
        #expect(restored.objects == yard.store.objects)
    }

    @Test(arguments: seeds)
    func `leaves no object without one of its owners`(_ seed: Int) throws {
        var yard = try Yard()
        var dice = Dice(seed)
        for _ in 0..<Self.writes {
            attempt(&yard, &dice)
            let objects = yard.store.objects
            let uids = Set(objects.map(\.uid))
            for object in objects where !object.owners.isEmpty {
                let isOwned = object.owners.contains { uids.contains($0.uid) }
                #expect(isOwned || object.deletionTimestamp != nil, "\(object.kind) \(object.name)")
            }
        }
    }

    @Test(arguments: seeds)
    func `takes an update of the latest version and no other`(_ seed: Int) throws {
        var yard = try Yard()
        var dice = Dice(seed)
        try yard.create(.configMaps, "a", ["data": ["n": 0]])
        var held = [try yard.get(.configMaps, "a")]
        for round in 1...Self.writes {
            var mine = dice.pick(held)
            let isLatest = mine == (try yard.get(.configMaps, "a"))
            mine["data", "n"] = .int(Int64(round))
            do throws(StoreError) {
                held.append(
                    try yard.store.update(yard.at(.configMaps, "a"), to: mine, by: yard.writer())
                        .object)
                #expect(isLatest)
            } catch {
                #expect(!isLatest && error.reason == "Conflict")
            }
            if held.count > 3 { held.removeFirst() }
        }
    }

    @Test(arguments: seeds)
    func `plays the same story for the same seed`(_ seed: Int) throws {
        var first = try Yard()
        var second = try Yard()
        var dice = Dice(seed)
        var sameDice = Dice(seed)
        for _ in 0..<Self.writes {
            attempt(&first, &dice)
            attempt(&second, &sameDice)
        }
        #expect(first.store.objects == second.store.objects)
    }

    @Test(arguments: seeds)
    func `never deletes more than was asked for by a refused write`(_ seed: Int) throws {
        var yard = try Yard()
        var dice = Dice(seed)
        for _ in 0..<Self.writes {
            let before = yard.store.objects
            do throws(StoreError) {
                _ = try write(&yard, &dice)
            } catch {
                #expect(yard.store.objects == before)
            }
        }
    }

    @discardableResult
    private func attempt(_ yard: inout Yard, _ dice: inout Dice) -> [Change] {
        do throws(StoreError) {
            return try write(&yard, &dice)
        } catch {
            // Many random writes are refused, as they should be.
            #expect((400...422).contains(error.code))
            return []
        }
    }

    private func replay(
        _ yard: Yard, _ resource: Resource, _ selection: Selection, from version: inout Int,
        into seen: inout [String: Object]
    ) {
        guard
            case .events(let events) = yard.store.events(
                after: version, of: resource, matching: selection)
        else {
            Issue.record("the journal forgot too early")
            return
        }
        for event in events {
            switch event.type {
            case .added:
                #expect(seen.updateValue(event.object, forKey: event.object.name) == nil)
            case .modified:
                #expect(seen.updateValue(event.object, forKey: event.object.name) != nil)
            case .deleted:
                #expect(seen.removeValue(forKey: event.object.name) != nil)
            case .bookmark:
                Issue.record("a journal has no bookmarks")
            }
        }
        version = yard.store.resourceVersion
    }
}
