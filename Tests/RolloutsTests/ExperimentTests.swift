import Rollouts
import Testing

/// Experiments by the rows of rollout-semantics §7.1.
struct `An experiment` {
    private func running(
        _ analyses: [String: Bool] = [:], seconds: Int? = 60
    ) -> ExperimentWorld {
        var world = ExperimentWorld(analyses: analyses)
        world.experiment.durationSeconds = seconds
        world.settle()
        return world
    }

    /// Holds: 7.1 ReplicaSets.
    /// Holds: 7.5 ScalingReplicaSet of an experiment.
    @Test func `creates each ReplicaSet without pods and then scales it`() {
        var world = ExperimentWorld()
        let first = world.turn()
        #expect(
            first.actions == [
                .createReplicaSet(name: "trial-baseline", template: "baseline"),
                .createReplicaSet(name: "trial-canary", template: "canary"),
            ])
        let second = world.turn()
        #expect(second.actions.first == .scale(replicaSet: "trial-baseline", from: 0, to: 1))
        #expect(
            second.events.first { $0.reason == "ScalingReplicaSet" }?.message
                == "Scaled up ReplicaSet trial-baseline from 0 to 1")
    }

    @Test func `takes another name for a ReplicaSet that is somebody else's`() {
        var world = ExperimentWorld(templates: ["canary"])
        world.taken.replicaSets = ["trial-canary"]
        world.settle()
        #expect(world.replicaSets["canary"]?.name == "trial-canary-1")
        #expect(world.status.templates.first?.collisionCount == 1)
    }

    /// Holds: 7.1 duration.
    @Test func `is pending until all its templates run, and its clock starts there`() {
        var world = ExperimentWorld()
        world.experiment.durationSeconds = 60
        world.limits = ["canary": 0]
        world.settle()
        #expect(world.status.phase == .pending && world.status.availableAt == nil)
        #expect(world.phases == [.running, .progressing])
        world.limits = [:]
        world.wait(5)
        world.settle()
        #expect(world.status.phase == .running && world.status.availableAt == world.now)
        #expect(world.phases == [.running, .running])
    }

    @Test func `keeps the beginning of its clock when pods are lost`() {
        var world = running()
        let start = world.status.availableAt
        world.limits = ["canary": 0]
        world.wait(5)
        #expect(world.phases == [.running, .progressing] && world.status.phase == .running)
        world.limits = [:]
        world.wait(5)
        world.settle()
        #expect(world.status.availableAt == start && world.phases == [.running, .running])
    }

    /// Holds: 7.1 deadline, 7.1 phase.
    /// Holds: 7.5 Experiment, 7.5 Template.
    @Test func `fails when a template exceeds its deadline`() {
        var world = ExperimentWorld()
        world.experiment.progressDeadlineSeconds = 20
        world.limits = ["canary": 0]
        world.settle()
        world.wait(19)
        #expect(world.status.phase == .pending)
        world.wait(1)
        #expect(world.status.phase == .failed)
        #expect(
            world.status.message == "Template 'canary' exceeded its progressDeadlineSeconds (20)")
        #expect(world.phases == [.successful, .failed])
        #expect(
            Set(world.events.filter(\.isWarning).map(\.reason))
                == ["TemplateFailed", "ExperimentFailed"])
    }

    @Test func `counts the deadline from when the pods began to lack`() {
        var world = running(seconds: 1_000)
        world.experiment.progressDeadlineSeconds = 20
        world.wait(100)
        world.limits = ["canary": 0]
        world.wait(1)
        world.settle()
        world.wait(19)
        #expect(world.status.phase == .running)
        world.wait(1)
        #expect(world.status.phase == .failed)
    }

    @Test func `ends in error where the server refuses what a template needs`() {
        var world = ExperimentWorld()
        world.obstacles = ["canary": "exceeded quota"]
        world.settle()
        #expect(world.status.phase == .error && world.status.message == "exceeded quota")
    }

    /// Holds: 7.1 duration, 7.1 scale-down.
    @Test func `is successful after its duration, and its pods go after their delay`() {
        var world = running()
        world.wait(59)
        #expect(world.status.phase == .running && world.pods == [1, 1])
        world.wait(1)
        #expect(world.status.phase == .successful && world.pods == [1, 1])
        #expect(world.phases == [.successful, .successful])
        world.wait(29)
        #expect(world.pods == [1, 1])
        world.wait(1)
        #expect(world.pods == [0, 0])
    }

    /// Holds: 7.1 duration, 7.1 terminate.
    @Test func `without a duration goes on until it is stopped`() {
        var world = running(seconds: nil)
        world.wait(100_000)
        #expect(world.status.phase == .running)
        world.experiment.isTerminated = true
        world.settle()
        #expect(world.status.phase == .successful)
        #expect(world.phases == [.successful, .successful])
    }

    @Test func `does not end well while a template lacks its pods`() {
        var world = running(seconds: 10)
        world.limits = ["canary": 0]
        world.wait(1)
        world.wait(9)
        #expect(world.status.phase == .running && world.phases == [.successful, .progressing])
        world.wait(600)
        #expect(world.status.phase == .failed)
    }

    /// Holds: 7.1 scale-down.
    @Test func `lets go of its pods at once where no delay is asked for`() {
        var world = running()
        world.experiment.scaleDownDelaySeconds = 0
        world.wait(60)
        #expect(world.pods == [0, 0])
    }

    @Test func `takes away the pods of a template that its document names no more`() {
        var world = running()
        world.experiment.templates.removeLast()
        world.wait(1)
        world.wait(30)
        #expect(world.pods == [1, 0])
    }

    @Test func `begins anew when a person takes its status away`() {
        var world = running(["errors": true])
        world.end("errors", .failed)
        world.wait(30)
        world.experiment.status = ExperimentStatus()
        world.wait(1)
        #expect(world.status.phase == .running && world.pods == [1, 1])
        #expect(world.status.analyses.map(\.run) == ["trial-errors.1"])
    }

    @Test func `has nothing to do twice`() {
        var world = running(["errors": false])
        let writes = world.writes
        world.settle()
        #expect(world.writes == writes)
    }

    /// Holds: 7.5 Experiment, 7.5 Template.
    @Test func `tells each change of a phase once`() {
        var world = running()
        world.wait(60)
        #expect(
            world.events.map(\.reason).filter { $0.hasPrefix("Experiment") }
                == ["ExperimentPending", "ExperimentRunning", "ExperimentSuccessful"])
        #expect(world.events.count { $0.reason == "TemplateRunning" } == 2)
    }

    @Test func `says in its condition how far it is`() {
        var world = running()
        #expect(world.status.conditions.map(\.message) == ["Experiment \"trial\" is running."])
        world.wait(60)
        let condition = world.status.conditions.first
        #expect(condition?.truth == .no && condition?.reason == "ExperimentCompleted")
        #expect(
            condition?.message == "Experiment \"trial\" has successfully ran and completed.")
    }
}

