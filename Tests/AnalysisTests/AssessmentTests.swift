import Documents
import Testing

@testable import Analysis

struct `The assessment of a metric` {
    /// Holds: 5.6 vectors, 5.6 consecutiveSuccessLimit.
    @Test(arguments: [
        ("a", "F", metric(count: 1), RunPhase.failed),
        ("b", "FSS", metric(count: 3, failure: 1), .successful),
        ("c", "FF", metric(count: 3, failure: 1), .failed),
        ("d", "IIII", metric(inconclusive: 3), .inconclusive),
        ("e", "EEEEE", metric(count: 1), .error),
        ("f", "EES", metric(count: 1), .successful),
        ("g", "SF", metric(count: 5, streak: 3), .failed),
        ("h", "SSFSS", metric(count: 5, failure: -1, streak: 3), .failed),
        ("i", "SSFSS", metric(count: 5, failure: 2, streak: 3), .inconclusive),
        ("j", "FFSSS", metric(failure: -1, streak: 3), .successful),
    ])
    func `follows the vectors`(
        _ name: String, _ letters: String, _ metric: MetricSpec, _ phase: RunPhase
    ) throws {
        let run = try run(metric)
        let before = after(String(letters.dropLast()), of: run)
        #expect(before.phase == .running, "vector \(name), one measurement earlier")
        let status = after(letters, of: run)
        #expect(status.phase == phase, "vector \(name)")
        #expect(status["m"]?.phase == phase)
        #expect(status.completedAt == start)
    }

    /// Holds: 5.6 reasons, 5.6 Failed, 5.6 Inconclusive, 5.6 Error.
    @Test func `gives the exact reasons`() throws {
        #expect(
            after("F", of: try run(metric(count: 1))).message
                == "Metric \"m\" assessed Failed due to failed (1) > failureLimit (0)")
        #expect(
            after("IIII", of: try run(metric(inconclusive: 3))).message
                == "Metric \"m\" assessed Inconclusive due to "
                + "inconclusive (4) > inconclusiveLimit (3)"
        )
        #expect(
            after("EEEEE", of: try run(metric(count: 1))).message
                == "Metric \"m\" assessed Error due to "
                + "consecutiveErrors (5) > consecutiveErrorLimit (4)"
        )
    }

    /// Holds: 5.6 reasons.
    @Test func `carries the last measurement's message`() throws {
        let run = try run(metric(count: 1, errors: 0))
        let status = RunStatus().advanced(
            by: [taken(.error, message: "no route")], of: run, now: start)
        #expect(
            status.message == "Metric \"m\" assessed Error due to consecutiveErrors (1) > "
                + "consecutiveErrorLimit (0): \"Error Message: no route\"")
        #expect(status["m"]?.message == "no route")
    }

    @Test func `lets inconclusive outweigh failed, and error both`() throws {
        let run = try run(metric(failure: 0, inconclusive: 0, errors: 0)).metrics[0]
        var result = MetricResult(name: "m", phase: .running)
        result.measurements = [taken(.failed).measurement]
        result.failed = 1
        #expect(assess(run, result, terminating: false).phase == .failed)
        result.inconclusive = 1
        #expect(assess(run, result, terminating: false).phase == .inconclusive)
        result.consecutiveError = 1
        #expect(assess(run, result, terminating: true).phase == .error)
    }

    /// Holds: 5.5 phases.
    @Test func `is running while a measurement is under way`() throws {
        let run = try run(metric(count: 1))
        let status = RunStatus().advanced(by: [taken(.running)], of: run, now: start)
        #expect(status["m"]?.phase == .running)
        #expect(status["m"]?.count == 0)
        let ended = status.advanced(by: [taken(.successful)], of: run, now: start)
        #expect(ended["m"]?.measurements.count == 1)
        #expect(ended.phase == .successful)
    }

    /// Holds: 5.5 counters.
    @Test func `counts errors apart`() throws {
        let result = try #require(after("SEF", of: try run(metric(count: 9, failure: 3)))["m"])
        #expect(
            result.count == 2 && result.error == 1 && result.successful == 1 && result.failed == 1)
        #expect(result.consecutiveError == 0 && result.consecutiveSuccess == 0)
    }

    @Test func `never gets better by a failure in place of a success`() throws {
        var random = Seeded(state: 42)
        for _ in 0..<400 {
            let failure = Int.random(in: 0...3, using: &random)
            let run = try run(
                metric(
                    count: Bool.random(using: &random) ? failure + 4 : nil, failure: failure,
                    inconclusive: Int.random(in: 0...3, using: &random),
                    errors: Int.random(in: 0...3, using: &random)))
            var letters = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                "SSSFIE".randomElement(using: &random) ?? "S"
            }
            let better = after(String(letters), of: run)
            guard let place = letters.lastIndex(of: "S") else { continue }
            letters[place] = "F"
            let worse = after(String(letters), of: run)
            #expect(worse.phase != .successful || better.phase == .successful)
            #expect(
                worse.phase != .running || better.phase == .running || better.phase == .successful)
        }
    }
}

