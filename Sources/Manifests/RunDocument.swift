import Analysis
import Documents
import KubernetesObjects
import Rollouts

/// Analysis runs of rollouts on the wire (rollout-semantics §5.2).
package enum RunDocument {
    /// What a new run is for, beside its templates.
    package struct Order {
        package var name: String
        package var purpose: Run.Purpose
        package var revision: Int
        package var stableHash: String
        /// The hash of the new ReplicaSet.
        package var latestHash: String

        package init(
            name: String, purpose: Run.Purpose, revision: Int, stableHash: String,
            latestHash: String
        ) {
            self.name = name
            self.purpose = purpose
            self.revision = revision
            self.stableHash = stableHash
            self.latestHash = latestHash
        }
    }

    /// A new run of the rollout's analysis: templates merged, arguments resolved but for secrets.
    ///
    /// - Throws: `RunError` for a template that `find` does not know, for templates that contradict
    /// each   other, and for arguments without a value.
    package static func created(
        _ order: Order, for rollout: Object, as analysis: AnalysisReference,
        find: (TemplateReference) -> TemplateSpec?
    ) throws(RunError) -> Object {
        let templates = try TemplateSpec.collected(analysis.templates, find: find)
        let sources = ArgumentSources(stableHash: order.stableHash, latestHash: order.latestHash) {
            FieldPath.text(of: $0, in: rollout)
        }
        let spec = try RunSpec(
            merging: templates, given: analysis.arguments, dryRun: analysis.dryRun,
            measurementRetention: analysis.retention, sources: sources)
        var labels = [Keys.templateHash: order.latestHash]
        switch order.purpose {
        case .step(let index):
            labels[Keys.runType] = "Step"
            labels[Keys.stepIndex] = String(index)
        case .background: labels[Keys.runType] = "Background"
        case .prePromotion: labels[Keys.runType] = "PrePromotion"
        case .postPromotion: labels[Keys.runType] = "PostPromotion"
        }
        labels[Keys.instanceID] = rollout.labels[Keys.instanceID]
        let selector = rollout.spec?["selector"]?["matchLabels"]?.strings ?? [:]
        for (key, value) in analysis.labels { labels[key] = value }
        for (key, value) in selector { labels[key] = value }
        var annotations = [Keys.revision: String(order.revision)]
        for (key, value) in analysis.annotations { annotations[key] = value }
        return .owned(
            by: rollout, resource: .analysisRuns, name: order.name, labels: labels,
            annotations: annotations, spec: spec.json)
    }

    /// A run as `decide` sees it; nil for a run that no rollout started.
    package static func parse(_ object: Object) -> Run? {
        let purpose: Run.Purpose
        switch object.labels[Keys.runType] {
        case "Step":
            guard let index = object.labels[Keys.stepIndex].flatMap({ Int($0) }) else { return nil }
            purpose = .step(index)
        case "Background": purpose = .background
        case "PrePromotion": purpose = .prePromotion
        case "PostPromotion": purpose = .postPromotion
        default: return nil
        }
        let status = status(of: object)
        return Run(
            name: object.name, purpose: purpose, hash: object.labels[Keys.templateHash] ?? "",
            revision: object.number(Keys.revision) ?? 0, phase: status.phase.decided,
            message: status.message,
            created: object.creationTimestamp.map { Instant($0) } ?? Instant(milliseconds: 0),
            isTerminating: object.spec?["terminate"]?.bool ?? false,
            lastGoodMeasurement: status.metricResults.filter { !$0.isDryRun }
                .flatMap(\.measurements).filter { $0.phase == .successful }
                .compactMap(\.startedAt).max().map { Instant($0) })
    }

    /// What the run is asked to do, and what is wrong with it.
    package static func spec(
        of object: Object, plugins: Plugins = .none, strictness: Strictness = .lint
    ) -> (spec: RunSpec, findings: [Finding]) {
        let findings = strictness.findings
        let reader = Reader(object.spec, at: Path.root.appending("spec"), findings: findings)
        let spec = RunSpec(reading: reader)
        plugins.check(spec.metrics, reader["metrics"])
        return (spec, findings.all)
    }

    /// How the run stands. What cannot be read counts as absent.
    package static func status(of object: Object) -> RunStatus {
        RunStatus(reading: Reader(object.status, findings: Reader.Findings()))
    }

    /// The merge patch that makes the run say `status`; nil where it does. Runs have no status
    /// subresource: the patch goes to the object itself.
    package static func statusPatch(from old: Object, to status: RunStatus) -> JSON? {
        let before = old.status ?? .object(JSONObject())
        let wanted = status.json
        if before == wanted { return nil }
        // The status is ours alone, so that what is not in the new one is removed.
        var changes = JSONObject()
        for key in before.object?.keys ?? [] where wanted[key] == nil { changes[key] = JSON.null }
        for member in wanted.object?.members ?? [] where before[member.key] != member.value {
            changes[member.key] = member.value
        }
        return changes.isEmpty ? nil : ["status": .object(changes)]
    }

    /// The merge patch that asks a run to stop.
    package static let termination: JSON = ["spec": ["terminate": true]]
}

extension Analysis.RunPhase? {
    /// The phase in the words of the decision; a run that was not looked at yet is pending.
    package var decided: Rollouts.RunPhase {
        switch self {
        case nil, .pending: .pending
        case .running: .running
        case .successful: .successful
        case .failed: .failed
        case .error: .error
        case .inconclusive: .inconclusive
        }
    }
}
