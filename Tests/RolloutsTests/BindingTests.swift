import Rollouts
import Testing

private func set(_ hash: String, pods: Int, available: Int? = nil) -> ReplicaSet {
    ReplicaSet(
        name: "app-\(hash)", hash: hash, revision: 1, created: Instant(milliseconds: 0),
        desired: pods, replicas: pods, ready: available ?? pods, available: available ?? pods,
        matchesTemplate: false)
}

/// One that is bound to `h1`, as it is seen.
private func bound(_ holder: BindingSeen.Holder, among sets: [ReplicaSet]) -> BindingSeen {
    BindingSeen(ServiceBinding(hash: "h1", managedBy: "app"), of: holder, among: sets)
}

private func isLetGo(_ seen: BindingSeen) -> Bool { decide(seen) == .letGo }

struct `A Service whose rollout is gone` {
    /// Holds: 3.5 given back.
    @Test func `is let go though its pods may serve on`() {
        #expect(isLetGo(bound(.gone, among: [set("h1", pods: 3), set("h0", pods: 0)])))
    }

    @Test func `keeps pods away that nobody has judged, as long as others serve`() {
        #expect(
            decide(bound(.gone, among: [set("h1", pods: 3), set("h2", pods: 1)]))
                == .hold("app-h2 would serve, and nobody has judged it"))
        let down = set("h1", pods: 3, available: 0)
        #expect(isLetGo(bound(.gone, among: [down, set("h2", pods: 1)])))
        #expect(isLetGo(bound(.gone, among: [set("h2", pods: 1)])))
    }

    @Test func `takes pods that were stable once`() {
        var (promoted, former) = (set("h2", pods: 1), set("h3", pods: 1))
        promoted.wasPromoted = true
        former.wasStable = true
        #expect(isLetGo(bound(.gone, among: [set("h1", pods: 3), promoted, former])))
    }
}

struct `A Service with a hash and no rollout` {
    /// Holds: 3.5 unmarked.
    @Test func `is let go once nobody serves under that hash`() {
        func seen(_ sets: [ReplicaSet]) -> BindingSeen {
            BindingSeen(ServiceBinding(hash: "h1", managedBy: nil), of: .nobody, among: sets)
        }
        #expect(!isLetGo(seen([set("h1", pods: 1), set("h2", pods: 1)])))
        #expect(isLetGo(seen([set("h1", pods: 1, available: 0), set("h2", pods: 1)])))
        #expect(isLetGo(seen([])))
    }
}

struct `A Service that its rollout leaves` {
    private func isLetGo(_ world: World) -> Bool {
        decide(bound(.leaving(world.seen), among: world.replicaSets)) == .letGo
    }

    /// Holds: 3.5 given back.
    @Test func `is let go at rest`() {
        #expect(isLetGo(deployed(fourSteps)))
        #expect(isLetGo(deployed(twoServices)))
    }

    /// Holds: 3.5 given back.
    @Test func `stays while a release is under way, aborted ones too`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        #expect(!isLetGo(world))
        world.settle()
        #expect(!isLetGo(world))
        world.rollout.status.isAborted = true
        world.settle()
        world.wait(600)
        #expect(world.weight == 0 && !isLetGo(world))
    }

    @Test func `stays while traffic is, or may be, on the canary`() {
        var world = deployed(fourSteps)
        for reading: Reading in [
            .split(Split(canary: 10, of: 100)), .former(Split(canary: 0, of: 100)),
            .unreadable("not found"),
        ] {
            world.reading = reading
            #expect(!isLetGo(world))
        }
    }

    @Test func `stays while the document is refused`() {
        var world = deployed(fourSteps)
        world.refusal = "service \"shpo\" not found"
        #expect(!isLetGo(world))
    }

    @Test func `takes the stable revision's pods, and waits until those of others are gone`() {
        var world = deployed(fourSteps)
        world.replicaSets.append(set("h3", pods: 1))
        #expect(!isLetGo(world))
        world.replicaSets.removeLast()
        // The Service still has the hash of the revision before.
        world.replicaSets.append(set("h0", pods: 5))
        let binding = ServiceBinding(hash: "h0", managedBy: "app")
        #expect(
            decide(BindingSeen(binding, of: .leaving(world.seen), among: world.replicaSets))
                == .letGo)
    }
}
