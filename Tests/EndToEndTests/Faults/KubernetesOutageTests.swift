import Foundation
import Testing

/// The server itself, or what it keeps its state in, is killed under way: only where it is one that
/// `Scripts/kubernetes` has started, and nobody else's.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Outage.isPossible, "SLUICE_TEST_KUBECONFIG names no cluster of ours"))
struct `A Kubernetes server that is killed` {
    @Test(arguments: ["kube-apiserver", "etcd"])
    func `comes back to a controller that goes on`(part: String) async throws {
        try await Kubernetes.with { try await $0.define() }
        try await Lane.with { lane in
            _ = try await lane.startController(goesStraight: true)
            var story = Story(lane)
            try await story.tell(.good)
            let inStep = Outage(part, lane)
            var turns = Story.Turns()
            turns.hasWholeRecord = false
            turns.meanwhile = {
                if lane.ending?.weight == 50 { try await inStep.happens() }
            }
            try await story.tell(.good, seconds: 120, turns)
            // The measurement that should give all traffic back finds nobody who would store it.
            let atVerdict = Outage(part, lane)
            turns.meanwhile = { try await atVerdict.ends() }
            turns.beforeBadAnswer = { await atVerdict.begins() }
            try await story.tell(.bad, seconds: 120, turns)
            #expect(await [inStep.number, atVerdict.number] == [1, 1])
        }
    }
}

/// One part of the cluster is killed, once, and started again.
actor Outage {
    private static let directory = URL(
        filePath: ProcessInfo.processInfo.environment["SLUICE_TEST_KUBECONFIG"] ?? ""
    ).deletingLastPathComponent().path
    static var isPossible: Bool {
        FileManager.default.fileExists(atPath: "\(directory)/run/kube-apiserver")
    }

    private let part: String
    private let lane: Lane
    private(set) var number = 0
    private var isOut = false

    init(_ part: String, _ lane: Lane) {
        self.part = part
        self.lane = lane
    }

    /// Kills it and starts it again.
    func happens() async throws {
        await begins()
        try await ends()
    }

    func begins() async {
        guard number == 0 else { return }
        number += 1
        let path = "\(Self.directory)/run/\(part)"
        let words = (FileManager.default.contents(atPath: path)).map {
            String(decoding: $0, as: UTF8.self).split(separator: " ")
        }
        let process = (words?.first).flatMap { pid_t($0) }.flatMap(RunningProcess.init)
        process?.kill()
        while process?.isRunning == true { await Task.yield() }
        isOut = process != nil
    }

    func ends() async throws {
        guard isOut else { return }
        isOut = false
        _ = try await lane.kubernetes.scratch.run(
            [Tool.repository.appending(path: "Scripts/kubernetes").path, "start", Self.directory],
            environment: ["HOME": NSHomeDirectory()], seconds: 180
        ).checked()
    }
}
