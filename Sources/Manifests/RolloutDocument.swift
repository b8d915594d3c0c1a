import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// Reads Rollout objects (rollout-semantics §1, §8.1). Every error of a document is found in one
/// pass.
package enum RolloutDocument {
    /// Reads an object of the API server. The status is read whatever the spec is like.
    ///
    /// - Parameters:
    ///   - workload: what the rollout refers to, if it does.
    ///   - former: an earlier version, whose template may be the same.
    package static func parse(
        _ object: Object, workload: WorkloadSeen = .elsewhere, routers kinds: [RouterKind],
        plugins: Plugins = .none, strictness: Strictness = .controller,
        after former: ParsedRollout? = nil
    ) -> ParsedRollout {
        var parser = RolloutParser(
            root: Reader(object.resolved(by: workload).json, findings: strictness.findings),
            object: object, kinds: kinds)
        parser.workloadSeen = workload
        parser.plugins = plugins
        parser.former = former
        return parser.parse()
    }

    /// Reads a document of a file: the findings carry their places.
    package static func parse(
        _ document: Document, workload: WorkloadSeen = .elsewhere, routers kinds: [RouterKind],
        plugins: Plugins = .none, strictness: Strictness = .lint
    ) -> ParsedRollout {
        var parsed = parse(
            Object(document.value), workload: workload, routers: kinds, plugins: plugins,
            strictness: strictness)
        parsed.findings = parsed.findings.placed(in: document)
        return parsed
    }
}

extension ParsedRollout {
    /// Whether it was read of the same template, with as many collisions of names.
    fileprivate func hasTemplate(_ template: JSON, _ collisionCount: Int?) -> Bool {
        rollout.status.collisionCount == collisionCount && self.template == template
    }

    /// The same, with what `object` says where its spec has not changed.
    func again(_ object: Object, _ status: Status) -> ParsedRollout {
        var parsed = self
        parsed.rollout = Rollout(object, rollout.spec, status, isReadable: findings.isEmpty)
        return parsed
    }
}

extension Rollout {
    fileprivate init(_ object: Object, _ spec: Spec, _ status: Status, isReadable: Bool) {
        var status = status
        // Others may write the index too; only a readable list of steps can say that it is too
        // large.
        if isReadable, let index = status.currentStepIndex {
            status.currentStepIndex = min(index, spec.canary.steps.count)
        }
        self.init(
            namespace: object.namespace, name: object.name, generation: object.generation,
            revision: object.number(Keys.revision), spec: spec,
            status: status)
        workloadGeneration = object.number(Keys.workloadGeneration)
        letsGo = ServiceDocument.areLetGo(by: object)
    }
}

extension [Finding] {
    /// The same findings with the places of their paths in `document`.
    func placed(in document: Document) -> [Finding] {
        map { finding in
            var finding = finding
            finding.place = document.place(of: finding.path)
            return finding
        }
    }

    /// Each finding once: a value that is read twice disappoints twice.
    var withoutRepetitions: [Finding] {
        var seen: Set<Finding> = []
        return filter { seen.insert($0).inserted }
    }
}

/// One pass over one Rollout object.
struct RolloutParser {
    /// Over the document with the template that it refers to.
    let root: Reader
    /// The document as it was written.
    let object: Object
    let kinds: [RouterKind]

    var plugins = Plugins.none
    var workloadSeen = WorkloadSeen.elsewhere
    var former: ParsedRollout?
    var workload: WorkloadReference?
    /// As the status has it.
    var stablePingPong: PingPong?
    var routers: [Router] = []
    var routerKeys: [String] = []
    var stepAnalyses: [Int: AnalysisReference] = [:]
    var stepExperiments: [Int: [ExperimentAnalysis]] = [:]
    /// See `Canary.versionWeights`.
    var versionWeights: [Int: [String: Int]] = [:]
    /// See `Canary.pauseTexts`.
    var pauseTexts: [Int: String] = [:]
    var backgroundAnalysis: AnalysisReference?
    var preAnalysis: AnalysisReference?
    var postAnalysis: AnalysisReference?
    var parts = PodParts()

    init(root: Reader, object: Object, kinds: [RouterKind]) {
        self.root = root
        self.object = object
        self.kinds = kinds
    }

    mutating func parse() -> ParsedRollout {
        // The status first, and with findings of its own: no error in it may refuse the document,
        // and no error in the spec may lose it.
        let status = StatusDocument.parse(object.status)
        root.allowOnly(["apiVersion", "kind", "metadata", "spec", "status"])
        let template = root["spec"]["template"].value ?? .object(JSONObject())
        stablePingPong = status.stablePingPong
        // What takes the longest, and changes least.
        let same = former.flatMap { $0.hasTemplate(template, status.collisionCount) ? $0 : nil }
        let hash =
            same?.rollout.spec.templateHash
            ?? TemplateHash.ofTemplate(template, collisionCount: status.collisionCount)
        let spec = spec(root["spec"], templateHash: hash)
        return ParsedRollout(
            rollout: Rollout(object, spec, status, isReadable: root.findings.all.isEmpty),
            workload: workload, template: template,
            meaning: same?.meaning ?? TemplateMeaning(template),
            formerTemplateHash: same?.formerTemplateHash
                ?? TemplateHash.ofTemplate(
                    template, collisionCount: status.collisionCount, library: .former),
            routers: routers, routerKeys: routerKeys, stepAnalyses: stepAnalyses,
            stepExperiments: stepExperiments, backgroundAnalysis: backgroundAnalysis,
            preAnalysis: preAnalysis,
            postAnalysis: postAnalysis, findings: root.findings.all.withoutRepetitions,
            invalidSpecMessage: root.findings.all.first?.invalidSpecMessage(
                rollout: object.name, in: root.value ?? .null))
    }

