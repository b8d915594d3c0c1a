import Documents
import Rollouts

extension StatusDocument {
    /// The JSON merge patch `{"status": …}` that makes `old`, the status as the API server has it,
    /// say `new`. Nil where it does already. Only our own fields are compared and written; a field
    /// that goes away is written as null.
    package static func mergePatch(from old: JSON?, to new: Status) -> JSON? {
        var wanted = json(new)
        // Empty and absent say the same; what others left there is not ours to remove.
        if wanted["blueGreen"] == nil, old?["blueGreen"]?.object != nil {
            wanted["blueGreen"] = .object(JSONObject())
        }
        let foreign = (old?["conditions"]?.array ?? []).filter {
            $0["type"]?.string.flatMap(Condition.Kind.init) == nil
        }
        // A merge patch replaces lists as a whole: the conditions of others must be repeated, or
        // they would be lost.
        if !foreign.isEmpty {
            wanted["conditions"] = .array((wanted["conditions"]?.array ?? []) + foreign)
        }
        let changes = changes(from: old, to: wanted, fields: ours)
        return changes.isEmpty ? nil : ["status": .object(changes)]
    }

    /// Our fields by name; nil for one that is compared and written as a whole.
    private indirect enum Fields {
        case whole
        case members([(String, Fields)])
    }

    private static let ours: Fields = {
        let destination = Fields.members([
            ("podTemplateHash", .whole), ("serviceName", .whole), ("weight", .whole),
        ])
        let run = Fields.members([("message", .whole), ("name", .whole), ("status", .whole)])
        let canary = Fields.members([
            ("currentBackgroundAnalysisRunStatus", run), ("currentExperiment", .whole),
            ("currentStepAnalysisRunStatus", run),
            ("stablePingPong", .whole), ("stepPluginStatuses", .whole),
            (
                "weights",
                .members([
                    ("additional", .whole), ("canary", destination), ("stable", destination),
                    ("verified", .whole),
                ])
            ),
        ])
        let blueGreen = Fields.members([
            ("activeSelector", .whole), ("postPromotionAnalysisRunStatus", run),
            ("prePromotionAnalysisRunStatus", run), ("previewSelector", .whole),
            ("scaleUpPreviewCheckPoint", .whole),
        ])
        let whole = [
            "HPAReplicas", "abort", "abortedAt", "availableReplicas", "collisionCount",
            "conditions",
            "controllerPause", "currentPodHash", "currentStepHash", "currentStepIndex", "message",
            "observedGeneration", "pauseConditions", "phase", "promoteFull", "readyReplicas",
            "replicas", "restartedAt", "selector", "stableRS", "updatedReplicas",
            "workloadObservedGeneration",
        ]
        return .members(
            whole.map { ($0, .whole) } + [("blueGreen", blueGreen), ("canary", canary)])
    }()

    private static func changes(from old: JSON?, to new: JSON, fields: Fields) -> JSONObject {
        var changes = JSONObject()
        guard case .members(let members) = fields else { return changes }
        for (key, inner) in members {
            let before = old?[key].flatMap { $0.isNull ? Optional.none : $0 }
            switch (before, new[key]) {
            case (nil, nil): continue
            case (_?, nil): changes[key] = JSON.null
            case (nil, let after?): changes[key] = after
            case (let before?, let after?):
                if case .members = inner, before.object != nil {
                    let nested = Self.changes(from: before, to: after, fields: inner)
                    if !nested.isEmpty { changes[key] = .object(nested) }
                } else if before != after {
                    changes[key] = after
                }
            }
        }
        return changes
    }
}
