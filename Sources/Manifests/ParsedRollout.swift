import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// A Rollout object after the door: the values that `decide` and the routers work with, and
/// everything that is wrong with the document. With findings the values are only the best that
/// could be read, and `refusal` keeps `decide` from acting on them; name and status are always
/// good.
package struct ParsedRollout: Sendable {
    package var rollout: Rollout
    /// What the template comes from; nil for a rollout with one of its own.
    package var workload: WorkloadReference?
    /// `spec.template` as it stands in the document, or in what that refers to; empty where that
    /// cannot be had.
    package var template: JSON
    /// What the template means, to compare with the templates of ReplicaSets.
    package var meaning: TemplateMeaning
    /// The hash that Argo Rollouts up to 1.8 gave this template.
    package var formerTemplateHash: String
    /// In the order in which they are written.
    package var routers: [Router]
    /// The names of the routers' kinds, in the same order: `nginx`, `sluice/route-policy`.
    package var routerKeys: [String]
    /// What the document says of where traffic goes, as it is noted on the rollout; nil without
    /// routers.
    var said: JSON?
    /// Whether that is noted there.
    var isNoted = false
    /// What is noted besides, of earlier documents.
    package var noted: [NotedRouters] = []
    /// The analysis of each step that is one, by step index.
    package var stepAnalyses: [Int: AnalysisReference]
    /// What the experiment of each step that is one measures, by step index.
    package var stepExperiments: [Int: [ExperimentAnalysis]] = [:]
    package var backgroundAnalysis: AnalysisReference?
    package var preAnalysis: AnalysisReference?
    package var postAnalysis: AnalysisReference?
    /// All that is wrong, in the order in which Argo Rollouts would report it.
    package var findings: [Finding]
    /// The message of the InvalidSpec condition: the first finding in the words of Kubernetes'
    /// field errors.
    package var invalidSpecMessage: String?

    /// The message of the condition, and behind it the other findings, as far as an event has room.
    package var refusalInFull: String? {
        invalidSpecMessage.map { findings.dropFirst().refusal(after: $0) }
    }

    /// The analysis that a run of this purpose works for.
    package func analysis(for purpose: Run.Purpose) -> AnalysisReference? {
        switch purpose {
        case .step(let index): stepAnalyses[index]
        case .background: backgroundAnalysis
        case .prePromotion: preAnalysis
        case .postPromotion: postAnalysis
        }
    }

    /// All analyses that the rollout asks for.
    package var analyses: [AnalysisReference] {
        Array(stepAnalyses.values) + stepExperiments.values.joined().map(\.reference)
            + [backgroundAnalysis, preAnalysis, postAnalysis].compactMap(\.self)
    }

    /// Takes a router whose configuration broke as it was when it could be read, with the total
    /// that its weights are parts of.
    mutating func remember(_ former: ParsedRollout) {
        let known = former.routers.filter(\.isReadable)
        let read = routers
        if routerKeys.isEmpty, routers.contains(where: { !$0.isReadable }), !known.isEmpty {
            routers = known
        }
        routers = routers.map { router in
            router.isReadable ? router : known.first { $0.kind == router.kind } ?? router
        }
        let isRemembered = routers.count(where: \.isReadable) > read.count(where: \.isReadable)
        if isRemembered, case .canary(var canary) = rollout.spec.strategy {
            canary.totalWeight = former.rollout.spec.canary.totalWeight
            rollout.spec.strategy = .canary(canary)
        }
    }

    /// Adds what is wrong with the resources that the rollout refers to; the first finding of all
    /// stays the message.
    package mutating func note(_ findings: [Finding]) {
        guard let first = findings.first else { return }
        self.findings += findings
        invalidSpecMessage =
            invalidSpecMessage
            ?? first.invalidSpecMessage(rollout: rollout.name, in: .object(JSONObject()))
    }
}
