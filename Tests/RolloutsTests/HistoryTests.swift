import Rollouts
import Testing

/// What is kept of former revisions, and for how long (rollout-semantics §3.4, §3.6, §4.6).
struct `Former revisions` {
    /// Revisions 1...count, each promoted; the scale-down delays are over.
    func world(after count: Int, change: (inout World) -> Void = { _ in }) -> World {
        var world = deployed([.setWeight(50)])
        change(&world)
        for number in stride(from: 2, through: count, by: 1) {
            world.update(to: "h\(number)")
            world.settle()
            world.wait(31)
        }
        return world
    }

    /// Holds: 1.1 revisionHistoryLimit, 3.6 limit.
    /// Holds: 4.2 history.
    @Test func `are kept up to the limit, the oldest go first`() {
        let world = world(after: 6) { $0.rollout.spec.revisionHistoryLimit = 2 }
        #expect(world.replicaSets.map(\.hash).sorted() == ["h4", "h5", "h6"])
        #expect(world.broken == [])
    }

    /// Holds: 5.9 with their ReplicaSet.
    @Test func `take their analysis runs with them`() {
        var world = deployed([.analysis])
        world.rollout.spec.revisionHistoryLimit = 0
        world.update(to: "h2")
        world.settle()
        world.end(.successful) { _ in true }
        world.settle()
        world.update(to: "h3")
        world.settle()
        world.end(.successful) { _ in true }
        world.settle()
        world.wait(31)
        world.wait(31)
        #expect(world.replicaSets.map(\.hash) == ["h3"])
        #expect(world.runs.map(\.hash) == ["h3"])
    }

    /// Holds: 5.9 with their ReplicaSet.
    @Test func `take their analysis runs with them whoever deletes them`() {
        var world = deployed([.analysis])
        for hash in ["h2", "h3"] {
            world.update(to: hash)
            world.settle()
            world.end(.successful) { _ in true }
            world.settle()
        }
        world.wait(31)
        #expect(world.runs.map(\.hash) == ["h2", "h3"])
        world.replicaSets.removeAll { $0.hash == "h2" }
        world.settle()
        #expect(world.runs.map(\.hash) == ["h3"])
    }

    /// Holds: 3.4 highest.
    @Test func `that come back get the highest number and remember their old one`() {
        var world = world(after: 3)
        world.update(to: "h1")
        world.settle()
        #expect(world.set("h1")?.revision == 4)
        #expect(world.set("h1")?.revisionHistory == [1])
        #expect(world.rollout.revision == 4)
    }

    /// Holds: 1.4 scaleDownDelaySeconds, 6.3 I5 old stable stays.
    @Test func `keep their pods for the delay`() {
        var world = deployed([.setWeight(50)])
        world.rollout.spec.canary.scaleDownDelaySeconds = 90
        world.update(to: "h2")
        world.settle()
        let deadline = world.set("h1")?.scaleDownDeadline
        #expect(deadline == world.now.advanced(bySeconds: 90))
        world.wait(89)
        #expect(world.set("h1")?.available == 5)
        world.wait(1)
        #expect(world.set("h1")?.desired == 0)
        #expect(world.set("h1")?.scaleDownDeadline == nil)
    }

    @Test func `without a delay lose their pods once traffic has left them`() {
        let world = world(after: 2) { $0.rollout.spec.canary.scaleDownDelaySeconds = 0 }
        #expect(world.set("h1")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 1.4 scaleDownDelayRevisionLimit.
    @Test(arguments: [nil, 0, 1, 2]) func `wait in no greater number than allowed`(limit: Int?) {
        var world = deployed([.setWeight(50)])
        world.rollout.spec.canary.scaleDownDelaySeconds = 1_000
        world.rollout.spec.canary.scaleDownDelayRevisionLimit = limit
        for number in 2...5 {
            world.update(to: "h\(number)")
            world.settle()
        }
        let waiting = world.replicaSets.filter { $0.desired > 0 && $0.hash != "h5" }
        #expect(waiting.count == min(4, limit ?? 4))
        #expect(waiting.allSatisfy { $0.revision > 4 - waiting.count })
    }

    /// Holds: 4.8 canary within delay.
    /// Holds: 4.2 deadlines.
    @Test func `that come back within their delay keep their pods`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        world.rollout.status.pauseConditions = []
        world.settle()
        world.update(to: "h1")
        world.settle()
        #expect(world.set("h1")?.scaleDownDeadline == nil)
        #expect(world.status.phase == .paused)
        #expect(world.broken == [])
    }
}

