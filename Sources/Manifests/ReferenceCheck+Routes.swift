import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// The routes of other kinds that the routers of a rollout begin with.
extension ReferenceCheck {
    /// What the routers find.
    var observed: Observed {
        var observed = Observed(objects: resources.routes, owner: document.ownerOfItsOwn)
        observed.denied = resources.denied
        // Only that there is one matters here.
        observed.currentHash = "any"
        return observed
    }

    private var readable: [(key: String, router: Router)] {
        zip(parsed.routerKeys, parsed.routers).map { ($0, $1) }.filter(\.router.isReadable)
    }

    /// What is wrong with the routes that the document names, each with where it does.
    func routeFaults(_ routing: Reader) -> [(NamedFault, Reader)] {
        readable.flatMap { key, router in
            faults(of: router).map { ($0, routing.router(key).below($0.field)) }
        }
    }

    private func faults(of router: Router) -> [NamedFault] {
        (router.faults?(observed) ?? []).filter { resources.isComplete || $0.missing == nil }
    }

    /// Whether every router could carry everything in the routes that it would find.
    func routes(_ routing: Reader) {
        let total = parsed.rollout.spec.canary.totalWeight
        let seen = observed
        for (key, router) in readable where faults(of: router).isEmpty {
            let isKnown =
                router.reads.allSatisfy { seen.objects[$0] != nil } && router.searches.isEmpty
            let isRouted = (router.reads.map(\.resource) + router.searches.map(\.resource))
                .contains { Resource.routes[$0] != nil }
            guard isRouted, isKnown || resources.isComplete else { continue }
            do throws(RouterError) {
                _ = try router.plan(Split(canary: total, of: total), seen)
            } catch {
                routing.router(key).refuse(
                    error.description, remedy: "correct the route, or its name here")
            }
        }
    }

    /// Whether steps leave stable something beside what its routes keep for others. Who comes to
    /// need more for another subset stops no production for that: neither at rest, nor where the
    /// canary has traffic, nor for a step that is over or is not taken.
    func reservedWeights(_ steps: Reader, of indices: Range<Int>) {
        let canary = parsed.rollout.spec.canary
        let reserved = readable.map { $0.router.reserved(observed) }.max() ?? 0
        guard reserved > 0 else { return }
        let elements = steps.elements()
        for index in indices where elements.indices.contains(index) {
            let versions = canary.versionWeights[index]?.values.reduce(0, +) ?? 0
            guard canary.steps[index].isSetWeight || versions > 0 else { continue }
            let weight = canary.weight(at: index) + versions
            guard 0 < weight, weight < canary.totalWeight,
                weight + reserved >= canary.totalWeight
            else { continue }
            let step = elements[index]
            (versions > 0 ? step["experiment"]["templates"] : step["setWeight"]).invalid(
                "the routes keep \(reserved) of \(canary.totalWeight) for additional subsets, and"
                    + " a weight of \(weight) leaves nothing for stable",
                value: .int(Int64(weight)),
                remedy: "use a weight below \(canary.totalWeight - reserved), or all")
        }
    }
}

extension Rollout {
    /// The steps that are still to be taken; nil while none are: at rest, given up, or on the way
    /// to the end without them.
    var stepsToCome: Range<Int>? {
        let count = spec.canary.steps.count
        guard status.isUpdating(to: status.currentPodHash), !status.isAborted, !status.promoteFull
        else { return nil }
        let isSamePlan = status.currentStepHash.isEmpty || status.currentStepHash == spec.stepsHash
        return min(isSamePlan ? max(status.currentStepIndex ?? 0, 0) : 0, count)..<count
    }
}

extension Step {
    fileprivate var isSetWeight: Bool { if case .setWeight = self { true } else { false } }
}

extension Reader {
    /// The configuration of a router, built in or a plugin.
    fileprivate func router(_ key: String) -> Reader {
        let plugin = self["plugins"][key]
        return plugin.isPresent ? plugin : self[key]
    }

    fileprivate func below(_ path: Path) -> Reader {
        path.components.reduce(self) { reader, component in
            switch component {
            case .key(let key): return reader[key]
            case .index(let index):
                let elements = reader.elements()
                return elements.indices.contains(index) ? elements[index] : reader
            }
        }
    }

    func note(_ fault: NamedFault) {
        invalid(fault.message, value: .string(fault.name), remedy: fault.remedy)
    }
}
