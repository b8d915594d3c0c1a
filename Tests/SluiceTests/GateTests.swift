import Documents
import KubernetesObjects
import Testing

@testable import sluice

struct `The verdict of a gate` {
    private func verdict(_ changes: JSON) throws -> Verdict { Verdict(of: try rollout(changes)) }

    private func underWay(_ changes: JSON) throws -> String? {
        if case .underWay(let why) = try verdict(changes) { why } else { nil }
    }

    /// Holds: 2.4 status.
    @Test func `is that of the status once the last edit was seen`() throws {
        let settled: JSON = ["pauseConditions": .null, "controllerPause": .null]
        var healthy = settled
        healthy["phase"] = "Healthy"
        #expect(try verdict(["status": healthy]) == .healthy)
        var degraded = settled
        degraded["phase"] = "Degraded"
        degraded["message"] = "RolloutAborted: late"
        #expect(try verdict(["status": degraded]) == .degraded("RolloutAborted: late"))
    }

    /// Holds: 2.2 stale generation.
    @Test(arguments: ["1", ""]) func `waits until the last edit is seen`(observed: String) throws {
        let stale: JSON = ["status": ["phase": "Healthy", "observedGeneration": .string(observed)]]
        #expect(try underWay(stale) == "waiting for rollout spec update to be observed")
    }

    /// Holds: 2.2 stale workload.
    @Test func `waits until the last edit of a workload is seen`() throws {
        let stale: JSON = [
            "metadata": ["annotations": ["rollout.argoproj.io/workload-generation": "4"]],
            "spec": [
                "template": .null,
                "workloadRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web"],
            ],
            "status": ["phase": "Healthy", "workloadObservedGeneration": "3"],
        ]
        #expect(
            try underWay(stale)
                == "waiting for rollout spec update to be observed for the reference workload")
    }

    /// Holds: 2.2 stale generation.
    @Test func `believes a generation that is ahead or of another kind`() throws {
        for observed in ["7", "6d5f9"] {
            let status: JSON = [
                "phase": "Healthy", "observedGeneration": .string(observed),
                "pauseConditions": .null,
                "controllerPause": .null,
            ]
            #expect(try verdict(["status": status]) == .healthy)
        }
    }

    @Test func `waits for a controller that never looked`() throws {
        #expect(try underWay(["status": .null]) != nil)
    }

    /// Holds: 2.2 stale resume.
    @Test func `never tells the state before a command`() throws {
        let resumed: JSON = ["status": ["pauseConditions": .null]]
        #expect(try underWay(resumed) == "waiting for rollout to unpause")
        #expect(try underWay(["status": ["abort": true]]) == "waiting for the abort to be observed")
        let retried: JSON = [
            "status": [
                "phase": "Degraded", "abort": false, "abortedAt": "2026-01-02T03:05:00Z",
                "pauseConditions": .null, "controllerPause": .null,
            ]
        ]
        #expect(try underWay(retried) == "waiting for the retry to be observed")
        #expect(
            try underWay(["status": ["promoteFull": true]]) == "promoting without further steps")
    }

    @Test func `waits for whoever paused it, also where a step was resumed meanwhile`() throws {
        let held: JSON = ["spec": ["paused": true], "status": ["pauseConditions": .null]]
        let verdict = try verdict(held)
        #expect(verdict.code == 4)
        #expect(verdict.why == "paused by spec.paused")
        let promoted: JSON = ["spec": ["paused": true], "status": ["promoteFull": true]]
        #expect(try self.verdict(promoted).code == 4)
    }

    @Test func `is degraded at once where the document is refused`() throws {
        let refused: JSON = [
            "status": [
                "phase": "Degraded", "message": "InvalidSpec: no", "promoteFull": true,
                "conditions": [["type": "InvalidSpec", "status": "True", "reason": "InvalidSpec"]],
            ]
        ]
        #expect(try verdict(refused) == .degraded("InvalidSpec: no"))
    }

    /// Holds: 2.4 status paused.
    @Test func `waits for a person at an open pause`() throws {
        let verdict = try verdict([:])
        #expect(verdict.code == 4)
        #expect(verdict.why == "step 2 of 4 is an open pause")
    }

    @Test func `waits for a person who is asked during a timed pause`() throws {
        let conditions: JSON = [
            ["reason": "CanaryPauseStep", "startTime": "2026-01-02T03:04:05Z"],
            ["reason": "InconclusiveAnalysisRun", "startTime": "2026-01-02T03:05:00Z"],
        ]
        let verdict = try verdict([
            "status": ["currentStepIndex": 3, "pauseConditions": conditions]
        ])
        #expect(verdict.code == 4)
        #expect(verdict.why == "paused: InconclusiveAnalysisRun")
    }

    @Test func `goes on by itself at a timed pause`() throws {
        let why = try underWay(["status": ["currentStepIndex": 3]])
        #expect(why == "step 4 of 4 pauses until 2026-01-02T03:14:05Z")
    }

    @Test func `waits for a person after an inconclusive analysis and for spec.paused`() throws {
        let pause: JSON = [
            "reason": "InconclusiveAnalysisRun", "startTime": "2026-01-02T03:04:05Z",
        ]
        #expect(try verdict(["status": ["pauseConditions": [pause]]]).code == 4)
        #expect(
            try verdict(["spec": ["paused": true], "status": ["currentStepIndex": 3]])
                == .waiting("paused by spec.paused", remedy: "sluice resume shop"))
    }

    @Test func `waits for a person or the clock in a preview`() throws {
        func preview(_ plan: JSON) throws -> Verdict {
            let pause: JSON = ["reason": "BlueGreenPause", "startTime": "2026-01-02T03:04:05Z"]
            return try verdict([
                "spec": ["strategy": ["canary": .null, "blueGreen": plan]],
                "status": ["pauseConditions": [pause], "currentStepIndex": .null],
            ])
        }
        #expect(
            try preview(["activeService": "shop", "autoPromotionEnabled": false])
                == .waiting(
                    "the preview waits for a person",
                    remedy: "sluice promote shop, or sluice abort shop"))
        #expect(
            try preview(["activeService": "shop", "autoPromotionSeconds": 60])
                == .underWay("the preview lasts until 2026-01-02T03:05:05Z"))
    }

    /// Holds: 2.4 status.
    @Test func `has a code for each way to stand`() {
        let all: [Verdict] = [.healthy, .degraded(""), .underWay(""), .waiting("", remedy: "")]
        #expect(all.map(\.code) == [0, 1, 3, 4])
    }
}