/// What is measured of an experiment (rollout-semantics §7.1, rows analyses, phase, terminate).
struct `An experiment that is measured` {
    private func running(_ analyses: [String: Bool]) -> ExperimentWorld {
        var world = ExperimentWorld(analyses: analyses)
        world.experiment.durationSeconds = 60
        world.settle()
        return world
    }

    /// Holds: 7.1 analyses.
    @Test func `starts its runs when its templates run`() {
        var world = ExperimentWorld(analyses: ["errors": false])
        world.limits = ["canary": 0]
        world.settle()
        #expect(world.runs.isEmpty && world.status.analyses.isEmpty)
        world.limits = [:]
        world.wait(1)
        world.settle()
        #expect(world.runs.map(\.name) == ["trial-errors"])
    }

    @Test func `is in error before it begins where an analysis cannot be started`() {
        var world = ExperimentWorld(analyses: ["errors": false])
        world.problems = ["errors": "AnalysisTemplate 'errors' not found"]
        world.settle()
        #expect(world.status.phase == .error && world.replicaSets.isEmpty)
        #expect(world.status.message == "AnalysisTemplate 'errors' not found")
    }

    /// Holds: 7.1 phase.
    /// Holds: 7.5 AnalysisRun of an experiment.
    @Test(arguments: [RunPhase.failed, .error, .inconclusive])
    func `ends at once with an analysis that does not succeed`(_ phase: RunPhase) {
        var world = running(["errors": false, "latency": false])
        world.end("errors", phase, "too many")
        #expect(world.status.phase == phase && world.status.message == "too many")
        #expect(
            world.events.filter(\.isWarning).map(\.reason)
                == ["AnalysisRun\(phase.rawValue)", "Experiment\(phase.rawValue)"])
        #expect(world.runs.allSatisfy { $0.phase.isCompleted })
        world.wait(30)
        #expect(world.pods == [0, 0])
    }

    /// Holds: 7.1 phase.
    @Test func `is successful before its duration when all that is required succeeded`() {
        var world = running(["errors": true, "latency": false])
        world.end("errors", .successful)
        #expect(world.status.phase == .successful)
        #expect(world.status.message == "Required AnalysisRuns completed")
        #expect(world.runs.allSatisfy { $0.phase.isCompleted })
    }

    @Test func `does not end for an analysis that is not required`() {
        var world = running(["latency": false])
        world.end("latency", .successful)
        #expect(world.status.phase == .running)
    }

    @Test func `waits after its duration for what is required`() {
        var world = running(["errors": true])
        world.wait(60)
        #expect(world.status.phase == .running)
        world.end("errors", .failed, "too many")
        #expect(world.status.phase == .failed)
    }

    @Test func `does not wait after its duration for what is not required`() {
        var world = running(["latency": false])
        world.wait(60)
        #expect(world.status.phase == .successful)
        #expect(world.runs.allSatisfy { $0.isTerminating })
    }

    /// Holds: 7.1 terminate.
    /// Holds: 7.5 AnalysisRunTerminating.
    @Test func `asks its runs to end when it is stopped`() {
        var world = running(["errors": true])
        world.experiment.isTerminated = true
        let decision = world.turn()
        #expect(decision.actions.contains(.terminateRun(name: "trial-errors")))
        #expect(decision.events.contains { $0.reason == "AnalysisRunTerminating" })
        world.settle()
        #expect(world.status.phase == .successful)
    }

    @Test func `is stopped before it began without a run`() {
        var world = ExperimentWorld(analyses: ["errors": true])
        world.limits = ["canary": 0]
        world.settle()
        world.experiment.isTerminated = true
        world.settle()
        #expect(world.status.phase == .successful && world.runs.isEmpty)
    }

    @Test func `takes another name for a run that is somebody else's`() {
        var world = ExperimentWorld(analyses: ["errors": false])
        world.taken.runs = ["trial-errors", "trial-errors.1"]
        world.settle()
        #expect(world.status.analyses.map(\.run) == ["trial-errors.2"])
    }
}

