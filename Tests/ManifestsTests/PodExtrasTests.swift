import Documents
import KubernetesObjects
import Rollouts
import Testing

@testable import Manifests

/// Metadata and anti-affinity that a ReplicaSet's template has for a while.
struct `A ReplicaSet with extras` {
    private static let canary = #"{"labels":{"app.part":"canary"},"annotations":{"owner":"them"}}"#
    private static let away = Separation(.required, from: "old")

    /// A rollout whose own template has the annotation that the canary's metadata covers, and
    /// affinities of its own.
    private static let owner = rollout {
        $0["spec"]?["template"]?["metadata"]?["annotations"] = ["owner": "me"]
        $0["spec"]?["template"]?["spec"]?["affinity"] = [
            "podAntiAffinity": [
                AntiAffinity.preferred: [
                    ["weight": 1, "podAffinityTerm": ["topologyKey": "zone"]]
                ]
            ]
        ]
    }

    private func created(_ extras: PodExtras) -> Object {
        ReplicaSetDocument.created(for: Self.owner, hash: "abc", revision: 2, extras: extras)
    }

    private func patched(_ object: Object, _ patch: JSON) -> Object {
        Object(object.json.merged(with: patch))
    }

    /// Holds: 4.14 applied.
    @Test func `has them in its template from the beginning, and is read back with them`() {
        let object = created(PodExtras(metadata: Self.canary, separation: Self.away))
        let metadata = object.spec?["template"]?["metadata"]
        #expect(metadata?["labels"]?["app.part"] == "canary")
        #expect(metadata?["annotations"]?["owner"] == "them")
        #expect(object.labels["app.part"] == nil)
        let found = ReplicaSetDocument.parse(object, of: parsed(Self.owner))
        #expect(found.extras == PodExtras(metadata: Self.canary, separation: Self.away))
        #expect(!found.hasFormerPods)
    }

    /// Holds: 4.14 hash, 4.14 undo.
    @Test(arguments: [
        PodExtras(metadata: canary), PodExtras(separation: away),
        PodExtras(metadata: canary, separation: Separation(.preferred(weight: 9), from: "old")),
    ])
    func `is of the rollout's template all the same, and an undo does not bring them back`(
        extras: PodExtras
    ) {
        let object = created(extras)
        #expect(ReplicaSetDocument.template(of: object) == Self.owner.spec?["template"])
        #expect(ReplicaSetDocument.extras(of: object) == extras)
    }

