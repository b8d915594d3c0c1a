import Controller
import Documents
import KubernetesObjects
import Manifests
import ObjectStore
import Rollouts
import Synchronization
import Testing

/// A rollout that has been deployed, with Services that it has bound and one that it has not.
private func deployed(_ strategy: String = stepwise) async throws -> Site {
    let text = """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: shop, namespace: default, uid: shop-uid}
        spec:
          replicas: 4
          selector: {matchLabels: {app: shop}}
          template:
            metadata: {labels: {app: shop}}
            spec: {containers: [{name: shop, image: "shop:1"}]}
          strategy: \(strategy)
        """
    let rollout = try YAML.documents(in: [UInt8](text.utf8), file: "rollout").map(\.value)
    let names = ["stable", "canary", "other"]
    let services: [JSON] = names.map { service($0, ["app": "shop"]) }
    let site = try Site(rollout + services, now: Timestamp(milliseconds: 1_767_225_600_000))
    await site.settle()
    return site
}

private let stepwise = """
    {canary: {stableService: stable, canaryService: canary, steps: [{setWeight: 25}, {pause: {}}]}}
    """

private func service(
    _ name: String, _ selector: [String: String], manager: String? = nil
) -> JSON {
    var metadata: JSON = [
        "name": .string(name), "namespace": "default", "uid": .string(name), "labels": ["a": "b"],
    ]
    if let manager { metadata["annotations"] = [Keys.managedBy: .string(manager)] }
    return [
        "apiVersion": "v1", "kind": "Service", "metadata": metadata,
        "spec": ["selector": JSON(strings: selector), "ports": [["port": 80]]],
    ]
}

extension Site {
    /// The hash in the selector; nil for none.
    fileprivate func hash(of service: String) -> String? {
        get(.services, service).flatMap { ServiceDocument.parse($0).hash }
    }

    fileprivate var letGo: [String] {
        written.filter { $0.contains("\"\(Keys.templateHash)\":null") }
    }

