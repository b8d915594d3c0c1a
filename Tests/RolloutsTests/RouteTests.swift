import Rollouts
import Testing

private let canaryHeader = ManagedRoute(
    name: "by-header",
    purpose: .header([HeaderMatch(name: "X-Canary", value: .exact("yes"))]))

private func world(_ steps: [Step], managed: [String] = ["copies", "by-header"]) -> World {
    var world = World(steps: steps)
    world.rollout.spec.canary.managedRoutes = managed
    world.routes = []
    world.settle()
    return world
}

private let byHeader = Step.setHeaderRoute(
    name: "by-header", [HeaderMatch(name: "X-Canary", value: .exact("yes"))])
private let pause = Step.pause(seconds: nil)
private let scaled = Step.setCanaryScale(.replicas(1))

struct `A header route` {
    /// Holds: 1.5 setHeaderRoute.
    @Test func `is there from its step on, as soon as the canary has a pod`() {
        var world = world([scaled, byHeader, pause, .setWeight(20), pause])
        world.limits["h2"] = 0
        world.update(to: "h2")
        world.settle()
        #expect(world.routes == [])
        #expect(world.status.currentStepIndex == 0)
        world.limits["h2"] = nil
        world.settle()
        #expect(world.routes == [canaryHeader])
        #expect(world.status.currentStepIndex == 2)
        #expect(world.weight ?? 0 == 0)
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.routes == [canaryHeader])
        #expect(world.weight == 20)
        #expect(world.broken == [])
    }

    /// Holds: 1.5 setHeaderRoute.
    @Test func `is taken away by a step without headers`() {
        var world = world([
            .setWeight(20), byHeader, .setHeaderRoute(name: "by-header", []), pause,
        ])
        world.update(to: "h2")
        world.settle()
        #expect(world.status.currentStepIndex == 3)
        #expect(world.routes == [])
    }

    @Test func `goes before the last pod does`() {
        var world = world([scaled, byHeader, .setCanaryScale(.replicas(0)), pause])
        world.update(to: "h2")
        var orders: [[Action]] = []
        for _ in 0..<20 { orders.append(world.turn().actions) }
        let last = orders.first { $0.contains(.scale(replicaSet: "app-h2", from: 1, to: 0)) }
        #expect(last?.first == .setRoutes([]))
        #expect(world.routes == [])
        #expect(world.broken == [])
    }

    @Test func `that comes before any pod comes with the first one`() {
        var world = world([byHeader, .setWeight(20), pause])
        world.update(to: "h2")
        world.settle()
        #expect(world.status.currentStepIndex == 2)
        #expect(world.routes == [canaryHeader])
        #expect(world.broken == [])
    }

    /// Holds: 1.5 routes persist, 6.1 remove.
    @Test func `goes with an abort, with a promotion, and with the last pod`() {
        for end in 0..<3 {
            var world = world([.setWeight(20), byHeader, pause])
            world.update(to: "h2")
            world.settle()
            #expect(world.routes == [canaryHeader])
            switch end {
            case 0: world.rollout.status.isAborted = true
            case 1: world.rollout.status.pauseConditions = []
            default:
                world.limits["h2"] = 0
                world.letPodsStart()
            }
            world.settle()
            #expect(world.routes == [], "\(end)")
            #expect(world.broken == [])
        }
    }

    @Test func `is written again where somebody took it away, and waits to be followed`() {
        var world = world([.setWeight(20), byHeader, pause])
        world.update(to: "h2")
        world.settle()
        world.routes = []
        #expect(world.turn().actions == [.setRoutes([canaryHeader])])
        #expect(world.turn().actions == [])
    }

    @Test func `of an aborted release is given back together with its status`() {
        var world = world([.setWeight(0), scaled, byHeader, pause])
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        let decision = world.turn()
        #expect(decision.order == .together)
        #expect(decision.actions.first == .setRoutes([]))
    }

    @Test func `waits for a third revision's own pods`() {
        var world = world([.setWeight(20), byHeader, pause])
        world.update(to: "h2")
        world.settle()
        world.limits["h3"] = 0
        world.update(to: "h3")
        world.settle()
        #expect(world.routes == [])
        world.limits["h3"] = nil
        world.settle()
        #expect(world.routes == [canaryHeader])
        #expect(world.broken == [])
    }
}

struct `The routes of the steps` {
    /// Holds: 1.6 managedRoutes.
    @Test func `come in the order of managedRoutes`() {
        let mirror = Step.setMirrorRoute(name: "copies", [], percent: 50)
        var world = world([.setWeight(20), byHeader, mirror, pause])
        world.update(to: "h2")
        world.settle()
        let copies = ManagedRoute(name: "copies", purpose: .mirror([], percent: 50))
        #expect(world.routes == [copies, canaryHeader])
    }

    @Test func `that no list names are not made`() {
        var world = world([.setWeight(20), byHeader, pause], managed: [])
        world.update(to: "h2")
        world.settle()
        #expect(world.routes == [])
        #expect(world.status.currentStepIndex == 2)
    }
}