/// Services of the templates of an experiment (rollout-semantics §7.1, row service).
struct `A service of an experiment` {
    private func running(_ name: String) -> ExperimentWorld {
        var world = ExperimentWorld()
        world.experiment.durationSeconds = 60
        world.experiment.templates[1].service = name
        world.settle()
        return world
    }

    /// Holds: 7.1 service.
    @Test(arguments: [("", "trial-canary"), ("mine", "mine")])
    func `is named after its ReplicaSet, or as the document says`(_ name: String, is wanted: String)
    {
        let world = running(name)
        #expect(world.services == ["canary": wanted])
        #expect(world.status.templates.last?.serviceName == wanted)
    }

    /// Holds: 7.1 service.
    @Test func `goes when the last pod is gone`() {
        var world = running("")
        world.wait(60)
        world.wait(29)
        #expect(world.services == ["canary": "trial-canary"])
        world.wait(1)
        world.settle()
        #expect(world.services.isEmpty)
    }
}

/// A document that cannot be followed (rollout-semantics §8.4).
struct `A refused experiment` {
    /// Holds: 8.4 condition.
    @Test func `begins nothing, and says why`() {
        var world = ExperimentWorld()
        world.refusal = "no good"
        world.settle()
        #expect(world.replicaSets.isEmpty && world.status.phase == nil)
        #expect(world.status.conditions.map(\.type) == [.invalidExperimentSpec])
        #expect(world.status.conditions.map(\.message) == ["no good"])
        #expect(world.events == [Event("InvalidSpec", "no good", isWarning: true)])
        var seen = world.seen
        (seen.refusalInFull, seen.toldRefusal) = ("no good\nnor that", "no good")
        #expect(decide(seen).events.map(\.message) == ["no good\nnor that"])
        world.refusal = nil
        world.settle()
        #expect(world.status.phase == .running)
        #expect(world.status.conditions.map(\.type) == [.progressing])
    }

