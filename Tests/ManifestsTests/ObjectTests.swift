import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Testing

@testable import Manifests

struct `A created ReplicaSet` {
    static let object = ReplicaSetDocument.created(for: rollout(), hash: "abc", revision: 4)

    /// Holds: 4.1 new ReplicaSet, 1.1 minReadySeconds, 1.1 selector, 3.3 made.
    /// Holds: 9.1 ReplicaSets.
    @Test func `carries the rollout's template under its hash, without pods`() {
        let object = Self.object
        #expect(object.name == "shop-abc" && object.namespace == "web")
        #expect(object.spec?["replicas"] == 0 && object.spec?["minReadySeconds"] == 2)
        let labels = ["app": "shop", "rollouts-pod-template-hash": "abc"]
        #expect(object.labels == labels)
        #expect(object.spec?["selector"]?["matchLabels"]?.strings == labels)
        #expect(object.spec?["template"]?["metadata"]?["labels"]?.strings == labels)
    }

    /// Holds: 3.3 annotations, 3.3 made.
    /// Holds: 9.1 ReplicaSets.
    @Test func `belongs to the rollout, with its annotations and revision`() {
        #expect(
            Self.object.annotations == [
                "owner": "me", "rollout.argoproj.io/revision": "4",
                "rollout.argoproj.io/desired-replicas": "5",
            ])
        #expect(Self.object.controllerOwner == rollout().ownerOfItsOwn)
        #expect(Self.object.isControlled(by: rollout()))
    }

    @Test func `is the new ReplicaSet when it is read back`() {
        var object = Self.object
        object["metadata", "generation"] = 2
        object["status"] = ["observedGeneration": 1, "replicas": 3, "readyReplicas": 2]
        object["metadata", "creationTimestamp"] = "2026-01-02T03:04:05Z"
        let found = ReplicaSetDocument.parse(object, of: parsed(rollout()))
        #expect(found.name == "shop-abc" && found.hash == "abc" && found.revision == 4)
        #expect(found.replicas == 3 && found.ready == 2 && found.available == 0)
        #expect(found.matchesTemplate && !found.isObserved && found.rolloutReplicas == 5)
        #expect(found.created == Instant(milliseconds: 1_767_323_045_000))
    }

    @Test func `of another template is recognised as another`() {
        let other = rollout {
            $0["spec"]?["template"]?["spec"]?["containers"] = [["name": "c", "image": "shop:2"]]
        }
        #expect(!ReplicaSetDocument.parse(Self.object, of: parsed(other)).matchesTemplate)
    }

    /// Holds: 9.1 ReplicaSets.
    @Test func `tells of deadlines, earlier revisions and failures`() {
        var object = Self.object
        object["metadata", "annotations", Keys.scaleDownDeadline] = "1970-01-01T00:00:30Z"
        object["metadata", "annotations", Keys.revisionHistory] = "1,3"
        object["metadata", "deletionTimestamp"] = "2026-01-02T03:04:05Z"
        let failed: JSON = ["reason": "FailedCreate", "message": "no quota"]
        object["status", "conditions"] = [
            failed.merged(with: ["type": "ReplicaFailure", "status": "True"])
        ]
        let found = ReplicaSetDocument.parse(object, of: parsed(rollout()))
        #expect(found.scaleDownDeadline == Instant(milliseconds: 30_000))
        #expect(found.revisionHistory == [1, 3] && found.isDeleting)
        #expect(found.failure == Failure(reason: "FailedCreate", message: "no quota"))
    }

    /// Holds: 4.14 undo.
    @Test func `gives its template back for an undo`() {
        var object = Self.object
        object["spec", "template", "metadata", "labels", "role"] = "canary"
        object["metadata", "annotations", Keys.ephemeralMetadata] = #"{"labels":{"role":"canary"}}"#
        #expect(ReplicaSetDocument.template(of: object) == rollout().spec?["template"])
    }
}

struct `A created analysis run` {
    static let templates: [TemplateReference: TemplateSpec] = [
        TemplateReference(name: "latency", isClusterScoped: true): {
            var template = TemplateSpec(
                metrics: [MetricSpec(name: "p95", provider: ["prometheus": ["query": "up"]])])
            template.arguments = [Argument(name: "hash"), Argument(name: "team", value: "red")]
            return template
        }()
    ]

    static func created(_ change: (inout AnalysisReference) -> Void = { _ in }) throws -> Object {
        var analysis = try #require(parsed(rollout()).stepAnalyses[4])
        analysis.arguments.append(
            Argument(name: "team", source: .field(path: "metadata.labels['team']")))
        change(&analysis)
        let order = RunDocument.Order(
            name: "shop-abc-4-4", purpose: .step(4), revision: 4, stableHash: "old",
            latestHash: "abc")
        return try RunDocument.created(order, for: rollout(), as: analysis) { templates[$0] }
    }

