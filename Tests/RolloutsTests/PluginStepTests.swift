import Testing

@testable import Rollouts

private let check = Step.plugin(PluginStep(name: "acme/check"))

extension World {
    /// The entries of the status, in short.
    fileprivate var said: [String] {
        status.plugins.map { "\($0.index) \($0.operation.rawValue) \($0.phase.rawValue)" }
    }

    /// What was asked, in short.
    fileprivate var questions: [String] {
        asked.map { "\($0.index) \($0.operation.rawValue) \($0.execution)" }
    }

    /// The extension answers the last question.
    fileprivate mutating func say(
        _ phase: PluginStatus.Phase, _ message: String = "", again: Int? = nil,
        state: String? = nil
    ) {
        memory.talk?.answer = PluginAnswer(phase, message, againSeconds: again, state: state)
        settle()
    }
}

private func trying(_ steps: [Step] = [.setWeight(20), check, .pause(seconds: nil)]) -> World {
    var world = deployed(steps)
    world.update(to: "h2")
    world.settle()
    return world
}

struct `A step of an extension` {
    /// Holds: 1.5 plugin, 2.1 stepPluginStatuses.
    /// Holds: 4.2 plugin.
    @Test func `is begun once the weight before it is there, and asked about once`() {
        let world = trying()
        #expect(world.status.currentStepIndex == 1 && world.weight == 20)
        #expect(world.said == ["1 Run Running"])
        #expect(world.questions == ["1 Run 1"])
        #expect(world.broken.isEmpty)
    }

