import Documents
import KubernetesObjects
import Testing
import Traffic

@testable import Manifests

struct `A document at admission` {
    typealias Case = `A wrong rollout document`.Case

    private func review(
        _ object: Object, _ operation: String = "CREATE", old: Object? = nil
    ) throws -> AdmissionReview {
        let request: JSON = [
            "uid": "q-1", "operation": .string(operation), "object": object.json,
            "oldObject": old?.json ?? .null,
        ]
        return try AdmissionReview(
            parsing: ([
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request,
            ] as JSON).bytes)
    }

    private func verdict(
        _ object: Object, _ operation: String = "CREATE", old: Object? = nil
    ) throws -> AdmissionReview.Verdict {
        try review(object, operation, old: old).verdict(routers: someRouters)
    }

    private static let broken = changedCanary {
        $0["steps"] = [["setWeight": 120], ["pause": ["duration": "soon"]]]
        $0["scaleDownDelaySeconds"] = 10
        $0["dynamicStableScale"] = true
    }

    /// Holds: 8.0 admission.
    @Test func `is stored where nothing is wrong with it`() throws {
        let answer = try review(rollout())
        #expect(
            answer.answer(answer.verdict(routers: someRouters)) == [
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "response": ["uid": "q-1", "allowed": true],
            ])
    }

    /// A run that is wrong ends as an error, and that gives traffic back.
    @Test func `is stored however wrong it is where a controller made it`() throws {
        var run = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": "judge", "namespace": "web"],
            "spec": ["metrics": [["name": "m", "provider": ["other": [:]]]]],
        ])
        #expect(try !verdict(run).errors.isEmpty)
        run["metadata", "ownerReferences"] = [
            OwnerReference(
                apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "shop", uid: "u"
            ).json
        ]
        #expect(try verdict(run).errors.isEmpty)
    }

    /// Holds: 8.0 admission, 8.0 all errors.
    /// Holds: 9.3 first error.
    @Test func `is refused with all its errors, each with its field`() throws {
        let review = try review(Self.broken)
        let response = review.answer(review.verdict(routers: someRouters))["response"]
        #expect(response?["allowed"] == false)
        let status = try #require(response?["status"])
        #expect(status["code"] == 422 && status["reason"] == "Invalid")
        #expect(status["details"]?["name"] == "shop" && status["details"]?["kind"] == "Rollout")
        let canary = "spec.strategy.canary"
        let fields = [
            "\(canary).dynamicStableScale", "\(canary).steps[0].setWeight",
            "\(canary).steps[1].pause.duration",
        ]
        let causes = status["details"]?["causes"]?.array ?? []
        #expect(causes.compactMap { $0["field"]?.string }.sorted() == fields)
        let message = try #require(status["message"]?.string)
        #expect(message.hasPrefix("The Rollout \"shop\" is invalid:\n"))
        for field in fields { #expect(message.contains("\n\(field): Invalid value: ")) }
        #expect(
            message.contains(
                "\(canary).steps[0].setWeight: Invalid value: 120: SetWeight needs to be between 0 "
                    + "and 100; use a whole number from 0 to 100"))
    }

    /// Holds: 8.0 admission.
    @Test(arguments: `A wrong rollout document`.canary)
    func `is refused for what the controller would refuse`(_ wrong: Case) throws {
        let object = changedCanary(wrong.change)
        let found = parsed(object)
        #expect(try verdict(object).errors == found.findings)
        #expect(!found.findings.isEmpty)
    }

    @Test func `is stored with a warning for what the controller passes over`() throws {
        let object = changedCanary { $0["stepps"] = [] }
        let verdict = try verdict(object)
        #expect(verdict.errors == [])
        #expect(verdict.warnings.map(\.description).count == 1)
        #expect(verdict.warnings[0].description.contains("unknown field \"stepps\""))
    }

    /// What does not touch the spec, and what is on its way out.
    /// Holds: 8.0 admission.
    @Test(arguments: [
        "status", "metadata", "deletion",
    ])
    func `that was wrong already goes through where its spec is not touched`(
        change: String
    ) throws {
        var object = Self.broken
        switch change {
        case "status": object["status", "abort"] = true
        case "metadata": object["metadata", "finalizers"] = .array([])
        default:
            object["metadata", "deletionTimestamp"] = "2026-01-31T12:00:00Z"
            object["spec", "replicas"] = -1
        }
        #expect(try verdict(object, "UPDATE", old: Self.broken) == .init())
        #expect(try verdict(object, "DELETE", old: nil) == .init())
    }

    /// Holds: 8.0 admission.
    @Test func `that was wrong already can be paused and ended, and is not made worse`() throws {
        var paused = Self.broken
        paused["spec", "paused"] = true
        let verdict = try verdict(paused, "UPDATE", old: Self.broken)
        #expect(verdict.errors == [] && verdict.warnings.count == 3)
        paused["spec", "restartAt"] = "tomorrow"
        let worse = try self.verdict(paused, "UPDATE", old: Self.broken)
        #expect(worse.errors.map(\.path.description) == ["spec.restartAt"])
        paused["spec", "replicas"] = 7
        #expect(try self.verdict(paused, "UPDATE", old: Self.broken).errors.count == 4)
    }

    @Test(arguments: ["Experiment", "AnalysisTemplate", "ClusterAnalysisTemplate", "AnalysisRun"])
    func `of any kind of ours is looked at`(kind: String) throws {
        let object = Object([
            "apiVersion": "argoproj.io/v1alpha1", "kind": .string(kind),
            "metadata": ["name": "a"],
            "spec": [
                "templates": [["name": "a"]],
                "metrics": [["name": "m", "provider": ["kayenta": [:]]]],
            ],
        ])
        #expect(try !verdict(object).errors.isEmpty)
        let other = Object([
            "apiVersion": "apps/v1", "kind": .string(kind), "metadata": ["name": "a"], "spec": [:],
        ])
        #expect(try verdict(other) == .init())
    }

    /// Quotes and control characters take more room in JSON than they have bytes.
    @Test(arguments: ["é", "\"", "\u{1}"])
    func `says no more than a server passes on`(character: String) throws {
        let long = String(repeating: character, count: 5_000)
        let object = changedCanary {
            $0["steps"] = .array((0..<200).map { _ in ["setWeight": .string(long)] })
            $0["canaryMetadata"] = ["labels": [long: 1]]
            $0[long] = 1
        }
        let review = try review(object)
        let verdict = review.verdict(routers: someRouters)
        #expect(verdict.errors.count == 201)
        let response = review.answer(verdict)["response"]
        let message = try #require(response?["status"]?["message"]?.string)
        #expect(message.hasSuffix("\nand 151 more; sluice lint shows them all"))
        #expect(try #require(response?["status"]).text.utf8.count < 64 << 10)
        let causes = response?["status"]?["details"]?["causes"]?.array ?? []
        #expect(causes.count == 50)
        #expect(causes.allSatisfy { $0["field"]?.text.utf8.count ?? 0 <= 202 })
        #expect(response?["warnings"]?.array?.allSatisfy { $0.text.utf8.count < 260 } == true)
    }

    /// A person writes no such document, and reading it would take the memory of everybody else.
    @Test func `of hundreds of thousands of values is no question`() {
        let values = JSON.array(Array(repeating: 0, count: 300_000))
        #expect(throws: DocumentError.self) { try review(Object(["spec": values])) }
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview"}"#,
        #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":""}}"#,
        String(repeating: "[", count: 5_000),
    ])
    func `that nobody asked about is no question`(text: String) {
        #expect(throws: DocumentError.self) { try AdmissionReview(parsing: Array(text.utf8)) }
    }

    /// Whatever comes is answered, or is no question: a server that gets no answer may store it.
    @Test(arguments: 0..<20) func `is answered however garbled it is`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let words: [JSON] = [
            .null, true, -1, .number("3.5"), "", "x", [], [[]], [:], ["": [:]], ["name": 1],
            .int(.max),
        ]
        for _ in 0..<20 {
            var object = Self.broken.json
            for _ in 0..<3 { object = object.garbled(by: words, &random) }
            let old = object.garbled(by: words, &random)
            let review = try review(Object(object), "UPDATE", old: Object(old))
            let verdict = review.verdict(routers: RouterKind.all)
            #expect(review.answer(verdict)["response"]?["uid"] == "q-1")
        }
    }
}

extension JSON {
    /// The same with another value somewhere in it.
    fileprivate func garbled(by words: [JSON], _ random: inout SeededGenerator) -> JSON {
        switch self {
        case .object(var object) where !object.isEmpty && Int.random(in: 0..<8, using: &random) > 0:
            let index = Int.random(in: 0..<object.count, using: &random)
            let value = object.members[index].value
            object.members[index].value = value.garbled(by: words, &random)
            return .object(object)
        case .array(var values) where !values.isEmpty && Bool.random(using: &random):
            let index = Int.random(in: 0..<values.count, using: &random)
            values[index] = values[index].garbled(by: words, &random)
            return .array(values)
        default: return words.randomElement(using: &random) ?? .null
        }
    }
}
