import Documents
import KubernetesObjects
import Rollouts

extension RouterKind {
    /// `trafficRouting.plugins[name]` of an extension that is registered as `name`.
    package static func `extension`(_ name: String) -> RouterKind {
        RouterKind(key: name, isPlugin: true) { reader, rollout in
            ExtensionRouter(name, reader.value ?? .object(JSONObject()), rollout).router
        }
    }
}

/// A router that is a program of somebody else (docs/EXTENDING.md). It keeps the weight itself, and
/// what it says of it stands where the object of another router would: so it is read back, compared
/// and written as every other one.
struct ExtensionRouter: Sendable {
    private let name: String
    private let rollout: RoutedRollout
    private let total: Int
    private let remote: RemoteRouter

    init(_ name: String, _ configuration: JSON, _ rollout: RoutedRollout) {
        self.name = name
        self.rollout = rollout
        total = rollout.maximumWeight ?? 100
        let reference = Reference(
            Resource(
                group: "extensions.sluice", version: "v1", kind: "Extension", plural: "extensions"),
            namespace: rollout.namespace, name: name)
        remote = RemoteRouter(
            name: name, reference: reference,
            question: [
                "version": 1, "kind": "router", "name": .string(name), "config": configuration,
                "rollout": [
                    "namespace": .string(rollout.namespace), "name": .string(rollout.name),
                    "stableService": rollout.stableService.map(JSON.string) ?? .null,
                    "canaryService": rollout.canaryService.map(JSON.string) ?? .null,
                ],
            ])
    }

    var router: Router {
        var router = Router(
            kind: name, reads: [],
            plan: { split, seen in plan(split, seen) }, read: read,
            routes: { routes, seen throws(RouterError) in try plan(routes, seen) },
            verify: verify)
        router.remote = remote
        return router
    }

    private func plan(_ split: Split, _ seen: Observed) -> [Change] {
        let split = split.clamped
        if read(seen) == .split(split) { return [] }
        return [
            change([
                "operation": "setWeight", "weight": .int(Int64(split.canary)),
                "total": .int(Int64(split.total)),
            ])
        ]
    }

    private func read(_ seen: Observed) -> Reading {
        guard let said = seen.objects[remote.reference] else {
            return .unreadable(
                "extension \(name) does not say its weight: "
                    + (seen.denied[remote.reference] ?? "it was not asked"))
        }
        if let error = said.json["error"], !error.isNull {
            return .unreadable("extension \(name): \(error.string ?? "an error")")
        }
        // A weight of another total is none of ours: 1 of 1 is everything, and no one of a hundred.
        guard let weight = said.json["weight"]?.int, (0...total).contains(weight),
            said.json["total"].map({ $0.int == total }) ?? true
        else { return .unreadable("extension \(name) answered no weight of \(total)") }
        return .split(Split(canary: weight, of: total))
    }

    /// What was read back is what it has: without it no step goes on.
    private func verify(_ seen: Observed) -> Verification {
        if case .unreadable(let why) = read(seen) { return .no(why) }
        let said = seen.objects[remote.reference]?.json
        let verified = said?["verified"]
        if verified == nil || verified == true { return .yes }
        let why = said?["message"]?.string ?? "its traffic does not follow yet"
        return .no("extension \(name): \(why)")
    }

    private func plan(
        _ routes: [ManagedRoute], _ seen: Observed
    ) throws(RouterError) -> [Change] {
        if rollout.managedRoutes.isEmpty && routes.isEmpty { return [] }
        let wanted = JSON.array(routes.map(\.json))
        if let said = seen.objects[remote.reference] {
            guard let standing = said.json["routes"]?.array else {
                if routes.isEmpty { return [] }
                throw RouterError("extension \(name) makes no routes for single requests")
            }
            if .array(standing) == wanted { return [] }
        }
        return [change(["operation": "setRoutes", "routes": wanted])]
    }

    private func change(_ order: JSON) -> Change { Change(remote.reference, .patch(.merge(order))) }
}

/// A program of somebody else that divides traffic, and how it is asked.
package struct RemoteRouter: Hashable, Sendable {
    /// As it is registered.
    package let name: String
    /// Stands for what it says.
    package let reference: Reference
    /// What every question to it has.
    package let question: JSON
}

extension ManagedRoute {
    fileprivate var json: JSON {
        switch purpose {
        case .header(let headers):
            ["name": .string(name), "headers": .array(headers.map(\.json))]
        case .mirror(let requests, let percent):
            [
                "name": .string(name), "mirrorPercent": .int(Int64(percent)),
                "requests": .array(requests.map(\.json)),
            ]
        }
    }
}

extension HeaderMatch {
    fileprivate var json: JSON { ["name": .string(name), "value": value.json] }
}

extension RequestMatch {
    fileprivate var json: JSON {
        var json: JSON = ["headers": .array(headers.map(\.json))]
        json["method"] = method?.json
        json["path"] = path?.json
        return json
    }
}

extension StringMatch {
    fileprivate var json: JSON {
        switch self {
        case .exact(let text): ["exact": .string(text)]
        case .regex(let text): ["regex": .string(text)]
        case .prefix(let text): ["prefix": .string(text)]
        }
    }
}
