import Analysis
import Controller
import Documents
import KubernetesObjects
import MetricProviders
import Rollouts
import Simulation
import Synchronization
import Testing

struct `The events of a turn` {
    @Test func `carry the revision that they are about`() throws {
        let transcript = try Scenario(text: "10s image model-api:v2\n11s end").player.play()
        let started = transcript.events.filter { $0.message.contains("revision 2") }
        #expect(
            started.map(\.reason) == [
                "RolloutUpdated", "NewReplicaSetCreated", "RolloutNotCompleted",
                "ScalingReplicaSet",
            ])
        #expect(started.allSatisfy { $0.revision == 2 })
    }
}

struct `Traffic for versions of an experiment` {
    /// What the status does not keep is news again in every turn.
    /// Holds: 2.1 weights, 6.2 event.
    @Test func `is told when it comes and when it goes, and stays in the status between`() throws {
        let transcript = try Scenario("experiment-weights").player.play()
        let told = transcript.events.filter { $0.reason == "TrafficWeightUpdated" }.map(\.message)
        let versions = told.compactMap { $0.split(separator: ", additional: ").dropFirst().first }
        #expect(
            versions.map(String.init) == [
                "model-api-6dc745cc86-2-1-baseline 10, model-api-6dc745cc86-2-1-trial 10", "none",
                "model-api-6f7dc6967c-3-1-baseline 10, model-api-6f7dc6967c-3-1-trial 10", "none",
            ], "\(told)")
    }
}

struct `A ReplicaSet that the server refuses` {
    /// Holds: 7.5 ReplicaSetCreateError, 4.1 retry after errors.
    @Test func `is told by an event, and made as soon as the server takes it`() throws {
        let story = "spec: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}\n---\n"
        let before = try Scenario(text: story + "9s end").player.play().writes
        var player = try Scenario(text: story + "10s image model-api:v2\n60s end").player
        player.faults = [.forbid(before + 1)]
        let transcript = player.play()
        #expect(
            transcript.events.filter { $0.reason == "ReplicaSetCreateError" }.map(\.message) == [
                "Failed to create new replica set \"model-api-6dc745cc86\": "
                    + "forbidden: exceeded quota"
            ])
        #expect(transcript.end?.phase == "Paused", "\(transcript.text)")
        #expect(transcript.servedWeights == [0, 50])
    }
}

struct `A write that the server refuses` {
    /// Holds: 7.5 ReconciliationError, 4.1 events of errors, 4.1 retry after errors.
    /// Holds: 4.2 errors.
    @Test func `is told by an event, and tried again`() throws {
        let story = "spec: {strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}}\n---\n"
        let before = try Scenario(text: story + "9s end").player.play().writes
        var player = try Scenario(text: story + "10s image model-api:v2\n60s end").player
        player.faults = [.forbid(before + 6)]
        let transcript = player.play()
        #expect(
            transcript.events.filter { $0.reason == "ReconciliationError" }.map(\.message) == [
                "forbidden: exceeded quota"
            ], "\(transcript.text)")
        #expect(transcript.end?.phase == "Paused", "\(transcript.text)")
        #expect(transcript.servedWeights == [0, 50])
    }
}

