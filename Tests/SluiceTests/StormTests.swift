import Controller
import Documents
import Foundation
import KubernetesObjects
import LocalCluster
import Testing

@testable import sluice

/// The controller and a cluster in a box over HTTP, and people who send their commands in the very
/// instant in which the controller writes: while its request waits to be carried out, beside it,
/// and before it has heard the answer.
@Suite(.serialized, .timeLimit(.minutes(10))) struct `Commands at the instant of a write` {
    static let steps: JSON = [
        ["setWeight": 20], ["pause": [:]], ["setWeight": 40], ["pause": [:]],
        ["setWeight": 60], ["pause": [:]],
    ]

    @Test func `are carried out once, a thousand of them`() async throws {
        try await endure(goal: 1_000) { _ in nil }
    }

    /// Holds: 4.9 BlueGreenPause, 4.12 pause.
    @Test func `are carried out once by blue-green rollouts`() async throws {
        try await endure(goal: 500) { name in
            let plan: JSON = [
                "activeService": .string(name), "previewService": .string("\(name)-canary"),
                "autoPromotionEnabled": false, "scaleDownDelaySeconds": 1,
            ]
            return ["spec": ["strategy": ["canary": .null, "blueGreen": plan]]]
        }
    }

    /// - Parameter change: a merge patch for each rollout before the storm begins.
    private func endure(goal: Int, _ change: @escaping @Sendable (String) -> JSON?) async throws {
        // `SLUICE_SEED` asks for other instants.
        let asked = ProcessInfo.processInfo.environment["SLUICE_SEED"].flatMap { Int($0) }
        let seed = asked ?? 20_261
        let storm = Storm(goal: goal, seed: seed)
        try await StormStage(storm: storm).run { stage in
            var fleet = Fleet(8, steps: Self.steps)
            fleet.size = 1
            try await fleet.create(in: stage.server)
            for name in fleet.names {
                guard let patch = change(name) else { continue }
                try await stage.server.patch(
                    fleet.reference(name), with: .merge(patch), by: Caller(manager: "kubectl"))
            }
            try await stage.wait(for: "the first versions") {
                try await fleet.count("Healthy", in: stage.server) == fleet.names.count
            }
            var first: [String: String] = [:]
            for name in fleet.names {
                first[name] = try await stage.server.get(fleet.reference(name)).resourceVersion
            }
            let begun = ContinuousClock.now
            await storm.begin(fleet.names, stage.hand(for: fleet))
            try await storm.nudgeUntilOver()
            try await stage.wait(for: "rest after the storm") {
                for name in fleet.names {
                    let rollout = try await stage.server.get(fleet.reference(name))
                    guard Course.rest(of: rollout) else { return false }
                }
                return true
            }
            var courses: [Course] = []
            for name in fleet.names {
                let rollout = try await stage.server.get(fleet.reference(name))
                try await stage.wait(for: "the record of \(name)") {
                    stage.versions(of: name).last?.resourceVersion == rollout.resourceVersion
                }
                courses.append(
                    Course(
                        stage.versions(of: name), from: first[name] ?? "",
                        commands: await storm.sent[name] ?? []))
            }
            let sent = await storm.sent.values.flatMap(\.self)
            print(
                "seed \(seed): \(sent.count) commands, \(await storm.instants) at an instant, "
                    + "\(courses.reduce(0) { $0 + $1.versions }) versions, "
                    + "\(begun.duration(to: .now)) \(await storm.tally)")
            #expect(await storm.instants >= goal)
            #expect(await storm.failures == [], "seed \(seed)")
            for (name, course) in zip(fleet.names, courses) {
                #expect(course.broken == [], "\(name), seed \(seed)")
            }
        }
    }
}
