import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// A real API server that is slow, hangs up, or has others who write: a good release and a bad one
/// end as they would without, only later.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes server in trouble` {
    @Test func `may cut every watch each second`() async throws {
        let trouble = Trouble()
        try await play(trouble, trouble.cutsWatches)
        #expect(trouble.tally["cut"] ?? 0 > 20)
    }

    @Test func `may answer seconds late`() async throws {
        let trouble = Trouble()
        try await play(trouble, trouble.delays)
        #expect(Set(trouble.tally.keys) == ["late", "answered late"])
    }

    @Test func `may have somebody who writes every object again and again`() async throws {
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
                        } catch APIError.notFound {
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
        try await Kubernetes.with { try await $0.define() }
        try await Lane.with(fault) { lane in
            _ = try await lane.startController()
            var story = Story(lane)
            try await story.tell(isBad: false)
            trouble.happens(true)
            story.notes = { ["\(trouble.tally)"] }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await beside(lane) }
                try await story.tell(isBad: false)
                try await story.tell(isBad: true)
                group.cancelAll()
                try await group.waitForAll()
            }
            trouble.happens(false)
        }
    }
}
