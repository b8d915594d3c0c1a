import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Testing

@testable import Manifests

/// The sample with a blue-green strategy.
private func blueGreen(_ change: (inout JSON) -> Void = { _ in }) -> Object {
    var strategy: JSON = [
        "activeService": "shop", "previewService": "shop-preview",
        "prePromotionAnalysis": ["templates": [["templateName": "errors"]]],
        "postPromotionAnalysis": [
            "templates": [["templateName": "latency", "clusterScope": true]],
            "args": [["name": "hash", "valueFrom": ["podTemplateHashValue": "Latest"]]],
        ],
    ]
    change(&strategy)
    return rollout { $0["spec"]?["strategy"] = ["blueGreen": strategy] }
}

struct `A blue-green document` {
    private func plan(_ change: (inout JSON) -> Void) -> BlueGreen? {
        let found = parsed(blueGreen(change), .lint)
        #expect(found.findings == [])
        return found.rollout.spec.blueGreen
    }

    /// Holds: 1.3 activeService, 1.3 previewService, 2.1 currentStepHash.
    @Test func `becomes the values that are decided on`() throws {
        let found = parsed(blueGreen(), .lint)
        #expect(found.findings == [])
        let plan = try #require(found.rollout.spec.blueGreen)
        #expect(plan.activeService == "shop" && plan.previewService == "shop-preview")
        #expect(plan.promotion == .automatic(afterSeconds: 0) && plan.previewReplicaCount == nil)
        #expect(plan.scaleDownDelaySeconds == 30 && plan.abortScaleDownDelaySeconds == 30)
        #expect(plan.judgesPreview && plan.judgesActive)
        #expect(found.rollout.spec.stepsHash == "" && found.routers.isEmpty)
        #expect(found.rollout.spec.services == ["shop", "shop-preview"])
    }

    @Test func `names the analyses before and after the switch`() {
        let found = parsed(blueGreen())
        #expect(found.analysis(for: .prePromotion)?.templates.map(\.name) == ["errors"])
        #expect(found.analysis(for: .postPromotion)?.templates.map(\.name) == ["latency"])
        #expect(found.analyses.count == 2)
    }

