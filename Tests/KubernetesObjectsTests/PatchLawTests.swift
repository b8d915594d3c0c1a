import Documents
import KubernetesObjects
import Testing

/// A small linear congruential generator: the same seed gives the same documents.
private struct Dice {
    private var state: UInt64

    init(_ seed: Int) {
        state = UInt64(seed) &* 2 &+ 1
    }

    mutating func roll(_ sides: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(sides))
    }

    mutating func pick<T>(_ values: [T]) -> T { values[roll(values.count)] }

    /// A document of the words that patches know, in any order and any type.
    mutating func document(depth: Int = 5) -> JSON {
        let words = [
            "metadata", "spec", "template", "containers", "name", "env", "ports", "port", "image",
            "finalizers", "ownerReferences", "uid", "selector", "labels", "$patch", "$retainKeys",
            "$setElementOrder/containers", "$deleteFromPrimitiveList/finalizers", "conditions",
        ]
        switch depth == 0 ? roll(4) : roll(10) {
        case 0: return .null
        case 1: return .int(Int64(roll(3)))
        case 2: return .string(pick(["a", "b", "delete", "replace", "merge", ""]))
        case 3: return .bool(roll(2) == 0)
        case 4...5: return .array((0..<roll(4)).map { _ in document(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<roll(5) { object[pick(words)] = document(depth: depth - 1) }
            return .object(object)
        }
    }

    mutating func operation() -> JSON {
        let paths = [
            "", "/", "/spec", "/spec/name", "/spec/containers/0", "/metadata/-", "x", "/~2",
        ]
        var operation: JSON = [
            "op": .string(pick(["add", "remove", "replace", "move", "copy", "test", "?"])),
            "path": .string(pick(paths)),
        ]
        if roll(4) > 0 { operation["from"] = .string(pick(paths)) }
        if roll(4) > 0 { operation["value"] = document(depth: 2) }
        return operation
    }

    mutating func patch() -> Patch {
        switch roll(4) {
        case 0: .merge(document())
        case 1: .json((0..<roll(4)).map { _ in operation() })
        case 2: .strategic(document())
        default: .apply(document(), manager: pick(["a", "b", ""]), force: roll(2) == 0)
        }
    }
}

struct `Any patch of any document` {
    @Test(arguments: 0..<20)
    func `gives an object or says what is wrong`(_ seed: Int) {
        var dice = Dice(seed)
        for _ in 0..<50 {
            var object = Object(dice.document())
            for _ in 0..<5 {
                let resource = dice.pick([Resource.deployments, .services, .rollouts])
                do throws(PatchError) {
                    object = try dice.patch().applied(to: object, resource: resource)
                } catch {
                    #expect(!error.description.isEmpty)
                }
            }
        }
    }

    @Test(arguments: 0..<20)
    func `applied again by its manager changes nothing`(_ seed: Int) {
        var dice = Dice(seed)
        for _ in 0..<50 {
            let patch = Patch.apply(dice.document(), manager: "m", force: true)
            do throws(PatchError) {
                let once = try patch.applied(to: Object([:]), resource: .deployments)
                let twice = try patch.applied(to: once, resource: .deployments)
                #expect(once == twice, "\(patch.body.text)")
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
    }

    @Test(arguments: 0..<20)
    func `as a merge patch leads to what it wants`(_ seed: Int) {
        var dice = Dice(seed)
        for _ in 0..<50 {
            let wanted = dice.document()
            let result = dice.document().merged(with: wanted)
            #expect(result.merged(with: wanted) == result)
        }
    }
}
