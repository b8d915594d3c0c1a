import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

private let prefix = "nginx.ingress.kubernetes.io"

private func canary(
    _ name: String, _ annotations: [String: String], owner: OwnerReference = Stage.owner
) -> Object {
    Object([
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": [
            "name": .string(name), "namespace": "prod", "annotations": JSON(strings: annotations),
            "ownerReferences": [owner.json],
        ],
    ])
}

private func weighted(_ weight: String, of total: String? = nil) -> [String: String] {
    var annotations = ["\(prefix)/canary": "true", "\(prefix)/canary-weight": weight]
    annotations["\(prefix)/canary-weight-total"] = total
    return annotations
}

private func former(_ stage: Stage, total: Int = 100) throws -> Router {
    let owned = stage.seen.objects.values.sorted { $0.name < $1.name }
    return try #require(FormerIngresses(among: owned, besides: [], total: total)).router
}

struct `A canary Ingress that is named no more` {
    @Test func `follows the canary's weight down, never up, and goes at 0`() throws {
        var stage = Stage([canary("model-old-canary", weighted("50"))])
        let router = try former(stage)
        #expect(router.read(stage.seen) == .former(Split(canary: 50, of: 100)))
        #expect(try router.plan(Split(canary: 80, of: 100), stage.seen).isEmpty)
        try stage.move(router, to: 20)
        #expect(router.read(stage.seen) == .former(Split(canary: 20, of: 100)))
        try stage.move(router, to: 0)
        #expect(stage["Ingress", "model-old-canary"] == nil)
    }

    @Test func `is lowered before it goes where others have to finish with it`() throws {
        var held = canary("model-old-canary", weighted("50"))
        held["metadata", "finalizers"] = ["example.com/addresses"]
        var stage = Stage([held])
        let router = try former(stage)
        try stage.move(router, to: 0)
        #expect(router.read(stage.seen) == .former(Split(canary: 0, of: 100)))
        #expect(
            try router.plan(Split(canary: 0, of: 100), stage.seen).map(\.act) == [.delete])
        var going = try #require(stage["Ingress", "model-old-canary"])
        going["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(FormerIngresses(among: [going], besides: [], total: 100) == nil)
        held["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(FormerIngresses(among: [held], besides: [], total: 100) != nil)
    }

    @Test(arguments: [("7", "1000", 1), ("999", "1000", 100), ("x", nil, 100), ("-1", nil, 100)])
    func `counts by its own total, and as all where it cannot be read`(
        weight: String, total: String?, share: Int
    ) throws {
        var stage = Stage([canary("model-old-canary", weighted(weight, of: total))])
        let router = try former(stage)
        #expect(router.read(stage.seen) == .former(Split(canary: share, of: 100)))
        try stage.move(router, to: 1)
        guard case .former(let split) = router.read(stage.seen) else {
            Issue.record("it is read as something else")
            return
        }
        #expect(split.canary <= 1)
    }

    @Test func `is none that the document names, and none that is no canary`() throws {
        let kind = try #require(RouterKind.named("nginx", isPlugin: false))
        let named = try #require(parsed(kind, ["stableIngress": "model"]).router)
        let owned = [
            canary("model-model-canary", weighted("50")), canary("model-extra", ["team": "a"]),
        ]
        #expect(FormerIngresses(among: owned, besides: [named], total: 100) == nil)
        #expect(FormerIngresses(among: owned, besides: [], total: 100) != nil)
    }
}

struct `A prefix that was changed` {
    /// Holds: 6.4 prefix.
    @Test func `leaves no weight under the former one`() throws {
        let kind = try #require(RouterKind.named("nginx", isPlugin: false))
        let before = try #require(parsed(kind, ["stableIngress": "model"]).router)
        let after = try #require(
            parsed(kind, ["stableIngress": "model", "annotationPrefix": "gate.example"]).router)
        var stage = Stage([stableIngress])
        try stage.move(before, to: 50)
        #expect(after.read(stage.seen) == .split(Split(canary: 50, of: 101)))
        try stage.move(after, to: 60)
        #expect(after.read(stage.seen) == .split(Split(canary: 60, of: 100)))
        #expect(weights(stage) == ["gate.example": "60", prefix: "50"])
        try stage.move(after, to: 20)
        #expect(weights(stage) == ["gate.example": "20", prefix: "20"])
        stage["Ingress", "model"] = nil
        try stage.move(after, to: 0)
        #expect(weights(stage) == ["gate.example": "0", prefix: "0"])
    }

    private func weights(_ stage: Stage) -> [String: String] {
        let annotations = stage["Ingress", "model-model-canary"]?.annotations ?? [:]
        let weights = annotations.filter { $0.key.hasSuffix("/canary-weight") }
        return Dictionary(
            uniqueKeysWithValues: weights.map { (String($0.key.dropLast(14)), $0.value) })
    }

    private let stableIngress = Object([
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": ["name": "model", "namespace": "prod"],
        "spec": [
            "rules": [
                [
                    "http": [
                        "paths": [
                            [
                                "path": "/",
                                "backend": [
                                    "service": ["name": "model-stable", "port": ["number": 80]]
                                ],
                            ]
                        ]
                    ]
                ]
            ]
        ],
    ])
}
