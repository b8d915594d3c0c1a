import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Testing
import Traffic

@testable import Manifests

struct `A rollout document` {
    /// Holds: 1.4 services, 1.4 steps, 1.4 analysis, 1.1 minReadySeconds, 1.1 template.
    @Test func `becomes the values that are decided on`() {
        let found = parsed(rollout(), .lint)
        #expect(found.findings == [])
        #expect(found.invalidSpecMessage == nil)
        #expect(found.rollout.name == "shop" && found.rollout.namespace == "web")
        #expect(found.rollout.generation == 7 && found.rollout.revision == 3)
        let spec = found.rollout.spec
        #expect(
            spec.replicas == 5 && spec.minReadySeconds == 2 && spec.progressDeadlineSeconds == 60)
        #expect(spec.revisionHistoryLimit == 10 && spec.selector == "app=shop")
        #expect(
            spec.canary.steps == [
                .setWeight(10), .pause(seconds: 30), .pause(seconds: nil),
                .setCanaryScale(.replicas(2)), .analysis,
            ])
        #expect(
            spec.canary.stableService == "shop-stable" && spec.canary.canaryService == "shop-canary"
        )
        #expect(spec.canary.totalWeight == 100 && spec.canary.scaleDownDelaySeconds == 30)
        #expect(spec.canary.abortScaleDownDelaySeconds == 30 && !spec.canary.dynamicStableScale)
        #expect(spec.canary.backgroundAnalysisFrom == 1)
        #expect(found.routerKeys == ["nginx"] && found.routers.map(\.kind) == ["nginx"])
    }

    /// Holds: 1.1 rollbackWindow.
    @Test func `says how far back a return needs no trial`() {
        #expect(parsed(rollout()).rollout.spec.rollbackWindow == nil)
        let found = parsed(rollout { $0["spec"]?["rollbackWindow"] = ["revisions": 3] }, .lint)
        #expect(found.findings == [])
        #expect(found.rollout.spec.rollbackWindow == 3)
        let wrong = parsed(
            rollout { $0["spec"]?["rollbackWindow"] = ["revisions": -1, "days": 2] }, .lint)
        #expect(wrong.findings.count == 2)
    }

    /// Holds: 1.7 templates, 1.7 args, 1.7 podTemplateHashValue.
    @Test func `names the analysis of each step and of the whole`() {
        let found = parsed(rollout())
        #expect(
            found.backgroundAnalysis
                == AnalysisReference(
                    templates: [.init(name: "errors")],
                    arguments: [.init(name: "service", value: "shop-canary")]))
        #expect(
            found.stepAnalyses == [
                4: AnalysisReference(
                    templates: [.init(name: "latency", isClusterScoped: true)],
                    arguments: [.init(name: "hash", source: .podTemplateHash(.latest))])
            ])
    }

    /// Holds: 1.5 pause duration.
    /// Holds: 9.1 schema.
    @Test(
        arguments: [
            (30, 30), ("30", 30), ("10s", 10), ("5m", 300), ("1h30m", 5400), ("0", 0), (0, 0),
            ("1500ms", 1),
        ] as [(JSON, Int)])
    func `reads the duration of a pause in every form`(duration: JSON, seconds: Int) {
        let object = changedCanary { $0["steps"] = [["pause": ["duration": duration]]] }
        let canary = parsed(object).rollout.spec.canary
        #expect(canary.steps == [.pause(seconds: seconds)])
        #expect(canary.pauseTexts == [0: duration.string ?? duration.text])
    }

    /// Holds: 1.1 revisionHistoryLimit, 1.1 progressDeadlineSeconds.
    /// Holds: 1.1 successfulRunHistoryLimit, 1.1 unsuccessfulRunHistoryLimit.
    @Test func `keeps so many revisions and runs where it does not say`() {
        let silent = rollout {
            $0["spec"]?["analysis"] = .null
            for field in ["progressDeadlineSeconds", "revisionHistoryLimit"] {
                $0["spec"]?[field] = .null
            }
        }
        let spec = parsed(silent).rollout.spec
        #expect(spec.progressDeadlineSeconds == 600 && spec.revisionHistoryLimit == 10)
        #expect(spec.successfulRunHistoryLimit == 5 && spec.unsuccessfulRunHistoryLimit == 5)
        let said = rollout {
            $0["spec"]?["analysis"] = [
                "successfulRunHistoryLimit": 0, "unsuccessfulRunHistoryLimit": 7,
            ]
        }
        #expect(parsed(said).rollout.spec.successfulRunHistoryLimit == 0)
        #expect(parsed(said).rollout.spec.unsuccessfulRunHistoryLimit == 7)
    }

    /// Holds: 1.4 abortScaleDownDelaySeconds, 1.4 dynamicStableScale, 1.5 matchTrafficWeight.
    @Test func `applies the defaults of the API`() {
        let object = rollout { $0["spec"]?["replicas"] = .none }
        #expect(parsed(object).rollout.spec.replicas == nil)
        let never = changedCanary { $0["abortScaleDownDelaySeconds"] = 0 }
        #expect(parsed(never).rollout.spec.canary.abortScaleDownDelaySeconds == nil)
        let dynamic = changedCanary { $0["dynamicStableScale"] = true }
        #expect(parsed(dynamic).rollout.spec.canary.dynamicStableScale)
        #expect(parsed(dynamic).rollout.spec.canary.abortScaleDownDelaySeconds == 0)
        let scale = changedCanary {
            $0["steps"] = [["setCanaryScale": ["matchTrafficWeight": true]]]
        }
        #expect(parsed(scale).rollout.spec.canary.steps == [.setCanaryScale(.matchTrafficWeight)])
    }

    /// Holds: 1.6 several, 1.6 maxTrafficWeight.
    @Test func `keeps routers in the order of the API, plugins last`() {
        let object = changedCanary {
            $0["trafficRouting"] = [
                "plugins": ["sluice/route-policy": [:]], "nginx": ["stableIngress": "shop"],
                "maxTrafficWeight": 1000,
            ]
            $0["steps"] = [["setWeight": 999]]
        }
        let found = parsed(object)
        #expect(found.routerKeys == ["nginx", "sluice/route-policy"])
        #expect(found.rollout.spec.canary.totalWeight == 1000)
        #expect(found.findings == [])
    }

    /// Holds: 4.1 bad field.
    /// Holds: 9.3 malformed field.
    @Test func `keeps its status however wrong the spec is`() {
        let object = rollout {
            $0["spec"] = ["replicas": "many", "template": 3, "strategy": []]
            $0["status"] = ["stableRS": "abc", "currentStepIndex": 2, "abort": true]
        }
        let found = parsed(object)
        #expect(found.rollout.status.stableHash == "abc")
        #expect(found.rollout.status.currentStepIndex == 2 && found.rollout.status.isAborted)
        #expect(found.invalidSpecMessage != nil)
    }

    /// Holds: 8.0 lint.
    @Test func `says where in its file each finding stands`() throws {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata:
              name: shop
            spec:
              replicas: -2
              selector:
                matchLabels: {app: shop}
            """
        let document = try #require(YAML.documents(in: Array(text.utf8), file: "shop.yaml").first)
        let found = RolloutDocument.parse(document, routers: someRouters)
        let finding = try #require(found.findings.first)
        #expect("\(finding)".hasPrefix("shop.yaml:6:13: spec.replicas: Invalid value: -2: must be"))
        #expect(found.findings.count >= 3)
    }

    @Test func `notes fields that the API does not have only when linting`() {
        let object = rollout {
            $0["spec"]?["replica"] = 3
            $0["spec"]?["template"]?["spec"]?["contaners"] = []
            $0["spec"]?["strategy"]?["canary"]?["stepz"] = []
        }
        #expect(parsed(object).findings == [])
        let findings = parsed(object, .lint).findings
        #expect(findings.map(\.message).filter { $0.hasPrefix("unknown field") }.count == 3)
        #expect(findings.contains { $0.remedy == "did you mean replicas?" })
    }

    /// Holds: 6.6 configuration.
    @Test func `is as lenient with what routers and plugins do not know`() throws {
        let object = changedCanary {
            $0["trafficRouting"] = [
                "plugins": ["argoproj-labs/gatewayAPI": ["httpRoute": "shop", "newer": true]]
            ]
        }
        let lenient = RolloutDocument.parse(object, routers: RouterKind.all)
        #expect(lenient.findings == [])
        #expect(lenient.routers.map(\.isReadable) == [true])
        let strict = RolloutDocument.parse(
            object, routers: RouterKind.all, strictness: .lint)
        #expect(strict.findings.map(\.message) == ["unknown field \"newer\""])
        let broken = changedCanary {
            $0["trafficRouting"] = ["plugins": ["argoproj-labs/gatewayAPI": "shop"]]
        }
        let found = RolloutDocument.parse(broken, routers: RouterKind.all)
        #expect(found.routers.map(\.isReadable) == [false])
    }

    /// Holds: 2.1 currentStepIndex.
    @Test func `keeps an index that others wrote within its steps`() {
        let object = rollout { $0["status"] = ["currentStepIndex": 99] }
        #expect(parsed(object).rollout.status.currentStepIndex == 5)
    }

    @Test(arguments: [Int64.max, 2_147_483_648])
    func `refuses a pause that no clock can hold`(seconds: Int64) {
        for duration in [JSON.int(seconds), .string(String(seconds))] {
            let object = changedCanary { $0["steps"] = [["pause": ["duration": duration]]] }
            #expect(parsed(object).invalidSpecMessage?.contains("pause.duration") == true)
        }
    }

    @Test(arguments: [.int(.max), "9223372036854775807%", "4294967296"] as [JSON])
    func `refuses more pods than the API can count`(allowance: JSON) {
        for field in ["maxSurge", "maxUnavailable"] {
            let object = changedCanary { $0[field] = allowance }
            #expect(parsed(object).invalidSpecMessage?.contains(".\(field)") == true)
        }
    }

    /// Holds: 1.4 numbers in quotes, 1.4 maxSurge, 1.4 maxUnavailable.
    @Test(
        arguments: [(1, .pods(1)), ("1", .percent(1)), ("10%", .percent(10))] as [(JSON, Allowance)]
    )
    func `reads any text as a percentage of pods`(written: JSON, allowance: Allowance) {
        let object = changedCanary {
            $0["maxSurge"] = written
            $0["maxUnavailable"] = written
        }
        let canary = parsed(object).rollout.spec.canary
        #expect(canary.maxSurge == allowance && canary.maxUnavailable == allowance)
        let silent = parsed(changedCanary { _ in }).rollout.spec.canary
        #expect(silent.maxSurge == .percent(25) && silent.maxUnavailable == .percent(25))
    }

    @Test func `takes no number from annotations that no sum could hold`() {
        let huge = [
            "a": "9223372036854775807", "b": "2147483647", "c": "-1", "d": "1e3", "e": "",
        ]
        let object = Object(["metadata": ["annotations": JSON(strings: huge)]])
        #expect(huge.keys.sorted().map { object.number($0) } == [nil, 2_147_483_647, -1, nil, nil])
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `is read to the end whatever stands in its spec`(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let object = rollout {
            $0["status"] = ["stableRS": "abc"]
            for _ in 0..<3 { $0["spec"]?.damage(&chance) }
        }
        for strictness in [Strictness.controller, .lint] {
            let found = parsed(object, strictness)
            #expect(found.rollout.name == "shop" && found.rollout.status.stableHash == "abc")
            #expect(found.findings.isEmpty == (found.invalidSpecMessage == nil))
        }
    }
}

extension JSON {
    /// Replaces one value somewhere in this one with one that hardly belongs there.
    fileprivate mutating func damage(_ chance: inout SeededGenerator) {
        let junk: [JSON] = [
            .null, true, -1, 7, .int(.max), .number("1e400"), "", "x", [], [3], [:], ["a": [.null]],
        ]
        let goesDeeper = Int.random(in: 0..<4, using: &chance) > 0
        switch self {
        case .object(let object) where goesDeeper:
            guard let key = object.keys.randomElement(using: &chance) else { return }
            self[key]?.damage(&chance)
        case .array(var values) where goesDeeper && !values.isEmpty:
            values[Int.random(in: values.indices, using: &chance)].damage(&chance)
            self = .array(values)
        default: self = junk.randomElement(using: &chance) ?? .null
        }
    }
}