    @Test func `changes nothing that runs, and can be stopped`() {
        var world = ExperimentWorld(analyses: ["errors": false])
        world.settle()
        world.refusal = "no good"
        world.wait(1)
        #expect(world.pods == [1, 1])
        world.experiment.isTerminated = true
        world.wait(1)
        world.wait(30)
        #expect(world.pods == [0, 0] && world.runs.allSatisfy { $0.isTerminating })
    }
}

/// Whatever happens, and wherever the process dies.
struct `Any experiment` {
    @Test(arguments: 0..<200)
    func `that is over has neither pods nor Services nor runs`(_ seed: Int) {
        var chance = Lehmer(seed)
        var world = ExperimentWorld(analyses: ["a": seed % 2 == 0, "b": false])
        world.experiment.durationSeconds = [nil, 5, 40][chance.next(0...2)]
        world.experiment.progressDeadlineSeconds = 30
        world.experiment.templates[1].service = ""
        for _ in 0..<40 { world.happen(&chance) }
        world.lifetime = nil
        world.limits = [:]
        world.refusal = nil
        world.experiment.isTerminated = true
        world.wait(100)
        world.wait(100)
        #expect(world.status.phase?.isCompleted == true)
        #expect(world.pods.allSatisfy { $0 == 0 } && world.services.isEmpty)
        #expect(world.runs.allSatisfy { $0.phase.isCompleted })
        #expect(!world.events.contains { $0.reason == "Unsettled" })
    }

    @Test(arguments: 0..<200)
    func `ends as it would have without a crash`(_ seed: Int) {
        var chance = Lehmer(seed)
        var whole = ExperimentWorld(analyses: ["a": true])
        whole.experiment.durationSeconds = 20
        var crashing = whole
        for _ in 0..<60 {
            crashing.lifetime = chance.next(0...2)
            crashing.turn()
        }
        crashing.lifetime = nil
        crashing.settle()
        whole.settle()
        whole.end("a", .failed, "bad")
        crashing.end("a", .failed, "bad")
        #expect(crashing.status.phase == whole.status.phase)
        #expect(crashing.runs.map(\.name) == whole.runs.map(\.name))
        #expect(crashing.pods == whole.pods)
    }
}

extension ExperimentWorld {
    /// Something at random: time passes, pods or runs change, the process dies.
    fileprivate mutating func happen(_ chance: inout Lehmer) {
        now = now.advanced(bySeconds: chance.next(0...7))
        lifetime = chance.next(0...3) == 0 ? chance.next(0...2) : nil
        refusal = chance.next(0...11) == 0 ? "no good" : nil
        limits = chance.next(0...2) == 0 ? ["canary": 0] : [:]
        let under = runs.indices.filter { !runs[$0].phase.isCompleted }
        if chance.next(0...9) == 0, let index = under.first {
            runs[index].phase = [.successful, .failed, .inconclusive][chance.next(0...2)]
        }
        turn()
    }
}
