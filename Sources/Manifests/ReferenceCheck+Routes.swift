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