    /// Holds: 1.4 antiAffinity.
    @Test func `gets the term that Argo Rollouts writes, beside those of its owner`() {
        let object = created(PodExtras(separation: Separation(.preferred(weight: 9), from: "old")))
        let terms = object.spec?["template"]?["spec"]?["affinity"]?["podAntiAffinity"]
        #expect(terms?[AntiAffinity.preferred]?.array?.count == 2)
        #expect(
            terms?[AntiAffinity.preferred]?[1] == [
                "weight": 9,
                "podAffinityTerm": [
                    "labelSelector": [
                        "matchExpressions": [
                            [
                                "key": "rollouts-pod-template-hash", "operator": "In",
                                "values": ["old"],
                            ]
                        ]
                    ],
                    "namespaces": ["web"], "topologyKey": "kubernetes.io/hostname",
                ],
            ])
    }

    @Test func `changes them in place, and remembers what it covers`() {
        var object = created(PodExtras(metadata: Self.canary, separation: Self.away))
        let stable = #"{"labels":{"app.part":"stable"}}"#
        object = patched(object, ReplicaSetDocument.metadataPatch(of: object, to: stable))
        object = patched(object, ReplicaSetDocument.separationPatch(of: object, to: nil))
        let metadata = object.spec?["template"]?["metadata"]
        #expect(metadata?["labels"]?["app.part"] == "stable")
        #expect(metadata?["annotations"]?["owner"] == "me")
        #expect(ReplicaSetDocument.extras(of: object) == PodExtras(metadata: stable))
        object = patched(object, ReplicaSetDocument.metadataPatch(of: object, to: ""))
        #expect(object.annotations[Keys.ephemeralMetadata] == nil)
        #expect(object.annotations[Keys.coveredMetadata] == nil)
        #expect(ReplicaSetDocument.template(of: object) == Self.owner.spec?["template"])
    }

    /// Holds: 4.14 applied.
    @Test func `gives running pods what changed, and only that`() {
        var object = created(PodExtras(metadata: Self.canary))
        object["spec", "replicas"] = 2
        let pod = Object([
            "metadata": [
                "name": "p", "labels": ["app.part": "canary", "mine": "kept"],
                "annotations": ["owner": "them"],
            ]
        ])
        #expect(ReplicaSetDocument.podPatch(pod, of: object) == nil)
        object = patched(object, ReplicaSetDocument.metadataPatch(of: object, to: ""))
        #expect(ReplicaSetDocument.parse(object, of: parsed(Self.owner)).hasFormerPods)
        #expect(
            ReplicaSetDocument.podPatch(pod, of: object) == [
                "metadata": ["labels": ["app.part": .null], "annotations": ["owner": "me"]]
            ])
        object = patched(object, ReplicaSetDocument.podsFollowed)
        #expect(!ReplicaSetDocument.parse(object, of: parsed(Self.owner)).hasFormerPods)
    }

    /// A controller that died between the two writes has not followed the pods yet.
    @Test func `remembers all that pods may have through two changes`() {
        var object = created(PodExtras(metadata: Self.canary))
        object["spec", "replicas"] = 2
        for text in [#"{"labels":{"other":"x"}}"#, ""] {
            object = patched(object, ReplicaSetDocument.metadataPatch(of: object, to: text))
        }
        let pod = Object(["metadata": ["labels": ["app.part": "canary", "other": "x"]]])
        #expect(
            ReplicaSetDocument.podPatch(pod, of: object)?["metadata"]?["labels"] == [
                "app.part": .null, "other": .null,
            ])
    }
}

struct `A document with metadata for pods` {
    /// Holds: 1.4 canaryMetadata, 1.4 stableMetadata, 1.4 replicaProgressThreshold.
    @Test func `is read into one text, whatever the order`() {
        let object = changedCanary {
            $0["canaryMetadata"] = [
                "annotations": ["b": "1", "a": "2"], "labels": ["part": "new"],
            ]
            $0["stableMetadata"] = [:]
            $0["antiAffinity"] = ["requiredDuringSchedulingIgnoredDuringExecution": [:]]
            $0["replicaProgressThreshold"] = ["type": "Pods", "value": 3]
        }
        let found = parsed(object, .lint)
        #expect(found.findings == [])
        let text = #"{"labels":{"part":"new"},"annotations":{"a":"2","b":"1"}}"#
        #expect(found.rollout.spec.parts.newMetadata == text)
        #expect(found.rollout.spec.parts.stableMetadata == "")
        #expect(found.rollout.spec.parts.separation == .required)
        #expect(found.rollout.spec.canary.progressThreshold == .pods(3))
        #expect(found.rollout.spec.templateHash == parsed(rollout()).rollout.spec.templateHash)
    }

    /// Holds: 1.4 replicaProgressThreshold.
    @Test func `has no threshold where it is negative`() {
        let object = changedCanary {
            $0["replicaProgressThreshold"] = ["type": "Percent", "value": -1]
        }
        let found = parsed(object, .lint)
        #expect(found.findings == [] && found.rollout.spec.canary.progressThreshold == nil)
    }

    /// Holds: 1.1 restartAt, 2.1 restartedAt.
    @Test func `is restarted at a whole second`() {
        let object = rollout {
            $0["spec"]?["restartAt"] = "1970-01-01T00:00:05.5Z"
            $0["status"] = ["restartedAt": "1970-01-01T00:00:05Z"]
        }
        let found = parsed(object, .lint)
        #expect(found.findings == [])
        #expect(found.rollout.spec.restartAt == Instant(milliseconds: 5_000))
        #expect(found.rollout.spec.restartAt == found.rollout.status.restartedAt)
    }
}
