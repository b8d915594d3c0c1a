import Rollouts
import Testing

/// Metadata and anti-affinity of pods (rollout-semantics §3.7, §4.14).
struct `Pods with metadata of their part` {
    private func dressed(_ world: World) -> World {
        var world = world
        world.rollout.spec.parts.newMetadata = "new"
        world.rollout.spec.parts.stableMetadata = "stable"
        world.rollout.spec.parts.separation = .preferred(weight: 7)
        world.settle()
        return world
    }

    @Test func `get the stable ones from the first deploy on`() {
        var world = World(steps: fourSteps)
        world.rollout.spec.parts.stableMetadata = "stable"
        let created = world.turn()
        #expect(world.set("h1")?.extras == PodExtras(metadata: "stable"))
        #expect(created.actions.count == 2)
        world.settle()
        #expect(world.broken == [])
    }

    @Test func `follow a document that asks for them later`() {
        let world = dressed(deployed(fourSteps))
        #expect(world.set("h1")?.extras == PodExtras(metadata: "stable"))
        #expect(world.set("h1")?.hasFormerPods == false)
        #expect(world.broken == [])
    }

    /// Holds: 1.4 canaryMetadata, 1.4 antiAffinity.
    @Test func `begin with those of the new revision and keep away from stable's nodes`() {
        var world = dressed(deployed(fourSteps))
        world.update(to: "h2")
        world.settle()
        let apart = Separation(.preferred(weight: 7), from: "h1")
        #expect(world.set("h2")?.extras == PodExtras(metadata: "new", separation: apart))
        #expect(world.set("h1")?.extras == PodExtras(metadata: "stable"))
    }

    /// Holds: 4.14 promotion, 1.4 stableMetadata.
    /// Holds: 4.2 pod metadata.
    @Test func `change with the part that they play`() {
        var world = dressed(deployed([.setWeight(50)]))
        world.update(to: "h2")
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(world.set("h2")?.extras == PodExtras(metadata: "stable"))
        #expect(world.set("h1")?.extras == PodExtras())
        #expect(world.replicaSets.allSatisfy { !$0.hasFormerPods })
        #expect(world.broken == [])
    }

    /// Holds: 1.3 activeMetadata.
    @Test func `change in blue-green, too`() {
        var world = dressed(World(BlueGreen(activeService: "active")))
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h2")?.extras == PodExtras(metadata: "stable"))
        #expect(world.set("h1")?.extras == PodExtras())
        #expect(world.broken == [])
    }

    /// Holds: 1.3 previewMetadata, 1.3 activeMetadata, 1.3 antiAffinity.
    @Test func `of a preview are the new ones, away from the nodes of those that serve`() {
        var plan = BlueGreen(activeService: "active")
        plan.promotion = .byHand
        var world = dressed(World(plan))
        world.update(to: "h2")
        world.settle()
        let apart = Separation(.preferred(weight: 7), from: "h1")
        #expect(world.set("h2")?.extras == PodExtras(metadata: "new", separation: apart))
        #expect(world.set("h1")?.extras == PodExtras(metadata: "stable"))
    }

    @Test func `are what the pods of a returning revision begin with`() {
        var world = dressed(deployed([.setWeight(50), .pause(seconds: nil)]))
        for hash in ["h2", "h3", "h2"] {
            world.update(to: hash)
            world.wait(60)
        }
        world.update(to: "h3")
        for _ in 0..<10 {
            let actions = world.turn().actions
            let scaled = actions.firstIndex {
                if case .scale("app-h3", 0, _) = $0 { true } else { false }
            }
            guard let scaled else { continue }
            #expect(
                actions[..<scaled].contains {
                    if case .setPodMetadata("app-h3", "new") = $0 { true } else { false }
                })
            return
        }
        Issue.record("h3 was not scaled up")
    }

    /// Holds: 4.2 pod metadata.
    @Test func `are changed after all that traffic depends on`() {
        var world = dressed(deployed([.setWeight(50)]))
        world.update(to: "h2")
        for _ in 0..<20 {
            let actions = world.turn().actions
            let first = actions.firstIndex {
                switch $0 {
                case .setPodMetadata(let name, _): (world.set("h2")?.name ?? "") != name
                case .updatePods, .separate: true
                default: false
                }
            }
            guard let first else { continue }
            #expect(
                actions[first...].allSatisfy {
                    switch $0 {
                    case .setPodMetadata, .updatePods, .separate, .evict: true
                    default: false
                    }
                })
        }
    }
}