/// How an aborted canary is let go (§4.10).
struct `An aborted canary` {
    func aborted(delay: Int?) -> World {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.rollout.spec.canary.abortScaleDownDelaySeconds = delay
        world.update(to: "h2")
        world.settle()
        world.rollout.status.isAborted = true
        world.settle()
        return world
    }

    /// Holds: 1.4 abortScaleDownDelaySeconds, 4.10 scale-down.
    @Test func `goes after its delay`() {
        var world = aborted(delay: 10)
        world.wait(9)
        #expect(world.set("h2")?.desired == 3)
        world.wait(1)
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.10 scale-down never.
    @Test func `stays for ever where the document says so`() {
        var world = aborted(delay: nil)
        world.wait(100_000)
        #expect(world.set("h2")?.desired == 3)
    }

    /// Holds: 6.3 I6 aborted stays, 6.2 stable short.
    @Test func `waits until stable is whole`() {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.update(to: "h2")
        world.settle()
        world.limits["h1"] = 3
        world.letPodsStart()
        world.rollout.status.isAborted = true
        world.settle()
        world.wait(1_000)
        #expect(world.set("h2")?.desired == 3)
        #expect(world.weight == 40)
        world.limits = [:]
        world.letPodsStart()
        world.settle()
        world.wait(31)
        #expect(world.set("h2")?.desired == 0)
        #expect(world.broken == [])
    }

    /// Holds: 4.2 deadlines.
    @Test func `that is tried again in its delay keeps its pods`() {
        var world = aborted(delay: 100)
        world.rollout.status.isAborted = false
        world.settle()
        #expect(world.weight == 50)
        world.wait(200)
        #expect(world.set("h2")?.available == 3)
    }
}

/// The names of analysis runs (§5.2), and how many are kept (§5.9).
struct `Analysis runs` {
    /// Holds: 5.2 name taken, 5.2 anew.
    @Test func `get a number where their name was used before`() {
        var world = deployed([.setWeight(10), .analysis])
        world.update(to: "h2")
        world.settle()
        for _ in 0..<2 {
            world.end(.failed) { !$0.phase.isCompleted }
            world.settle()
            world.rollout.status.isAborted = false
            world.settle()
        }
        #expect(world.runs.map(\.name) == ["app-h2-2-1", "app-h2-2-1.1", "app-h2-2-1.2"])
    }

    /// Holds: 5.2 background, 5.2 name, 1.4 analysis.
    @Test func `in the background have no step in their name`() {
        var world = deployed(fourSteps)
        world.rollout.spec.canary.backgroundAnalysisFrom = 2
        world.update(to: "h2")
        world.settle()
        #expect(world.runs == [])
        world.rollout.status.pauseConditions = []
        world.settle()
        #expect(world.runs.map(\.name) == ["app-h2-2"])
    }

    @Test func `are created under the name that the status gave before a crash`() {
        var world = deployed([.setWeight(10), .analysis])
        world.update(to: "h2")
        world.settle()
        let name = world.status.stepRun?.name
        world.runs = []
        world.memory = Memory()
        world.settle()
        #expect(world.runs.map(\.name) == [name])
    }

    /// Holds: 1.1 successfulRunHistoryLimit, 1.1 unsuccessfulRunHistoryLimit, 5.9 limits.
    @Test func `that ended are kept up to the limits, the newest of each kind`() {
        var world = deployed([.setWeight(50)])
        world.rollout.spec.successfulRunHistoryLimit = 1
        world.rollout.spec.unsuccessfulRunHistoryLimit = 3
        let phases: [RunPhase] = [
            .failed, .successful, .error, .successful, .inconclusive, .failed, .successful,
        ]
        for (number, phase) in phases.enumerated() {
            let time = Instant(milliseconds: Int64(number) * 1_000)
            world.runs.append(
                Run(
                    name: "\(number) \(phase)", purpose: .background, hash: "h1", revision: 1,
                    phase: phase, created: time))
        }
        world.settle()
        #expect(
            world.runs.map(\.name) == ["2 error", "4 inconclusive", "5 failed", "6 successful"])
    }

    /// Holds: 5.2 ended.
    @Test func `that nobody waits for any more are ended`() {
        var world = deployed([.setWeight(10), .analysis])
        world.update(to: "h2")
        world.settle()
        let left = world.runs.map(\.name)
        world.update(to: "h3")
        world.settle()
        #expect(left == ["app-h2-2-1"])
        #expect(world.runs.map(\.name) == ["app-h2-2-1", "app-h3-3-1"])
        #expect(world.runs.map(\.isTerminating) == [true, false])
    }
}