    fileprivate func change(_ spec: String) async throws {
        try send(Sent(.mergePatch, #"{"spec":\#(spec)}"#), to: .rollouts, "shop")
        await settle()
    }

    fileprivate func release() async throws {
        try send(
            Sent(
                .jsonPatch,
                #"[{"op":"replace","path":"/spec/template/spec/containers/0/image","value":"b"}]"#),
            to: .rollouts, "shop")
        await settle()
    }
}

struct `A Service that was bound` {
    /// Holds: 3.5 given back, 3.5 kept.
    @Test(arguments: [Propagation.background, .foreground, .orphan])
    func `is let go once, when its rollout is deleted`(how: Propagation) async throws {
        let site = try await deployed()
        #expect(await site.hash(of: "stable") != nil)
        await site.delete(.rollouts, "shop", how)
        await site.settle()
        for name in ["stable", "canary"] {
            let left = try #require(await site.get(.services, name))
            #expect(left.spec?["selector"] == ["app": "shop"] && left.annotations.isEmpty)
            #expect(left.labels == ["a": "b"])
        }
        await site.wait(60)
        #expect(await site.letGo.count == 2)
        #expect(await site.held == [:])
    }

    /// Pods that are left behind in the middle of a release.
    @Test func `keeps a revision away that nobody has judged`() async throws {
        let site = try await deployed()
        try await site.release()
        let hash = await site.get(.rollouts, "shop")?.status?["currentPodHash"]?.string ?? ""
        let canary = "shop-\(hash)"
        await site.delete(.rollouts, "shop", .orphan)
        await site.settle()
        #expect(await site.held["stable"] == "\(canary) would serve, and nobody has judged it")
        #expect(await site.hash(of: "stable") != nil)
        await site.delete(.replicaSets, canary)
        await site.settle()
        #expect(await site.hash(of: "stable") == nil)
    }

    /// Holds: 3.5 given back.
    @Test func `is let go where the rollout names another one`() async throws {
        let site = try await deployed()
        try await site.change(#"{"strategy":{"canary":{"stableService":"other"}}}"#)
        #expect(await site.hash(of: "stable") == nil)
        #expect(await site.hash(of: "other") != nil)
        #expect(await site.reasons.filter { $0 == "SwitchService" }.count == 4)
    }

    @Test func `serves its revision until the release is over`() async throws {
        let site = try await deployed()
        let before = await site.hash(of: "stable")
        try await site.release()
        try await site.change(#"{"strategy":{"canary":{"stableService":"other"}}}"#)
        #expect(await site.hash(of: "stable") == before)
        #expect(await site.held["stable"] == "its rollout is not at rest")
        await site.wait(60)
        #expect(await site.reasons.filter { $0 == "ServiceHeld" }.count == 1)
        try await site.send(
            Sent(.mergePatch, status: true, #"{"status":{"promoteFull":true}}"#), to: .rollouts,
            "shop")
        await site.settle()
        #expect(await site.hash(of: "stable") == nil)
    }

    @Test func `is left alone without a word where somebody wants the hash`() async throws {
        let site = try await deployed()
        let hash = try #require(await site.hash(of: "stable"))
        let selector = ["app": "shop", Keys.templateHash: hash]
        try await site.create(service("pinned", selector), .services)
        await site.wait(60)
        #expect(await site.hash(of: "pinned") == hash)
        #expect(await site.held["pinned"] != nil)
        #expect(await !site.reasons.contains("ServiceHeld"))
    }

    @Test func `stays where the rollout cannot be followed`() async throws {
        let site = try await deployed()
        try await site.change(#"{"strategy":{"canary":{"stableService":"misspelt"}}}"#)
        #expect(await site.hash(of: "stable") != nil)
        #expect(await site.letGo.isEmpty)
    }

    /// Holds: 3.5 given back.
    @Test func `is bound by the rollout that comes in place of another`() async throws {
        let site = try await deployed()
        var rollout = try #require(await site.get(.rollouts, "shop"))
        rollout["metadata"] = ["name": "store", "namespace": "default"]
        rollout["status"] = nil
        try await site.create(rollout.json, .rollouts)
        await site.settle()
        let message = await site.get(.rollouts, "store")?.status?["message"]?.string ?? ""
        #expect(message.hasSuffix("is managed by another Rollout"))
        await site.delete(.rollouts, "shop")
        await site.wait(60)
        let bound = await site.get(.services, "stable").map(ServiceDocument.parse)
        #expect(bound?.managedBy == "store" && bound?.hash != nil)
    }

    /// Holds: 3.5 given back, 3.5 unmarked.
    @Test func `is let go at the start, whoever has forgotten it`() async throws {
        let selector = ["app": "shop", Keys.templateHash: "gone"]
        let site = try Site(
            [service("marked", selector, manager: "shop"), service("bare", selector)],
            now: Timestamp(milliseconds: 1_767_225_600_000))
        await site.settle()
        #expect(await [site.hash(of: "marked"), site.hash(of: "bare")] == [nil, nil])
        #expect(await site.get(.services, "marked")?.annotations.isEmpty == true)
    }

    /// Holds: 1.2 way back.
    @Test func `is let go where its rollout is asked to, between releases`() async throws {
        let site = try await deployed()
        let asked = #"{"metadata":{"annotations":{"sluice/let-go":"true"}}}"#
        try await site.send(Sent(.mergePatch, asked), to: .rollouts, "shop")
        await site.settle()
        #expect(await [site.hash(of: "stable"), site.hash(of: "canary")] == [nil, nil])
        #expect(await site.get(.rollouts, "shop")?.status?["phase"] == "Healthy")
        try await site.release()
        #expect(await site.hash(of: "stable") != nil)
        let writes = await site.written.count
        await site.settle()
        #expect(await site.written.count == writes)
        await site.delete(.rollouts, "shop")
        await site.settle()
        #expect(await site.hash(of: "stable") == nil)
    }
}

struct `A turn of a Service` {
    private static let bound = Object(
        service("stable", ["app": "shop", Keys.templateHash: "h1"], manager: "shop"))
    private static let reference = Reference(.services, namespace: "default", name: "stable")

    private static func rollout(_ annotations: JSON = [:]) -> Object {
        Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
            "metadata": ["name": "shop", "namespace": "default", "annotations": annotations],
            "spec": ["strategy": ["canary": ["stableService": "other"]]],
        ])
    }

    /// Whether it writes anything, where the cache has `known` and the server has `present`.
    private static func writes(
        known: Object?, present: Object?, isOurs: Bool = true
    ) async -> Bool {
        let written = Mutex(false), service = bound
        let turn = BindingTurn(
            cluster: Cluster(
                get: { $0.resource == .services ? service : known }, list: { _, _ in [] },
                fresh: { _ in present },
                write: { _ throws(ClusterError) in
                    written.withLock { $0 = true }
                    return nil
                }),
            isOurs: { _ in isOurs }, look: { _ in nil }, announce: { _, _ in })
        _ = await turn.take(reference)
        return written.withLock { $0 }
    }

    @Test func `asks the server before it takes a rollout for gone`() async {
        #expect(await !Self.writes(known: nil, present: Self.rollout()))
        #expect(await Self.writes(known: nil, present: nil))
        var going = Self.rollout()
        going["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(await Self.writes(known: going, present: going))
    }

    /// Holds: 7.4 instance-id.
    @Test func `leaves those of another controller's rollouts alone`() async {
        let rollout = Self.rollout(["sluice/let-go": "true"])
        #expect(await !Self.writes(known: rollout, present: rollout, isOurs: false))
    }

    /// The caches do not show it all yet.
    @Test func `waits where the rollout cannot be looked at`() async {
        #expect(await !Self.writes(known: Self.rollout(), present: Self.rollout()))
    }
}
