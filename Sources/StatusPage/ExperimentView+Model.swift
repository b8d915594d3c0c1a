import Documents
import Rollouts

/// Experiments beside their rollout, the latest first.
extension RolloutView {
    /// Those that a page shows: what is older than a handful says nothing about the present.
    package var latestExperiments: [ExperimentView] {
        Array(
            experiments.sorted { ($0.created, $0.name) > ($1.created, $1.name) }
                .prefix(shownExperiments))
    }

    var experimentsModel: JSON { .array(latestExperiments.map(\.model)) }
}

/// A rollout runs one at a time.
private let shownExperiments = 5

extension ExperimentView {
    package var phase: RunPhase { status.phase ?? .pending }

    var json: JSON {
        [
            "name": .string(name), "phase": .string(phase.rawValue),
            "message": .string(status.message), "created": .string(created.rfc3339),
            "templates": .array(
                status.templates.map { template in
                    [
                        "name": .string(template.name),
                        "status": text(template.phase?.rawValue),
                        "available": number(template.availableReplicas),
                        "service": text(template.serviceName),
                        "podTemplateHash": text(template.podTemplateHash),
                    ]
                }),
            "analysisRuns": .array(
                status.analyses.map { analysis in
                    [
                        "name": .string(analysis.name), "run": .string(analysis.run),
                        "phase": .string(analysis.phase.rawValue),
                        "message": .string(analysis.message),
                    ]
                }),
        ]
    }

    fileprivate var model: JSON {
        [
            "name": .string(name), "verdict": verdict(phase.rawValue, phase.tone),
            "experimentMessage": text(status.message),
            "templates": .array(
                status.templates.map { template in
                    [
                        "name": .string(template.name),
                        "verdict": verdict(
                            template.phase?.rawValue ?? "Pending", template.phase?.tone ?? .moving),
                        "available": number(template.availableReplicas),
                        "service": text(template.serviceName),
                    ]
                }),
            "analyses": .array(
                status.analyses.map { analysis in
                    [
                        "name": .string(analysis.name), "run": .string(analysis.run),
                        "verdict": verdict(analysis.phase.rawValue, analysis.phase.tone),
                    ]
                }),
        ]
    }

    private func verdict(_ name: String, _ tone: Tone) -> JSON {
        ["name": .string(name), "tone": .string(tone.rawValue)]
    }
}

extension TemplatePhase {
    fileprivate var tone: Tone {
        switch self {
        case .progressing: .moving
        case .running, .successful: .good
        case .failed, .error: .bad
        }
    }
}

extension Rollouts.RunPhase {
    fileprivate var tone: Tone {
        switch self {
        case .pending, .running: .moving
        case .successful: .good
        case .failed, .error: .bad
        case .inconclusive: .unclear
        }
    }
}
