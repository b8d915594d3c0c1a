import Testing

@testable import Rollouts

/// How steps follow one another, and what they leave (rollout-semantics §4.5, §4.6, §6.2).
struct `A step` {
    /// Holds: 4.6 step names.
    @Test(arguments: [
        (Step.setWeight(20), "setWeight: 20"), (.pause(seconds: nil), "pause"),
        (.pause(seconds: 10), "pause: 10s"), (.analysis, "analysis"),
        (.setCanaryScale(.weight(25)), "setCanaryScale{weight: 25}"),
        (.setCanaryScale(.replicas(3)), "setCanaryScale{replicas: 3}"),
        (.setCanaryScale(.matchTrafficWeight), "setCanaryScale{matchTrafficWeight: true}"),
    ])
    func `is told by its kind and its value`(step: Step, words: String) {
        #expect(step.description == words)
    }

    /// Holds: 1.5 one at a time.
    @Test func `is completed alone`() {
        var world = deployed([.pause(seconds: 0), .pause(seconds: 0), .pause(seconds: 0)])
        world.update(to: "h2")
        for _ in 0..<20 {
            let before = world.status.currentStepIndex ?? 0
            world.turn()
            let after = world.status.currentStepIndex ?? 0
            #expect(after <= before + 1 || before == 3)
        }
        #expect(world.status.stableHash == "h2")
    }

    /// Holds: 6.2 between steps.
    @Test func `keeps the weight of the one before until it has pods for more`() {
        var world = deployed([.setWeight(20), .pause(seconds: nil), .setWeight(80)])
        world.update(to: "h2")
        world.settle()
        world.limits["h2"] = 1
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.set("h2")?.desired == 4)
        #expect([world.weight, world.status.currentStepIndex] == [20, 2])
        #expect(world.broken == [])
    }

    /// Holds: 9.4 P3.
    @Test func `keeps pods that it wants gone until the router has followed`() {
        var world = deployed([.setWeight(40), .setCanaryScale(.replicas(0)), .pause(seconds: nil)])
        world.verification = .yes
        world.update(to: "h2")
        for _ in 0..<50 where world.weight != 40 { world.turn() }
        world.verification = .no("the gateway is on its way")
        world.settle()
        world.verification = .yes
        for _ in 0..<50 where world.weight != 0 { world.turn() }
        world.verification = .no("the gateway is on its way")
        world.settle()
        #expect(world.weight == 0 && world.set("h2")?.desired == 2)
        #expect(world.status.currentStepIndex == 1)
        world.verification = .yes
        world.settle()
        #expect(world.set("h2")?.desired == 0)
        #expect(world.status.currentStepIndex == 2)
        #expect(world.broken == [])
    }

    /// An environment that is switched off, its gateway with it.
    @Test func `scales to nothing though the router never follows`() {
        var world = deployed([.setWeight(40)])
        world.verification = .no("the gateway is scaled to 0")
        world.rollout.spec.replicas = 0
        world.settle()
        #expect(world.set("h1")?.desired == 0)
    }

    /// Neither a router that cannot be written nor one that does not answer keeps pods of an
    /// environment that is switched off.
    @Test(arguments: [
        Reading.split(Split(canary: 40, of: 100)), .unreadable("extension mesh does not answer"),
    ])
    func `scales to nothing in mid-release though its traffic stays`(reading: Reading) {
        var world = deployed([.setWeight(40), .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        world.reading = reading
        world.rollout.spec.replicas = 0
        world.settle()
        #expect(world.replicaSets.map(\.desired) == [0, 0])
        let sentence = world.turn().reason.sentence
        #expect(sentence.hasSuffix("moving the canary's traffic from 40 to 0"))
        #expect(world.broken == [])
    }

    @Test(arguments: [30, 0, nil]) func `scales to nothing after an abort`(delay: Int?) {
        var world = deployed([.setWeight(40), .pause(seconds: nil)])
        world.rollout.spec.canary.abortScaleDownDelaySeconds = delay
        world.update(to: "h2")
        world.settle()
        world.reading = .split(Split(canary: 40, of: 100))
        world.rollout.status.isAborted = true
        world.rollout.spec.replicas = 0
        world.settle()
        #expect(world.replicaSets.map(\.desired) == [0, 0])
        #expect(world.broken == [])
    }

    /// The last step asked for no pods at all: on the way to all traffic they count by its share.
    @Test func `without pods is followed by no more traffic than its pods carry`() {
        var world = deployed([.setWeight(50), .setCanaryScale(.replicas(0))], size: 10)
        world.update(to: "h2")
        for _ in 0..<50 where world.weight != 100 { world.turn() }
        #expect(world.status.stableHash == "h1")
        for (available, weight) in [(4, 40), (1, 10)] {
            world.limits["h2"] = available
            world.letPodsStart()
            world.settle()
            #expect(world.weight == weight)
        }
        #expect(world.broken == [])
    }

    @Test func `scales to nothing after a promotion that no router followed`() {
        var world = deployed([.setWeight(100)])
        world.update(to: "h2")
        for _ in 0..<50 where world.status.stableHash != "h2" { world.turn() }
        world.reading = .split(Split(canary: 100, of: 100))
        world.rollout.spec.replicas = 0
        world.settle()
        world.wait(60)
        #expect(world.replicaSets.map(\.desired) == [0, 0])
        #expect(world.broken == [])
    }

    /// What is held does not come back to pods that its step wants gone.
    @Test func `gives no traffic to pods that are wanted gone while it is paused`() {
        var world = deployed([.setWeight(40), .setCanaryScale(.replicas(0)), .pause(seconds: nil)])
        world.update(to: "h2")
        for _ in 0..<50 where world.status.currentStepIndex != 1 { world.turn() }
        world.rollout.spec.isPaused = true
        world.settle()
        #expect(world.weight == 0)
        #expect(world.broken == [])
    }

    /// Holds: 6.2 verify failed, 6.1 verify, 2.1 weights verified.
    /// Holds: 7.4 verify interval, 9.3 verify interval.
    @Test func `waits for a router that has not followed`() {
        var world = deployed([.setWeight(20), .setWeight(60)])
        world.verification = .yes
        world.update(to: "h2")
        for _ in 0..<20 where world.weight != 20 { world.turn() }
        world.verification = .no("the gateway is on its way")
        world.settle()
        #expect([world.weight, world.status.currentStepIndex] == [20, 0])
        #expect(world.status.weights?.verified == false)
        var seen = world.seen
        #expect(decide(seen).lookAgain == world.now.advanced(bySeconds: 10))
        seen.verifySeconds = 45
        #expect(decide(seen).lookAgain == world.now.advanced(bySeconds: 45))
        world.verification = .yes
        world.settle()
        #expect(world.status.stableHash == "h2")
    }

    /// Holds: 4.5 stable.
    @Test func `waits until stable has its size`() {
        var world = deployed([.setWeight(20), .pause(seconds: nil)])
        world.update(to: "h2")
        for _ in 0..<20 {
            world.change("app-h1") { $0.replicas = 4 }
            world.turn()
        }
        #expect(world.set("h2")?.available == 1)
        #expect(world.status.currentStepIndex == 0)
        world.settle()
        #expect(world.status.currentStepIndex == 1)
    }

    /// Holds: 4.5 without a router.
    @Test func `without a router waits until the pods of others are gone`() {
        var world = deployed([.setWeight(40), .pause(seconds: nil)], size: 5)
        world.rollout.spec.canary.hasRouter = false
        world.settle()
        world.update(to: "h2")
        world.settle()
        world.update(to: "h3")
        for _ in 0..<40 {
            world.turn()
            world.change("app-h2") { ($0.replicas, $0.available) = (1, 1) }
        }
        #expect(world.status.currentStepIndex == 0)
        world.letPodsStart()
        world.settle()
        #expect([world.status.currentStepIndex, world.set("h2")?.desired] == [1, 0])
    }

    @Test func `that wants no pods sends them nothing where the rollout grows meanwhile`() {
        var world = deployed([.setWeight(50), .setCanaryScale(.replicas(0)), .setWeight(50)])
        world.update(to: "h2")
        while world.status.currentStepIndex != 1 { world.turn() }
        while world.weight != 0 { world.turn() }
        #expect(world.set("h2")?.desired == 3)
        world.rollout.spec.replicas = 8
        world.turn()
        #expect(world.weight == 0)
        world.settle()
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }
}

struct `A promotion` {
    /// Holds: 4.6 promotion clears, 2.1 promoteFull.
    @Test func `takes away what was asked for on the way`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(!world.status.promoteFull && !world.status.controllerPause)
        #expect(world.status.pauseConditions == [])
        #expect(world.status.currentStepIndex == fourSteps.count)
    }

    /// Holds: 4.6 weight after promotion, 6.2 promoted.
    @Test func `moves stable's service before it takes the weight away`() {
        var world = deployed([.setWeight(100)])
        world.update(to: "h2")
        var seen: [String] = []
        for _ in 0..<40 {
            world.turn()
            let now = "\(world.services["stable"]?.hash ?? "") \(world.weight ?? 0)"
            if seen.last != now { seen.append(now) }
        }
        #expect(seen == ["h1 0", "h1 100", "h2 100", "h2 0"])
        #expect(world.broken == [])
    }

    /// Holds: 4.12 full and abort.
    @Test func `in full takes an abort back`() {
        var world = deployed(fourSteps)
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        world.rollout.status.promoteFull = true
        world.settle()
        #expect(world.status.stableHash == "h2")
        #expect(!world.status.isAborted)
        #expect(world.broken == [])
    }
}