struct `The report of a gate` {
    private func report(_ changes: JSON, isTimedOut: Bool = false) throws -> StatusReport {
        var outcome = RolloutFollower.Outcome(try rollout(changes))
        outcome.isTimedOut = isTimedOut
        return StatusReport(outcome, of: "shop", in: "web", after: TimeLimit(seconds: 300))
    }

    @Test func `says why it waits and what to do`() throws {
        #expect(
            try report([:]).complaint
                == "rollout web/shop waits for a person: step 2 of 4 is an open pause; "
                + "sluice promote shop, or sluice abort shop")
    }

    /// Holds: 2.4 status timeout.
    @Test func `says where it stood when the time was up`() throws {
        let late = try report(["status": ["currentStepIndex": 3]], isTimedOut: true)
        #expect(late.code == 3)
        #expect(
            late.complaint == "timed out after 5m: rollout web/shop is still under way: "
                + "step 4 of 4 pauses until 2026-01-02T03:14:05Z")
    }

    @Test func `tells programs the same`() throws {
        let expected: JSON = [
            "namespace": "web", "name": "shop", "verdict": "waiting for a person",
            "why": "step 2 of 4 is an open pause", "phase": "Paused", "generation": 2,
            "timedOut": false, "exitCode": 4, "revision": 2, "weight": 10,
        ]
        #expect(try report([:]).json == expected)
    }

    @Test func `is one line for people`() throws {
        let outcome = RolloutFollower.Outcome(try rollout())
        #expect(
            StatusReport.line(outcome, .plain)
                == "waiting for a person: step 2 of 4 is an open pause"
                + "  (revision 2, step 2 of 4, canary weight 10)")
    }
}
