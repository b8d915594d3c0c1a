import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

/// A router that writes weights into objects of others, with objects that it can work with.
struct WeightedCase: Sendable, CustomTestStringConvertible {
    let kind: RouterKind
    let configuration: JSON
    var maximumWeight: Int?
    /// The objects, by kind and name, as they are before the first release.
    let objects: [Object]
    /// One more object of the same kind that the configuration names too.
    var second: Object?
    var both: JSON = [:]

    var testDescription: String { kind.key }
    var total: Int { maximumWeight ?? 100 }

    static let all: [WeightedCase] = [.gateway, .istio, .appMesh, .traefik, .apisix]
}

/// What a member of an object is called when it is one of the router's own.
private let own: Set<String> = ["weight", "labels", "resourceVersion"]

extension JSON {
    /// Without the members that a router of weights may write.
    fileprivate var foreign: JSON {
        switch self {
        case .array(let values): .array(values.map(\.foreign))
        case .object(let object):
            .object(
                JSONObject(
                    object.members.filter { !own.contains($0.key) }
                        .map { ($0.key, $0.value.foreign) }))
        default: self
        }
    }
}

/// One suite that every such router passes.
struct `A router of weights` {
    private func router(
        _ wanted: WeightedCase, _ configuration: JSON? = nil, maximumWeight: Int? = nil
    ) throws -> Router {
        let result = parsed(
            wanted.kind, configuration ?? wanted.configuration,
            maximumWeight: maximumWeight ?? wanted.maximumWeight)
        #expect(result.findings == [])
        return try #require(result.router)
    }

    /// Holds: 1.6 gatewayAPI, 1.6 istio, 1.6 appMesh, 1.6 traefik, 1.6 apisix, 6.1 set weight.
    /// Holds: 6.1 clean, 6.7 appMesh.
    /// Holds: 6.5 host split, 6.6 weights, 6.6 foreign rules, 6.7 traefik, 6.7 apisix.
    /// Holds: 6.6 maxTrafficWeight, 9.3 gateway total, 9.1 objects of others.
    @Test(arguments: WeightedCase.all)
    func `writes each split once and reads it back`(_ wanted: WeightedCase) throws {
        let router = try router(wanted)
        var stage = Stage(wanted.objects)
        for weight in [0, 10, 30, 100, 0, 50, 0] {
            let split = Split(canary: weight, of: wanted.total)
            try stage.apply(router.plan(split, stage.seen))
            #expect(router.read(stage.seen) == .split(split))
            #expect(try router.plan(split, stage.seen).isEmpty)
        }
        let after = wanted.objects.map { stage[$0]?.json.foreign }
        #expect(after == wanted.objects.map(\.json.foreign))
    }

    /// Holds: 6.6 conflict.
    @Test(arguments: WeightedCase.all)
    func `tests what it changes, so that a reordered list refuses`(_ wanted: WeightedCase) throws {
        let router = try router(wanted)
        var stage = Stage(wanted.objects)
        try stage.move(router, to: 0, of: wanted.total)
        let changes = try router.plan(Split(canary: 20, of: wanted.total), stage.seen)
        for object in wanted.objects {
            let present = try #require(stage[object])
            stage[object] = Object(present.json.reversed)
        }
        #expect(throws: (any Error).self) { try stage.apply(changes) }
    }

    @Test(arguments: WeightedCase.all)
    func `finds what others wrote over it`(_ wanted: WeightedCase) throws {
        let router = try router(wanted)
        var stage = Stage(wanted.objects)
        try stage.move(router, to: 40, of: wanted.total)
        for object in wanted.objects { stage[object] = object }
        guard case .split(let split) = router.read(stage.seen) else {
            Issue.record("\(router.read(stage.seen))")
            return
        }
        #expect(split != Split(canary: 40, of: wanted.total))
        try stage.move(router, to: 40, of: wanted.total)
        #expect(router.read(stage.seen) == .split(Split(canary: 40, of: wanted.total)))
    }

    @Test(arguments: WeightedCase.all)
    func `gives back what it can where an object is missing`(_ wanted: WeightedCase) throws {
        guard let second = wanted.second else { return }
        let router = try router(wanted, wanted.both)
        var stage = Stage(wanted.objects + [second])
        try stage.move(router, to: 60, of: wanted.total)
        stage[second] = nil
        #expect(
            fault(router, 70, stage, of: wanted.total)?.contains("`\(second.name)` not found")
                == true)
        for weight in [20, 0] {
            try stage.move(router, to: weight, of: wanted.total)
            let left = Split(canary: weight, of: wanted.total + 1)
            #expect(router.read(stage.seen) == .split(left))
        }
        let other = try self.router(wanted)
        #expect(other.read(stage.seen) == .split(Split(canary: 0, of: wanted.total)))
        #expect(fault(router, 0, stage, of: wanted.total) != nil)
    }

    /// What it carries is not known, whatever there is to write to the others.
    @Test(arguments: WeightedCase.all)
    func `cannot be read where one of its objects cannot`(_ wanted: WeightedCase) throws {
        guard let second = wanted.second else { return }
        let router = try router(wanted, wanted.both)
        var stage = Stage(wanted.objects)
        stage.seen.denied[Stage.reference(of: second)] = "forbidden"
        let why = "\(second.kind) `\(second.name)` cannot be read: forbidden"
        #expect(router.read(stage.seen) == .unreadable(why))
    }

    /// Holds: 6.5 missing, 6.6 missing.
    @Test(arguments: WeightedCase.all)
    func `says what it lacks`(_ wanted: WeightedCase) throws {
        let router = try router(wanted)
        #expect(
            fault(router, 0, Stage([]), of: wanted.total)?.contains("not found; create it") == true)
        #expect(router.read(Stage([]).seen) == .unset)
        var stage = Stage([])
        for object in wanted.objects {
            stage.seen.denied[Stage.reference(of: object)] = "forbidden"
        }
        #expect(
            fault(router, 0, stage, of: wanted.total)?.contains("cannot be read: forbidden") == true
        )
        #expect(
            router.read(stage.seen) == .unreadable(fault(router, 0, stage, of: wanted.total) ?? ""))
    }

    @Test(arguments: WeightedCase.all)
    func `does not believe weights that cannot be counted with`(_ wanted: WeightedCase) throws {
        let router = try router(wanted)
        var stage = Stage(wanted.objects)
        for object in wanted.objects {
            stage[object]?.json = object.json.replacing(weight: "many")
        }
        #expect(
            router.read(stage.seen) == .split(Split(canary: wanted.total, of: wanted.total + 1)))
        try stage.move(router, to: 0, of: wanted.total)
        #expect(router.read(stage.seen) == .split(Split(canary: 0, of: wanted.total)))
    }
}

extension JSON {
    /// With every list in the other order.
    fileprivate var reversed: JSON {
        switch self {
        case .array(let values): .array(values.reversed().map(\.reversed))
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.key, $0.value.reversed) }))
        default: self
        }
    }

    /// With another value for every weight.
    fileprivate func replacing(weight: JSON) -> JSON {
        switch self {
        case .array(let values): .array(values.map { $0.replacing(weight: weight) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map {
                        ($0.key, $0.key == "weight" ? weight : $0.value.replacing(weight: weight))
                    }))
        default: self
        }
    }
}