struct `A run` {
    @Test func `fails as soon as one metric fails, and ends the others`() throws {
        let run = try run(metric("a"), metric("b"))
        let status = RunStatus()
            .advanced(by: [taken(.successful, of: "b")], of: run, now: start)
            .advanced(by: [taken(.failed, of: "a")], of: run, now: start)
        #expect(status.phase == .failed)
        #expect(status["b"]?.phase == .successful)
        #expect(status.runSummary.count == 2)
        #expect(status.runSummary.failed == 1 && status.runSummary.successful == 1)
    }

    /// Holds: 5.6 worst metric.
    @Test func `takes the worst of its metrics`() throws {
        let run = try run(metric("a"), metric("b"))
        let status = RunStatus().advanced(
            by: [taken(.inconclusive, of: "a"), taken(.failed, of: "b")], of: run, now: start)
        #expect(status.phase == .failed)
    }

    @Test func `waits for metrics that have not begun`() throws {
        let run = try run(metric("a", count: 1), metric("b", count: 1))
        let status = RunStatus().advanced(by: [taken(.successful, of: "a")], of: run, now: start)
        #expect(status.phase == .running)
        #expect(
            status.advanced(by: [taken(.successful, of: "b")], of: run, now: start).phase
                == .successful)
    }

    /// Holds: 5.6 terminated, 5.1 terminate.
    @Test func `is successful when it is terminated in good health`() throws {
        let status = after("SS", of: try run(metric(), terminate: true))
        #expect(status.phase == .successful)
        #expect(status.message == "Run Terminated")
    }

    /// Holds: 5.6 terminated.
    @Test func `keeps its bad verdict when it is terminated`() throws {
        let running = after("F", of: try run(metric(failure: 1)))
        let terminated = running.advanced(
            by: [taken(.failed)], of: try run(metric(failure: 1), terminate: true), now: start)
        #expect(terminated.phase == .failed)
    }

    /// Holds: 5.6 dryRun, 1.7 dryRun.
    @Test func `is not worsened by a dry run`() throws {
        let run = try run(metric("a", count: 1), metric("b", count: 1), dryRun: ["^a$"])
        var status = RunStatus().advanced(by: [taken(.failed, of: "a")], of: run, now: start)
        #expect(status.phase == .running)
        #expect(
            status["a"]?.message == "Metric assessed Failed due to failed (1) > failureLimit (0)")
        status = status.advanced(by: [taken(.successful, of: "b")], of: run, now: start)
        #expect(status.phase == .successful)
        #expect(status.dryRunSummary?.failed == 1)
        #expect(status.runSummary.count == 1)
        #expect(status["a"]?.isDryRun == true)
    }

    /// Holds: 5.5 retention, 1.7 measurementRetention.
    @Test func `keeps ten measurements, or as many as a rule says`() throws {
        let spec = RunSpec(
            metrics: [metric("m"), metric("n")],
            measurementRetention: [MeasurementRetention(metricName: "n", limit: 3)])
        var status = RunStatus()
        for _ in 0..<15 {
            status = status.advanced(
                by: [taken(.successful), taken(.successful, of: "n")], of: try spec.prepared(),
                now: start)
        }
        #expect(status["m"]?.measurements.count == 10)
        #expect(status["n"]?.measurements.count == 3)
        #expect(status["m"]?.count == 15)
    }

    /// Holds: 5.5 refused run, 5.9 TTL.
    /// Holds: 9.3 refused run.
    @Test func `ends when it cannot be carried out, so that it can be cleaned up`() {
        let status = RunStatus().refused(
            RunError("Analysis spec invalid: no metrics specified"), now: start)
        #expect(status.phase == .error)
        #expect(status.completedAt == start)
        let ttl = TTLStrategy(secondsAfterCompletion: 60, secondsAfterFailure: 5)
        #expect(ttl.due(for: status) == start.advanced(bySeconds: 60))
    }

    /// Holds: 5.6 no change after the end.
    @Test func `does not change after its end`() throws {
        let run = try run(metric(count: 1))
        let ended = after("F", of: run)
        #expect(
            ended.advanced(by: [taken(.successful)], of: run, now: start.advanced(bySeconds: 9))
                == ended)
    }

    /// Holds: 5.9 TTL, 5.1 ttlStrategy.
    @Test func `goes sooner after a failure where the rule says so`() throws {
        let ttl = TTLStrategy(
            secondsAfterCompletion: 60, secondsAfterFailure: 5, secondsAfterSuccess: 7)
        #expect(
            ttl.due(for: after("F", of: try run(metric(count: 1)))) == start.advanced(bySeconds: 5))
        #expect(
            ttl.due(for: after("S", of: try run(metric(count: 1)))) == start.advanced(bySeconds: 7))
        #expect(ttl.due(for: after("", of: try run(metric(count: 1)))) == nil)
    }
}

