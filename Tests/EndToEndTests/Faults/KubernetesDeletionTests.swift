import Documents
import KubernetesClient
import KubernetesObjects
import Testing

/// Somebody deletes what a release is made of while half of the traffic is on the new version.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes controller whose objects are deleted` {
    /// Side by side, each in a namespace of its own: what takes the time is waiting.
    @Test func `says what is missing, and makes what is its own anew`() async throws {
        try await Kubernetes.with { try await $0.define() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await play { try await lackWhatIsNeeded($0) } }
            group.addTask { try await play(sets: 2) { try await loseCanary($0) } }
            group.addTask { try await play { try await loseStable($0) } }
            group.addTask { try await loseRollout() }
            try await group.waitForAll()
        }
    }

    private func lackWhatIsNeeded(_ lane: Lane) async throws {
        let needed: [(kind: Resource, name: String, make: () async throws -> Void)] = [
            (.services, Lane.name, { try await lane.createService(Lane.name) }),
            (.services, Lane.canaryService, { try await lane.createService(Lane.canaryService) }),
            (.ingresses, Lane.name, { try await lane.createIngress() }),
            (.analysisTemplates, Lane.name, { try await lane.createTemplate() }),
        ]
        for (kind, name, make) in needed {
            try await lane.delete(kind, name)
            _ = try await eventually("a word about \(kind.singular) \(name)", seconds: 60) {
                lane.message.contains("InvalidSpec") && lane.message.contains(name) ? true : nil
            }
            #expect(lane.weight == 50)
            try await make()
            try await lane.isPaused()
        }
        let ingress = lane.record.present(.ingresses)[Lane.canaryIngress]
        try await lane.delete(.ingresses, Lane.canaryIngress)
        _ = try await eventually("another canary Ingress", seconds: 60) {
            let present = lane.record.present(.ingresses)[Lane.canaryIngress]
            return present?.uid != ingress?.uid && lane.weight == 50 ? true : nil
        }
    }

    /// The canary has no traffic until its pods are there again.
    private func loseCanary(_ lane: Lane) async throws {
        lane.node(isPaused: true)
        try await lane.delete(.replicaSets, lane.replicaSet(of: 2))
        _ = try await eventually("no traffic for lost pods", seconds: 60) {
            lane.weight == 0 ? true : nil
        }
        lane.node(isPaused: false)
        try await lane.isPaused()
        _ = try await eventually("traffic for the new pods", seconds: 60) {
            lane.weight == 50 ? true : nil
        }
    }

    /// Nobody knows the template of the stable version any more: that is said, and the release goes
    /// on as it is judged, as there is nothing to go back to.
    private func loseStable(_ lane: Lane) async throws {
        try await lane.delete(.replicaSets, lane.replicaSet(of: 1))
        _ = try await eventually("a word about stable", seconds: 60) {
            let conditions = lane.status?["conditions"]?.array ?? []
            return conditions.contains {
                $0["type"]?.string == "ReplicaFailure"
                    && $0["reason"]?.string == "StableReplicaSetMissing"
            } ? true : nil
        }
        #expect(lane.weight == 50)
    }

    /// A release that waits for a person at half of the traffic, what happens to it, and its end.
    ///
    /// - Parameter sets: how many ReplicaSets the release has had at its end.
    private func play(
        sets: Int = 1, _ act: @escaping @Sendable (Lane) async throws -> Void
    ) async throws {
        try await Lane.with(steps: Lane.askedAndJudged) { lane in
            _ = try await lane.startController()
            var story = Story(lane)
            try await story.tell(.good)
            let begin = lane.record.count
            _ = try await lane.release()
            try await lane.isPaused()
            try await act(lane)
            try await lane.promote()
            let expected = Ending.healthy(2, steps: 4)
            do {
                _ = try await eventually("the end of a release", seconds: 90) {
                    lane.ending == expected ? true : nil
                }
            } catch {
                throw Failure("\(error): got \(lane.ending as Any), expected \(expected)")
            }
            let made = sets == 1 ? [] : ["\(sets) replica sets for one release"]
            #expect(lane.offences(of: 2, since: begin) == made)
        }
    }

    /// All that was the rollout's own goes with it, once nobody holds it back; and one of the same
    /// name is a new one.
    private func loseRollout() async throws {
        try await Lane.with(steps: Lane.asked) { lane in
            _ = try await lane.startController()
            for isHeldBack in [false, true] {
                let first = try await lane.release()
                _ = try await eventually("the first version", seconds: 60) {
                    lane.status?["phase"]?.string == "Healthy" ? true : nil
                }
                _ = try await lane.release()
                try await lane.isPaused()
                if isHeldBack {
                    try await lane.hold(["example.com/hold"])
                    try await lane.delete(.rollouts, Lane.name)
                    _ = try await eventually("the wish to delete", seconds: 60) {
                        lane.record.present(.rollouts)[Lane.name]?.deletionTimestamp
                    }
                    #expect(lane.ending?.pods == [first: 2, first + 1: 1])
                    try await lane.hold([])
                } else {
                    try await lane.delete(.rollouts, Lane.name)
                }
                _ = try await eventually("the end of all that was its own", seconds: 90) {
                    let own = [Resource.rollouts, .replicaSets].flatMap {
                        lane.record.present($0).keys
                    }
                    let ingresses = Set(lane.record.present(.ingresses).keys)
                    return own.isEmpty && ingresses == [Lane.name] ? true : nil
                }
            }
        }
    }
}

extension Lane {
    /// Half of the traffic, until a person says more.
    fileprivate static let asked: JSON = [["setWeight": 50], ["pause": [:]]]

    fileprivate static let askedAndJudged = JSON.array(
        (asked.array ?? []) + (judged.array ?? []))

    fileprivate func delete(_ kind: Resource, _ name: String) async throws {
        try await server.client.delete(reference(kind, name))
    }

    fileprivate func isPaused() async throws {
        _ = try await eventually("the pause of a release", seconds: 60) {
            self.status?["phase"]?.string == "Paused" && self.weight == 50 ? true : nil
        }
    }

    fileprivate func promote() async throws {
        _ = try await server.client.patch(
            reference(.rollouts, Self.name), .merge(["status": ["pauseConditions": .null]]),
            subresource: "status")
    }

    fileprivate func hold(_ finalizers: [JSON]) async throws {
        _ = try await server.client.patch(
            reference(.rollouts, Self.name),
            .merge(["metadata": ["finalizers": .array(finalizers)]]))
    }

    fileprivate func replicaSet(of release: Int) -> String {
        record.present(.replicaSets).values.first { $0.release == release }?.name ?? ""
    }
}
