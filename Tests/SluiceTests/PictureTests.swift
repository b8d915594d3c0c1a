import Controller
import Documents
import KubernetesObjects
import Manifests
import Testing

@testable import sluice

struct `The picture of a rollout` {
    private let now = Timestamp(milliseconds: 1_767_323_165_000)

    private func lines(_ changes: JSON = [:]) async throws -> String {
        let object = try rollout(changes)
        let bench = try Bench(
            [(.rollouts, object)] + (try surroundings()))
        let stored = try #require(await bench.rollout)
        let plugins = Plugins.named(by: stored)
        let turn = RolloutTurn(
            cluster: bench.cluster, memory: Recollection(), routers: plugins.kinds,
            plugins: plugins,
            journal: Journal(
                announce: { _, _ in }, decided: { _, _ in }, stumbled: { _, _, _ in }),
            now: { now })
        let scene = try #require(await turn.look(at: Bench.key))
        let picture = Picture(view: .init(scene), object: stored, now: now)
        return picture.lines(.plain).joined(separator: "\n") + "\n"
    }

    @Test func `shows a pause as it was drawn`() async throws {
        let text = try await lines()
        #expect(text == (try golden("pause.txt", text)))
    }

    @Test func `shows an invalid document as it was drawn`() async throws {
        let text = try await lines([
            "spec": [
                "strategy": ["canary": ["canaryService": "missing", "steps": [["setWeight": 200]]]]
            ]
        ])
        #expect(text == (try golden("invalid.txt", text)))
    }

    @Test func `shows extensions as its controller knows them`() async throws {
        let plugins: JSON = ["nginx": .null, "plugins": ["acme/mesh": [:]]]
        let text = try await lines(["spec": ["strategy": ["canary": ["trafficRouting": plugins]]]])
        #expect(text.contains("10 %    -") && !text.contains("no extension"), "\(text)")
        #expect(text.contains("  only the controller asks acme/mesh: what it carries"), "\(text)")
    }
}

struct `The list of rollouts` {
    @Test func `is a line each`() throws {
        let fresh = try rollout(["metadata": ["name": "fresh"], "status": .null])
        let table = RolloutTable(
            objects: [try rollout(), fresh], showsNamespaces: true,
            now: Timestamp(milliseconds: 1_767_323_165_000))
        #expect(
            table.columns.lines(.plain) == [
                "NAMESPACE   NAME    STATUS    STEP   WEIGHT   PODS   REVISION   IMAGE     AGE",
                "web         shop    Paused    1/4    10       5/4    2          shop:v2   6m",
                "web         fresh   Unknown   -      -        0/4    2          shop:v2   6m",
            ])
    }
}

struct `The list of experiments` {
    @Test func `is a line each`() {
        let labels: JSON = ["baseline": "Running", "canary": "Progressing"]
        let templates: [JSON] = (labels.object?.members ?? []).map {
            ["name": .string($0.key), "status": $0.value]
        }
        let trial = Object([
            "metadata": [
                "namespace": "web", "name": "trial", "creationTimestamp": "2026-01-02T03:00:00Z",
            ],
            "spec": ["templates": .array(templates), "analyses": [["name": "errors"]]],
            "status": ["phase": "Pending", "templateStatuses": .array(templates)],
        ])
        let table = ExperimentTable(
            objects: [trial], showsNamespaces: true,
            now: Timestamp(milliseconds: 1_767_323_165_000))
        #expect(
            table.columns.lines(.plain) == [
                "NAMESPACE   NAME    STATUS    TEMPLATES   ANALYSES   ROLLOUT   AGE",
                "web         trial   Pending   1/2         0/1        -         6m",
            ])
    }
}