    /// Holds: 5.2 labels, 5.2 annotation, 5.2 owner, 1.7 analysisRunMetadata.
    /// Holds: 9.1 analysis runs.
    @Test func `is labelled and owned as clients expect`() throws {
        let object = try Self.created { $0.labels = ["app": "no", "kind": "x"] }
        #expect(object.name == "shop-abc-4-4" && object.kind == "AnalysisRun")
        #expect(
            object.labels == [
                "rollouts-pod-template-hash": "abc", "rollout-type": "Step", "step-index": "4",
                "app": "shop", "kind": "x",
            ])
        #expect(object.annotations == ["rollout.argoproj.io/revision": "4"])
        #expect(object.isControlled(by: rollout()))
    }

    /// Holds: 1.7 args, 1.7 podTemplateHashValue, 1.7 fieldRef, 5.2 snapshot.
    @Test func `has the rollout's arguments, resolved`() throws {
        let (spec, findings) = RunDocument.spec(of: try Self.created())
        #expect(findings == [])
        #expect(spec.metrics.map(\.name) == ["p95"])
        #expect(
            spec.arguments == [
                Argument(name: "hash", value: "abc"), Argument(name: "team", value: "blue"),
            ])
    }

    @Test func `is not made of a template that is not there`() {
        #expect(throws: RunError("AnalysisTemplate 'gone' not found")) {
            try Self.created { $0.templates = [TemplateReference(name: "gone")] }
        }
    }

    @Test func `is seen by its purpose, phase and last good measurement`() throws {
        var object = try Self.created()
        object["status"] = [
            "phase": "Failed", "message": "m",
            "metricResults": [
                [
                    "name": "p95", "phase": "Failed",
                    "measurements": [
                        ["phase": "Successful", "startedAt": "1970-01-01T00:00:10Z"],
                        ["phase": "Failed", "startedAt": "1970-01-01T00:00:20Z"],
                    ],
                ],
                [
                    "name": "dry", "phase": "Running", "dryRun": true,
                    "measurements": [["phase": "Successful", "startedAt": "1970-01-01T00:00:40Z"]],
                ],
            ],
        ]
        let run = try #require(RunDocument.parse(object))
        #expect(run.purpose == .step(4) && run.phase == .failed && run.message == "m")
        #expect(run.hash == "abc" && run.revision == 4 && !run.isTerminating)
        #expect(run.lastGoodMeasurement == Instant(milliseconds: 10_000))
    }

    @Test func `writes its status only where it changed`() throws {
        var object = try Self.created()
        var status = RunStatus(phase: .running, startedAt: Timestamp(seconds: 5))
        let first = try #require(RunDocument.statusPatch(from: object, to: status))
        object = Object(object.json.merged(with: first))
        #expect(RunDocument.status(of: object) == status)
        #expect(RunDocument.statusPatch(from: object, to: status) == nil)
        status.startedAt = nil
        #expect(
            RunDocument.statusPatch(from: object, to: status) == ["status": ["startedAt": .null]])
    }
}

struct `A service` {
    /// Holds: 3.5 bound, 3.5 kept.
    /// Holds: 9.1 objects of others.
    @Test func `is bound to pods by a patch that it then shows`() throws {
        let service = Object([
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": "s", "annotations": ["a": "b"]],
            "spec": ["selector": ["app": "shop"]],
        ])
        #expect(ServiceDocument.parse(service) == ServiceBinding(hash: nil, managedBy: nil))
        let patch = ServiceDocument.binding(to: "abc", by: "shop")
        let bound = try patch.applied(to: service, resource: .services)
        #expect(ServiceDocument.parse(bound) == ServiceBinding(hash: "abc", managedBy: "shop"))
        #expect(bound.spec?["selector"]?.strings["app"] == "shop" && bound.annotations["a"] == "b")
        let free = try ServiceDocument.lettingGo(of: bound).applied(to: bound, resource: .services)
        #expect(free.spec == service.spec && free.annotations == service.annotations)
    }

    @Test(arguments: [
        ("{canary: {stableService: a, canaryService: b}}", ["a", "b"]),
        ("{canary: {pingPong: {pingService: a, pongService: b}}}", ["a", "b"]),
        ("{blueGreen: {activeService: a, previewService: b}}", ["a", "b"]),
        ("{canary: {stableService: [a]}}", []),
        ("{canary: {trafficRouting: {nginx: {stableIngress: a}}}}", []),
    ])
    func `is named by a rollout of any strategy`(strategy: String, names: [String]) throws {
        let text = "spec: {strategy: \(strategy)}"
        let rollout = try YAML.documents(in: [UInt8](text.utf8), file: "rollout")[0].value
        #expect(ServiceDocument.names(in: Object(rollout)) == Set(names))
    }
}

struct `A field path` {
    /// Holds: 5.4 fieldRef.
    @Test(arguments: [
        ("metadata.name", "shop"), ("metadata.labels['team']", "blue"),
        ("metadata.labels['none']", ""),
        ("metadata.labels", "team=\"blue\""), ("spec.replicas", "5"),
        ("spec.template.spec.containers[0].image", "shop:1"),
    ])
    func `leads to the text of a single value`(path: String, text: String) {
        #expect(FieldPath.text(of: path, in: rollout()) == text)
    }

    @Test func `leads nowhere for objects and absent fields`() {
        #expect(FieldPath.text(of: "spec.template", in: rollout()) == nil)
        #expect(FieldPath.text(of: "spec.none", in: rollout()) == nil)
    }
}
