import Rollouts
import Testing

/// The table of rollout-semantics §2.2, row by row; each row wins over all that follow.
struct `The phase` {
    struct Row: CustomTestStringConvertible {
        let number: Int
        let phase: Phase
        let message: String
        let change: @Sendable (inout Status, inout Spec) -> Void
        var testDescription: String { "row \(number)" }
    }

    static let rows: [Row] = [
        Row(number: 1, phase: .degraded, message: "InvalidSpec: bad") { status, _ in
            status.conditions.insert(condition(.invalidSpec, .yes, "InvalidSpec", "bad"), at: 0)
        },
        Row(number: 2, phase: .degraded, message: "RolloutAborted: gone") { status, _ in
            status.conditions.append(condition(.progressing, .no, "RolloutAborted", "gone"))
        },
        Row(number: 2, phase: .degraded, message: "ProgressDeadlineExceeded: late") { status, _ in
            status.conditions.append(
                condition(.progressing, .no, "ProgressDeadlineExceeded", "late"))
        },
        Row(number: 3, phase: .paused, message: "manually paused") { _, spec in
            spec.isPaused = true
        },
        Row(number: 4, phase: .paused, message: "CanaryPauseStep") { status, _ in
            let start = Instant(milliseconds: 0)
            status.pauseConditions = [
                PauseCondition(reason: .canaryPauseStep, startTime: start),
                PauseCondition(reason: .inconclusiveAnalysisRun, startTime: start),
            ]
        },
        Row(number: 6, phase: .progressing, message: "more replicas need to be updated") {
            status, _ in status.updatedReplicas = 4
        },
        Row(
            number: 7, phase: .progressing,
            message: "updated replicas are still becoming available"
        ) { status, _ in status.availableReplicas = 4 },
        Row(number: 11, phase: .progressing, message: "old replicas are pending termination") {
            status, spec in
            spec.canary.hasRouter = false
            status.replicas = 6
        },
        Row(number: 12, phase: .progressing, message: "waiting for all steps to complete") {
            status, _ in status.stableHash = "h1"
        },
        Row(number: 13, phase: .healthy, message: "") { _, _ in },
    ]

    /// Holds: 2.2 InvalidSpec, 2.2 RolloutAborted, 2.2 ProgressDeadlineExceeded.
    /// Holds: 2.2 manually paused, 2.2 pause reason, 2.2 more replicas, 2.2 becoming available.
    /// Holds: 2.2 pending termination, 2.2 all steps, 2.2 Healthy.
    @Test(arguments: rows) func `is that of its row`(row: Row) {
        var (status, spec) = Self.healthy
        row.change(&status, &spec)
        #expect(phase(of: status, spec, size: 5) == (row.phase, row.message))
    }

    @Test(arguments: rows.indices) func `of an earlier row wins`(index: Int) {
        var (status, spec) = Self.healthy
        // Both second rows speak of the one Progressing condition.
        for row in Self.rows[index...] where row.number != 2 || row.message.contains("gone") {
            row.change(&status, &spec)
        }
        let winner = index == 2 ? Self.rows[3] : Self.rows[index]
        #expect(phase(of: status, spec, size: 5) == (winner.phase, winner.message))
    }

    static let switchedRows: [Row] = [
        Row(number: 8, phase: .progressing, message: "active service cutover pending") {
            status, _ in status.blueGreen.activeHash = "h1"
        },
        Row(number: 9, phase: .progressing, message: "waiting for analysis to complete") {
            status, spec in
            var plan = twoServices
            plan.judgesActive = true
            spec.strategy = .blueGreen(plan)
            status.stableHash = "h1"
        },
        Row(
            number: 10, phase: .progressing,
            message: "waiting for post-promotion verification to complete"
        ) { status, _ in status.stableHash = "h1" },
        Row(number: 13, phase: .healthy, message: "") { _, _ in },
    ]

    /// Holds: 2.2 cutover pending, 2.2 waiting for analysis, 2.2 post-promotion verification.
    @Test(arguments: switchedRows) func `of a blue-green rollout is that of its row`(row: Row) {
        var (status, spec) = Self.healthy
        spec.strategy = .blueGreen(twoServices)
        status.blueGreen.activeHash = "h2"
        // The old pods are still there, and that is as it should be.
        status.replicas = 10
        row.change(&status, &spec)
        #expect(phase(of: status, spec, size: 5) == (row.phase, row.message))
    }

    static var healthy: (Status, Spec) {
        var status = Status()
        status.currentPodHash = "h2"
        status.stableHash = "h2"
        status.replicas = 5
        status.updatedReplicas = 5
        status.availableReplicas = 5
        let canary = Canary(steps: [], stableService: "stable", canaryService: "canary")
        return (status, Spec(replicas: 5, templateHash: "h2", stepsHash: "s", canary: canary))
    }

    static func condition(
        _ type: Condition.Kind, _ truth: Condition.Truth, _ reason: String, _ message: String
    ) -> Condition {
        let time = Instant(milliseconds: 0)
        return Condition(
            type: type, truth: truth, reason: reason, message: message, lastUpdate: time,
            lastTransition: time)
    }
}