    /// Holds: 1.5 plugin.
    @Test func `is over when the extension says so`() {
        var world = trying()
        world.say(.successful, "all well")
        #expect(world.status.currentStepIndex == 2)
        #expect(world.said == ["1 Run Successful"])
        #expect(world.status.plugins.first?.message == "all well")
        #expect(world.status.plugins.first?.finishedAt != nil)
        #expect(
            world.events.contains {
                $0.message == "Rollout step 2/3 completed (plugin: acme/check)"
            })
    }

    /// Holds: 4.15 run.
    @Test func `is asked about again when it said so, with what it wanted to be told`() {
        var world = trying()
        world.say(.running, "half way", again: 5, state: #"{"job":7}"#)
        #expect(world.status.currentStepIndex == 1)
        world.wait(4)
        #expect(world.questions == ["1 Run 1"])
        world.wait(1)
        #expect(world.questions == ["1 Run 1", "1 Run 2"])
        #expect(world.asked.last?.state == #"{"job":7}"#)
        #expect(world.asked.map(\.begun) == [world.asked[0].begun, world.asked[0].begun])
        world.say(.running)
        #expect(world.status.plugins.first?.backoffSeconds == 30)
        #expect(world.status.plugins.first?.state == #"{"job":7}"#)
    }

    /// Holds: 4.15 error.
    @Test func `does not go on where the extension gives no answer`() {
        var world = trying()
        for execution in 1...3 {
            world.say(.error, "no answer")
            #expect(world.said == ["1 Run Error"])
            #expect(world.status.plugins.first?.executions == execution)
            world.wait(30)
        }
        #expect(world.status.currentStepIndex == 1 && world.weight == 20)
        #expect(world.questions.count == 4)
        world.say(.successful)
        #expect(world.status.currentStepIndex == 2)
    }

    /// Holds: 7.5 StepPluginTransition.
    @Test func `tells of it whenever it comes to stand otherwise`() {
        var world = trying()
        world.say(.running, "half way", again: 5)
        for _ in 0..<2 {
            world.say(.error, "no answer")
            world.wait(30)
        }
        world.say(.running)
        world.wait(30)
        world.say(.successful, "all well")
        let told = world.events.filter { $0.reason == "StepPluginTransition" }
        #expect(
            told.map(\.message) == [
                "Step Plugin 2 (acme/check): Run is Running",
                "Step Plugin 2 (acme/check): Run is Error: no answer",
                "Step Plugin 2 (acme/check): Run is Running",
            ])
        #expect(told.map(\.isWarning) == [false, true, false])
    }

    @Test func `makes no progress, so that the deadline of the release is its own`() {
        var world = trying()
        world.rollout.spec.progressDeadlineAbort = true
        for _ in 0..<25 {
            world.say(.running, again: 30)
            world.wait(30)
        }
        #expect(world.status.isAborted && world.weight == 0)
    }

    /// Holds: 4.10 by plugin.
    @Test func `takes the update with it when it fails`() {
        var world = trying()
        world.memory.talk?.answer = PluginAnswer(.failed, "smoke test failed")
        let decision = world.turn()
        #expect(decision.status.isAborted)
        #expect(decision.actions.first == .route(Split(canary: 0, of: 100)))
        #expect(
            decision.events.contains {
                $0.message.hasSuffix("Step Plugin 2 (acme/check) failed: smoke test failed")
            })
        world.settle()
        #expect(world.said == ["1 Run Failed"] && world.broken.isEmpty)
    }

    @Test func `is asked again by a process that remembers nothing`() {
        var world = trying()
        world.memory = Memory()
        world.settle()
        #expect(world.questions == ["1 Run 1", "1 Run 1"])
        #expect(world.asked[0] == world.asked[1])
    }

    @Test func `counts an answer once`() {
        var world = trying()
        world.say(.running, again: 60)
        world.wait(10)
        world.settle()
        #expect(world.status.plugins.first?.executions == 1)
    }

    /// Holds: 4.15 disabled.
    @Test func `is passed where the operator has switched the extension off`() {
        let off = Step.plugin(PluginStep(name: "acme/check", isDisabled: true))
        let world = trying([.setWeight(20), off, .pause(seconds: nil)])
        #expect(world.status.currentStepIndex == 2)
        #expect(world.status.plugins.map(\.isDisabled) == [true])
        #expect(world.asked.isEmpty)
    }

    @Test func `is passed where that happens while it is under way`() {
        var world = trying()
        world.say(.error, "no answer")
        let off = Step.plugin(PluginStep(name: "acme/check", isDisabled: true))
        world.rollout.spec.canary.steps[1] = off
        world.settle()
        #expect(world.status.currentStepIndex == 2)
        #expect(world.said == ["1 Run Successful"] && world.status.plugins[0].isDisabled)
        #expect(world.questions == ["1 Run 1"])
    }

    @Test func `waits with the release that a person has paused`() {
        var world = trying()
        world.rollout.spec.isPaused = true
        world.say(.successful)
        #expect(world.status.currentStepIndex == 1)
        world.rollout.spec.isPaused = false
        world.settle()
        #expect(world.status.currentStepIndex == 2)
    }
}

struct `What an extension has done` {
    private func twice() -> World {
        var world = trying([check, .setWeight(20), check, .pause(seconds: nil)])
        world.say(.successful, state: #""first""#)
        world.say(.running, again: 60, state: #""second""#)
        return world
    }

    /// Holds: 4.15 abort.
    @Test func `is taken back after an abort, the last first, and each is told`() {
        var world = twice()
        world.rollout.status.isAborted = true
        world.settle()
        #expect(world.weight == 0)
        #expect(world.questions.last == "2 Abort 1" && world.asked.last?.state == #""second""#)
        world.say(.error, "no answer")
        world.wait(30)
        #expect(world.questions.last == "2 Abort 2")
        world.say(.successful)
        #expect(world.questions.last == "0 Abort 1" && world.asked.last?.state == #""first""#)
        world.say(.successful)
        #expect(world.questions.count == 5)
        #expect(
            world.said == [
                "0 Run Successful", "2 Run Running", "2 Abort Successful", "0 Abort Successful",
            ])
    }

    @Test func `does not hold the traffic up that goes back`() {
        var world = twice()
        world.rollout.status.isAborted = true
        let decision = world.turn()
        #expect(decision.actions.first == .route(Split(canary: 0, of: 100)))
        #expect(decision.order == .together)
    }

    @Test func `is given up after ten minutes of silence, and a person is told`() {
        var world = twice()
        world.rollout.status.isAborted = true
        world.settle()
        for _ in 0..<20 {
            world.say(.error, "no answer")
            world.wait(30)
        }
        #expect(world.said.contains("2 Abort Failed"))
        #expect(
            world.events.last { $0.reason == "StepPluginTransition" }
                == Event(
                    "StepPluginTransition",
                    "Step Plugin 3 (acme/check): Abort is Failed: no answer", isWarning: true))
        #expect(world.questions.last == "0 Abort 1")
    }

