import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// A real API server that is slow, hangs up, refuses, or has others who write, and a Prometheus
/// that is away: releases end as they would without, only later.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes server in trouble` {
    /// Side by side, each in a namespace of its own: what takes the time is waiting.
    @Test func `may be slow, cut watches, refuse half of all calls, and lack a Prometheus`()
        async throws
    {
        try await Kubernetes.with { try await $0.define() }
        let (slow, cut, refusing) = (Trouble(), Trouble(), Trouble())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await play(slow, slow.delays) }
            group.addTask { try await play(cut, cut.cutsWatches) }
            group.addTask { try await play(refusing, refusing.stumbles) }
            group.addTask { try await playWithoutPrometheus() }
            try await group.waitForAll()
        }
        #expect(Set(slow.tally.keys) == ["late", "answered late"])
        #expect(cut.tally["cut"] ?? 0 > 20)
        #expect(Set(refusing.tally.keys) == ["429", "500", "500 after a write"])
    }

    /// One answer that does not come is no verdict; a second one in a row is more than the metric
    /// allows, and that is said.
    private func playWithoutPrometheus() async throws {
        try await Lane.with { lane in
            _ = try await lane.startController()
            var story = Story(lane)
            try await story.tell(.good)
            var turns = Story.Turns()
            turns.beforeBadAnswer = { lane.oracle.answer(.good) }
            try await story.tell(.away, endsAs: .good, turns)
            try await story.tell(.away)
            #expect(lane.message.contains("consecutiveErrors (2) > consecutiveErrorLimit (1)"))
            #expect(lane.message.contains("no Prometheus is available"))
        }
    }

    @Test func `may have somebody who writes every object again and again`() async throws {
        try await Kubernetes.with { try await $0.define() }
        let trouble = Trouble()
        try await play(trouble, trouble.counts) { lane in
            var round = 0
            while !Task.isCancelled {
                round += 1
                for kind in Record.kinds {
                    for name in lane.record.present(kind).keys {
                        do {
                            let note = ["storm": .string("\(round)")] as JSON
                            _ = try await lane.server.client.patch(
                                lane.reference(kind, name),
                                .merge(["metadata": ["annotations": note]]))
                        } catch APIError.notFound, APIError.conflict {
                            // Gone, or the server itself came too late a few times: the next.
                            continue
                        } catch APIError.cancelled {
                            return
                        }
                    }
                }
            }
        }
        #expect(trouble.tally["409"] ?? 0 > 0, "\(trouble.tally)")
    }

    /// The first version comes without trouble; then a good release and a bad one with it.
    private func play(
        _ trouble: Trouble, _ fault: @escaping Fault,
        beside: @escaping @Sendable (Lane) async throws -> Void = { _ in }
    ) async throws {
        try await Lane.with(fault) { lane in
            _ = try await lane.startController()
            var story = Story(lane)
            try await story.tell(.good)
            trouble.happens(true)
            story.notes = { ["\(trouble.tally)"] }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await beside(lane) }
                try await story.tell(.good)
                try await story.tell(.bad)
                group.cancelAll()
                try await group.waitForAll()
            }
            trouble.happens(false)
        }
    }
}