    /// Holds: 1.3 autoPromotionEnabled, 1.3 autoPromotionSeconds.
    @Test func `says what has to happen before the switch`() {
        #expect(plan { $0["autoPromotionEnabled"] = false }?.promotion == .byHand)
        #expect(
            plan { $0["autoPromotionSeconds"] = 20 }?.promotion == .automatic(afterSeconds: 20))
        let both = plan {
            $0["autoPromotionEnabled"] = false
            $0["autoPromotionSeconds"] = 20
        }
        #expect(both?.promotion == .byHand)
    }

    /// Holds: 1.3 abortScaleDownDelaySeconds, 1.3 scaleDownDelayRevisionLimit.
    /// Holds: 1.3 previewReplicaCount.
    @Test func `reads 0 as never, where it means that`() {
        let plan = plan {
            $0["abortScaleDownDelaySeconds"] = 0
            $0["scaleDownDelaySeconds"] = 0
            $0["scaleDownDelayRevisionLimit"] = 2
            $0["previewReplicaCount"] = 1
        }
        #expect(plan?.abortScaleDownDelaySeconds == nil && plan?.scaleDownDelaySeconds == 0)
        #expect(plan?.scaleDownDelayRevisionLimit == 2 && plan?.previewReplicaCount == 1)
    }

    /// Holds: 1.3 maxUnavailable.
    @Test func `lets as many pods be missing as it says, and a quarter where it is silent`() {
        let tenth = plan { $0["maxUnavailable"] = "10%" }
        let silent = plan { _ in }
        #expect(tenth?.maxUnavailable == .percent(10) && silent?.maxUnavailable == .standard)
    }

    /// Holds: 1.3 previewMetadata, 1.3 activeMetadata, 1.3 antiAffinity.
    @Test func `says what its pods have while they are previewed, and while they serve`() {
        let found = parsed(
            blueGreen {
                $0["previewMetadata"] = ["labels": ["part": "preview"]]
                $0["activeMetadata"] = ["annotations": ["part": "active"]]
                $0["antiAffinity"] = ["requiredDuringSchedulingIgnoredDuringExecution": [:]]
            }, .lint)
        #expect(found.findings == [])
        let parts = found.rollout.spec.parts
        #expect(parts.newMetadata == #"{"labels":{"part":"preview"}}"#)
        #expect(parts.stableMetadata == #"{"annotations":{"part":"active"}}"#)
        #expect(parts.separation == .required)
    }

    static let sameService =
        ": This rollout uses the same service for the active and preview services, but two "
        + "different services are required."
    static let wrong: [`A wrong rollout document`.Case] = [
        .init(".activeService: Invalid value: \"shop\"" + sameService) {
            $0["previewService"] = "shop"
        },
        .init(".activeService: Invalid value: \"\"" + sameService) {
            $0["activeService"] = .none
            $0["previewService"] = .none
        },
        .init(".activeService: Required value") { $0["activeService"] = .none },
        .init(
            ".scaleDownDelayRevisionLimit: Invalid value: 11: This rollout's revision history "
                + "limit can not be smaller than the rollout's scale down limit"
        ) { $0["scaleDownDelayRevisionLimit"] = 11 },
        .init(
            ".previewReplicaCount: Invalid value: -1: must be greater than or equal to 0"
        ) { $0["previewReplicaCount"] = -1 },
        .init(
            ".antiAffinity: Invalid value: {}: AntiAffinity must have exactly one strategy listed"
        ) { $0["antiAffinity"] = [:] },
        .init(
            ".previewMetadata.labels.rollouts-pod-template-hash: Invalid value: \"h\": the label "
                + "is one that pods are selected by"
        ) { $0["previewMetadata"] = ["labels": ["rollouts-pod-template-hash": "h"]] },
    ]

    /// Holds: 8.1 same services, 8.1 scale-down limit.
    /// Holds: 8.1 antiAffinity.
    @Test(arguments: wrong) func `is refused for what is wrong`(
        _ wrong: `A wrong rollout document`.Case
    ) {
        #expect(
            parsed(blueGreen(wrong.change)).invalidSpecMessage
                == "The Rollout \"shop\" is invalid: spec.strategy.blueGreen" + wrong.message)
    }

    /// Holds: 8.2 Service, 8.2 AnalysisTemplate.
    @Test func `needs the services and templates that it names`() {
        let object = blueGreen()
        let found = parsed(object).findings(in: ReferencedResources(), document: object)
        #expect(
            found.map(\.path.description) == [
                "spec.strategy.blueGreen.activeService", "spec.strategy.blueGreen.previewService",
                "spec.strategy.blueGreen.prePromotionAnalysis.templates[0].templateName",
                "spec.strategy.blueGreen.postPromotionAnalysis.templates[0].templateName",
            ])
    }
}

struct `A ReplicaSet that was stable` {
    @Test func `says so, and what it selects`() {
        let object = rollout()
        var set = ReplicaSetDocument.created(for: object, hash: "h1", revision: 3)
        #expect(!ReplicaSetDocument.parse(set, of: parsed(object)).wasStable)
        set["metadata", "annotations", Keys.wasStable] = "true"
        let found = ReplicaSetDocument.parse(set, of: parsed(object))
        #expect(found.wasStable)
        #expect(found.selector == "app=shop,rollouts-pod-template-hash=h1")
    }
}

struct `An analysis run of a blue-green rollout` {
    /// Holds: 5.2 labels.
    @Test(arguments: [
        (Run.Purpose.prePromotion, "PrePromotion"), (.postPromotion, "PostPromotion"),
    ])
    func `is labelled with what it judges`(purpose: Run.Purpose, type: String) throws {
        let order = RunDocument.Order(
            name: "r", purpose: purpose, revision: 2, stableHash: "h1", latestHash: "h2")
        let reference = AnalysisReference(templates: [.init(name: "t")])
        let template =
            TemplateDocument.parse(
                Object([
                    "kind": "AnalysisTemplate",
                    "spec": [
                        "metrics": [
                            ["name": "m", "provider": ["prometheus": ["query": "1"]]]
                        ]
                    ],
                ])
            ).spec
        let object = try RunDocument.created(order, for: rollout(), as: reference) { _ in template }
        #expect(object.labels["rollout-type"] == type && object.labels["step-index"] == nil)
        #expect(RunDocument.parse(object)?.purpose == purpose)
    }
}