struct `A document that cannot be followed` {
    /// An autoscaler writes the size every few seconds, and each event may be a message to people.
    /// Holds: 8.0 all errors.
    @Test func `is told of once for each text`() async throws {
        let wrong: JSON = ["spec": ["minReadySeconds": -1, "revisionHistoryLimit": -1]]
        let documents = try modelAPI().map { object in
            let json = object.json.merged(with: ["metadata": ["namespace": "default"]])
            return object.kind == "Rollout" ? json.merged(with: wrong) : json
        }
        let site = try Site(documents, now: Timestamp(milliseconds: 1_767_225_600_000))
        await site.settle()
        for change in [#"{"replicas":4}"#, #"{"replicas":5}"#, #"{"revisionHistoryLimit":-2}"#] {
            try await site.send(
                Sent(.mergePatch, #"{"spec":\#(change)}"#), to: .rollouts, "model-api")
            await site.settle()
            await site.wait(60)
        }
        #expect(await site.reasons == ["InvalidSpec", "InvalidSpec"])
    }
}

struct `Looking at a rollout` {
    @Test func `leaves no trace in what is remembered`() async throws {
        let memory = Recollection()
        let key = RolloutKey(namespace: "default", name: "model-api")
        let weights: JSON = ["canary": ["weight": 50], "stable": ["weight": 50]]
        let objects = try modelAPI().map { object in
            guard object.kind == "Rollout" else { return object }
            return Object(object.json.merged(with: ["status": ["canary": ["weights": weights]]]))
        }
        let turn = RolloutTurn(
            cluster: Cluster(
                get: { reference in
                    objects.first {
                        $0.kind == reference.resource.kind && $0.name == reference.name
                    }
                }, list: { _, _ in [] },
                write: { _ throws(ClusterError) in throw .refused("this only looks") }),
            memory: memory,
            journal: Journal(
                announce: { _, _ in }, decided: { _, _ in }, stumbled: { _, _, _ in }),
            now: { Timestamp(milliseconds: 1_767_225_600_000) })
        let scene = try #require(await turn.look(at: key))
        #expect(scene.snapshot.memory.lowWeightSince != nil)
        #expect(await memory[key].lowWeightSince == nil)
    }
}

struct `A measurement that met a conflict` {
    /// Somebody ends the run in the moment of the write, and the caches have not heard of it.
    @Test func `is counted on what the server has, not on what a cache shows`() async throws {
        let reference = Reference(.analysisRuns, namespace: "default", name: "judge")
        let known = run(version: "1")
        let server = Mutex(run(version: "2"))
        let stored = Mutex<[JSON]>([])
        let turn = AnalysisTurn(
            cluster: Cluster(
                get: { _ in known }, list: { _, _ in [] },
                fresh: { _ in server.withLock { $0 } },
                write: { write throws(ClusterError) in
                    guard case .patch(.merge(let body)) = write.act,
                        body["metadata"]?["resourceVersion"] == "2"
                    else { throw .conflict("the object has been modified") }
                    stored.withLock { $0.append(body) }
                    return nil
                }),
            source: MetricSource { _ throws(ProviderError) in
                throw ProviderError("nothing is asked")
            },
            secrets: .none, unstored: Unstored(), tell: { _, _ in }, announce: { _, _, _, _ in },
            pause: { _ in },
            now: { Timestamp(milliseconds: 1_767_225_600_000) })
        let outcome = await turn.take(reference)
        #expect(outcome.trouble == nil)
        #expect(stored.withLock { $0.map { $0["status"]?["phase"] } } == ["Successful"])
    }

    private func run(version: String) -> Object {
        Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": [
                "name": "judge", "namespace": "default", "resourceVersion": .string(version),
            ],
            "spec": [
                "terminate": true,
                "metrics": [
                    [
                        "name": "errors", "interval": "5s",
                        "provider": ["prometheus": ["address": "http://127.0.0.1", "query": "e"]],
                    ]
                ],
            ],
            "status": ["phase": "Running", "metricResults": []],
        ])
    }
}

struct `Running pods` {
    @Test func `are marked anew when they become stable`() throws {
        let canary = try Scenario(text: Self.story + "12s end").player.play()
        #expect(Set(canary.podLabels.map { $0["part"] }) == ["canary", "stable"])
        let promoted = try Scenario(text: Self.story + "60s end").player.play()
        #expect(promoted.podLabels.count == 3)
        #expect(promoted.podLabels.allSatisfy { $0["part"] == "stable" })
    }

    /// Killed before or after any of its writes, the controller marks all of them.
    @Test(arguments: 1..<40) func `are all marked, whenever the controller dies`(write: Int) throws
    {
        for fault in [SimulatedFault.killBefore(write), .killAfter(write), .refuse(write)] {
            var player = try Scenario(text: Self.story + "60s end").player
            player.faults = [fault]
            let transcript = player.play()
            #expect(transcript.podLabels.count == 3, "\(fault) \(transcript.text)")
            #expect(transcript.podLabels.allSatisfy { $0["part"] == "stable" }, "\(fault)")
        }
    }

    private static let story = """
        spec:
          strategy:
            canary:
              steps: [{setWeight: 50}, {pause: {duration: 5s}}]
              canaryMetadata: {labels: {part: canary}}
              stableMetadata: {labels: {part: stable}}
        ---
        10s  image model-api:v2

        """
}

struct `A disruption budget` {
    /// It is asked again, and nothing is told as trouble.
    /// Holds: 4.13 disruption budget.
    @Test func `holds a restart up, and no more than that`() throws {
        var player = try Scenario(
            text: "spec: {replicas: 4}\n---\n10s restart\n300s end"
        ).player
        player.faults = [.keepPods(3)]
        let transcript = player.play()
        #expect(transcript.end?.phase == "Healthy", "\(transcript.text)")
        #expect(!transcript.events.contains { $0.reason == "ReconciliationError" })
        #expect(!transcript.text.contains("failed"), "\(transcript.text)")
        let evicted = transcript.lines.filter { $0.act.contains("evict") }
        #expect(evicted.count > 4, "\(transcript.text)")
    }
}