    @Test func `has to end at once`() {
        var world = twice()
        world.rollout.status.isAborted = true
        world.settle()
        world.say(.running)
        #expect(world.said.contains("2 Abort Failed"))
    }

    /// Holds: 4.15 terminate.
    @Test(arguments: ["promoted", "skipped", "another template", "other steps"])
    func `is terminated when nobody waits for it`(_ cause: String) {
        var world = twice()
        switch cause {
        case "promoted": world.rollout.status.promoteFull = true
        case "skipped": world.rollout.status.currentStepIndex = 3
        case "another template": world.update(to: "h3")
        default: world.rollout.spec.stepsHash = "s2"
        }
        let begun = world.asked.last?.begun
        world.settle()
        let end = world.asked.last { $0.operation == .terminate }
        #expect(end?.index == 2 && end?.begun == begun && end?.state == #""second""#)
        world.memory = Memory()
        world.settle()
        world.say(.successful)
        world.wait(120)
        #expect(world.asked.filter { $0.operation == .terminate }.count == 2)
        #expect(world.asked.allSatisfy { $0.operation != .abort })
    }

    @Test func `is ended before the same step begins anew`() {
        var world = trying([check, .pause(seconds: nil)])
        world.say(.running, again: 60)
        world.update(to: "h3")
        world.settle()
        #expect(world.said == ["0 Run Running", "0 Terminate Running"])
        #expect(world.questions.last == "0 Terminate 1")
        world.say(.successful)
        #expect(world.said == ["0 Run Running"])
        #expect(world.questions.last == "0 Run 1")
        #expect(world.asked.last?.begun != world.asked.first?.begun)
    }

    @Test func `is forgotten by a retry once it was taken back`() {
        var world = trying([check, .pause(seconds: nil)])
        world.say(.failed, "no")
        world.wait(5)
        world.rollout.status.isAborted = false
        world.settle()
        #expect(world.said == ["0 Run Running"])
        #expect(world.questions == ["0 Run 1", "0 Run 1"])
        world.say(.successful)
        #expect(world.status.currentStepIndex == 1 && world.broken.isEmpty)
    }
}

struct `A router that is a program of somebody else` {
    private func shifted() -> World {
        var world = deployed([.setWeight(50), .pause(seconds: nil)])
        world.isPolled = true
        world.verification = .yes
        world.update(to: "h2")
        world.settle()
        return world
    }

    @Test func `is looked at again and again, also at rest`() {
        var world = shifted()
        #expect(world.turn().lookAgain == world.now.advanced(bySeconds: 10))
        world.rollout.status.promoteFull = true
        for _ in 0..<5 { world.wait(60) }
        #expect(world.status.phase == .healthy)
        #expect(world.turn().lookAgain == world.now.advanced(bySeconds: 60))
    }

    @Test func `has its weight until it says that it has not, and the pods that it needs`() {
        var world = shifted()
        world.reading = .split(Split(canary: 50, of: 100))
        world.rollout.status.isAborted = true
        let decision = world.turn()
        #expect(decision.actions.first == .route(Split(canary: 0, of: 100)))
        #expect(decision.status.weights?.canary.weight == 50)
        world.reading = .unreadable("silent")
        for _ in 0..<5 { world.wait(60) }
        #expect((world.set("h2")?.desired ?? 0) > 0)
        #expect(world.turn().actions.contains(.route(Split(canary: 0, of: 100))))
        world.reading = nil
        for _ in 0..<3 { world.wait(60) }
        #expect(world.status.weights?.canary.weight == 0)
        #expect(world.set("h2")?.desired == 0 && world.broken.isEmpty)
    }
}