struct `The next measurement` {
    func due(_ status: RunStatus, _ metric: MetricSpec, after seconds: Int, terminate: Bool = false)
        throws -> Due
    {
        status.due(try run(metric, terminate: terminate), now: start.advanced(bySeconds: seconds))
    }

    @Test func `is taken at once`() throws {
        #expect(try due(RunStatus(), metric(), after: 0).tasks == [.take("m")])
    }

    /// Holds: 5.5 initialDelay.
    @Test func `waits for the initial delay`() throws {
        var spec = metric()
        spec.initialDelay = "1m"
        let status = RunStatus().advanced(by: [], of: try run(spec), now: start)
        #expect(try due(status, spec, after: 59).tasks.isEmpty)
        #expect(try due(status, spec, after: 59).next == start.advanced(bySeconds: 60))
        #expect(try due(status, spec, after: 60).tasks == [.take("m")])
    }

    /// Holds: 5.5 interval.
    @Test func `comes an interval after the last one`() throws {
        let status = after("S", of: try run(metric()))
        #expect(try due(status, metric(), after: 29).next == start.advanced(bySeconds: 30))
        #expect(try due(status, metric(), after: 30).tasks == [.take("m")])
    }

    @Test(arguments: ["0s", "-5s", "1ms"])
    func `never comes sooner than a second after the last one`(interval: String) throws {
        let spec = metric(count: 9, interval: interval)
        let status = after("S", of: try run(spec))
        #expect(try due(status, spec, after: 0).tasks.isEmpty)
        #expect(try due(status, spec, after: 0).next == start.advanced(bySeconds: 1))
    }

    /// Holds: 5.5 after an error.
    @Test func `comes ten seconds after an error`() throws {
        let status = after("E", of: try run(metric(count: 1, interval: nil)))
        #expect(
            try due(status, metric(count: 1, interval: nil), after: 9).next
                == start.advanced(bySeconds: 10))
        #expect(try due(status, metric(count: 1, interval: nil), after: 10).tasks == [.take("m")])
    }

    @Test func `does not wait for a clock that was set back`() throws {
        let status = after("S", of: try run(metric()))
        #expect(try due(status, metric(), after: -30).tasks.isEmpty)
        #expect(try due(status, metric(), after: -3600).tasks == [.take("m")])
        let begun = RunStatus().advanced(by: [], of: try run(metric()), now: start)
        #expect(try due(begun, metric(), after: -3600).tasks == [.take("m")])
    }

    /// Holds: 5.5 count.
    @Test func `never comes once the count is reached or the run ends`() throws {
        let status = after("S", of: try run(metric(count: 1)))
        #expect(try due(status, metric(count: 1), after: 99) == Due())
        #expect(try due(RunStatus(), metric(), after: 0, terminate: true) == Due())
    }

    /// Holds: 5.5 resume.
    @Test func `resumes or ends one that is under way`() throws {
        var open = taken(.running)
        let started = RunStatus().advanced(by: [open], of: try run(metric()), now: start)
        #expect(try due(started, metric(), after: 0).tasks == [.resume("m", open.measurement)])
        #expect(
            try due(started, metric(), after: 0, terminate: true).tasks == [
                .terminate("m", open.measurement)
            ])
        var later = open.measurement
        later.resumeAt = start.advanced(bySeconds: 20)
        open = Taken(metric: "m", measurement: later)
        let waiting = RunStatus().advanced(by: [open], of: try run(metric()), now: start)
        #expect(try due(waiting, metric(), after: 5).next == start.advanced(bySeconds: 20))
        // The clock was set back.
        #expect(try due(waiting, metric(), after: -3_600).tasks == [.resume("m", later)])
    }
}