    private static let specFields: Set = [
        "replicas", "selector", "template", "workloadRef", "minReadySeconds", "strategy",
        "revisionHistoryLimit", "paused", "progressDeadlineSeconds", "progressDeadlineAbort",
        "restartAt", "rollbackWindow", "analysis",
    ]

    private mutating func spec(_ reader: Reader, templateHash: String) -> Spec {
        if !reader.isPresent {
            reader.require(remedy: "add a spec with selector, template and strategy")
        }
        reader.allowOnly(Self.specFields)
        let replicas = reader["replicas"].count()
        var selector = ""
        workload = workload(reader["workloadRef"])
        // Where the template cannot be had there is nothing more to say about it.
        if !reader["workloadRef"].isPresent || reader["template"].isPresent {
            selector = self.selector(reader["selector"])
            templateChecks(reader["template"], selector: reader["selector"])
        }
        let minReady = reader["minReadySeconds"].count()
        let historyLimit = reader["revisionHistoryLimit"].count()
        let deadline = reader["progressDeadlineSeconds"].count()
        if deadline ?? 600 <= minReady ?? 0 {
            reader["progressDeadlineSeconds"].invalid(
                "must be greater than minReadySeconds", value: .int(Int64(deadline ?? 600)),
                remedy: "raise progressDeadlineSeconds above \(minReady ?? 0)")
        }
        let strategy = strategy(reader["strategy"])
        let steps = reader["strategy"]["canary"]["steps"].value
        var spec = Spec(
            replicas: replicas, templateHash: templateHash,
            stepsHash: reader["strategy"]["canary"].isPresent ? TemplateHash.ofSteps(steps) : "",
            strategy: strategy)
        spec.selector = selector
        spec.parts = parts
        spec.restartAt = restart(reader["restartAt"])
        spec.minReadySeconds = minReady ?? spec.minReadySeconds
        spec.revisionHistoryLimit = historyLimit ?? spec.revisionHistoryLimit
        spec.progressDeadlineSeconds = deadline ?? spec.progressDeadlineSeconds
        spec.progressDeadlineAbort = reader["progressDeadlineAbort"].bool() ?? false
        spec.isPaused = reader["paused"].bool() ?? false
        let window = reader["rollbackWindow"]
        window.allowOnly(["revisions"])
        spec.rollbackWindow = window["revisions"].count()
        let limits = reader["analysis"]
        limits.allowOnly(["successfulRunHistoryLimit", "unsuccessfulRunHistoryLimit"])
        spec.successfulRunHistoryLimit =
            limits["successfulRunHistoryLimit"].count() ?? spec.successfulRunHistoryLimit
        spec.unsuccessfulRunHistoryLimit =
            limits["unsuccessfulRunHistoryLimit"].count() ?? spec.unsuccessfulRunHistoryLimit
        return spec
    }

    /// In whole seconds, as the status repeats it.
    private func restart(_ reader: Reader) -> Instant? {
        guard let text = reader.string() else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            reader.invalid(
                "must be a time of RFC 3339", remedy: "write one like 2026-01-31T12:00:00Z")
            return nil
        }
        return Instant(milliseconds: time.milliseconds - time.milliseconds % 1_000)
    }

    /// The selector in its string form; "" with findings where it is none.
    private func selector(_ reader: Reader) -> String {
        guard let json = reader.value else {
            reader.require(
                "Rollout has missing field '.spec.selector'",
                remedy: "add spec.selector.matchLabels with the labels of the pod template")
            return ""
        }
        reader.allowOnly(["matchLabels", "matchExpressions"])
        do {
            let selector = try LabelSelector(json: json)
            if selector.isEverything {
                reader.invalid(
                    "empty selector is invalid for deployment",
                    remedy: "select the labels of the pod template")
            }
            return selector.description
        } catch {
            reader.invalid("invalid label selector", remedy: error.message)
            return ""
        }
    }

    private mutating func strategy(_ reader: Reader) -> Strategy {
        reader.allowOnly(["canary", "blueGreen"])
        let canary = reader["canary"], blueGreen = reader["blueGreen"]
        switch (canary.isPresent, blueGreen.isPresent) {
        case (true, false): return .canary(self.canary(canary))
        case (false, true): return .blueGreen(self.blueGreen(blueGreen))
        case (true, true):
            reader["strategy"].invalid(
                "Multiple Strategies can not be listed", value: "blueGreen: true canary: true",
                remedy: "keep one of canary and blueGreen")
        case (false, false):
            reader["strategy"].require(
                "Rollout has missing field '.spec.strategy.canary or .spec.strategy.blueGreen'",
                remedy: "add spec.strategy.canary")
        }
        return .canary(Canary(steps: [], stableService: nil, canaryService: nil))
    }
}