struct `A change on the way` {
    /// Holds: 4.7 template, 4.2 reset first.
    @Test func `begins at the first step, and forgets what was said of the one before`() {
        var world = deployed([.setWeight(20), .analysis, .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        world.end(.inconclusive) { _ in true }
        world.settle()
        #expect(world.status.currentStepIndex == 1 && world.status.stepRun != nil)
        world.rollout.status.isAborted = true
        world.settle()
        world.update(to: "h3")
        world.limits["h3"] = 0
        world.settle()
        #expect(world.status.currentStepIndex == 0)
        #expect(!world.status.isAborted && world.status.abortedAt == nil)
        #expect(world.status.pauseConditions == [] && !world.status.controllerPause)
        #expect(world.status.stepRun == nil)
    }

    /// Holds: 4.7 replicas and template.
    @Test func `may be one of template and size together`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)], size: 4)
        world.rollout.spec.replicas = 8
        world.update(to: "h2")
        world.settle()
        #expect(world.set("h1")?.desired == 8)
        #expect(world.set("h2")?.desired == 4)
        #expect(world.weight == 50)
        #expect(world.broken == [])
    }
}

/// Numbers of pods that a document gives as a number or as a percentage.
struct `An allowance` {
    /// Holds: 1.4 maxSurge, 1.4 maxUnavailable.
    @Test func `is rounded up for more pods, and down for fewer`() {
        #expect(Allowance.percent(25).roundedUp(of: 10) == 3)
        #expect(Allowance.percent(25).unavailable(of: 10) == 2)
        #expect(Allowance.pods(4).roundedUp(of: 1) == 4)
        #expect(Allowance.pods(4).unavailable(of: 1) == 1)
        #expect(Allowance.standard == .percent(25))
    }
}
