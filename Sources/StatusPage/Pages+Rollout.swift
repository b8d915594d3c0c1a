import Documents
import History
import Rollouts

/// The page of one rollout.
extension Pages {
    /// Nil where there is no such rollout.
    func page(_ namespace: String, _ name: String, _ query: PageQuery) async -> String? {
        guard let view = await source.rollout(namespace, name) else { return nil }
        let now = now()
        let records = await source.records(namespace, name)
        var model = view.model(now: now)
        model["frame"] = query.frame(path: path(of: view), now: now)
        let problems = view.findings + (await source.problems())
        model["problems"] = .array(problems.map(JSON.string))
        model["hasProblems"] = .bool(!problems.isEmpty)
        model["api"] = .string("/api" + path(of: view))
        model["history"] = history(of: records, of: view, query, now: now)
        return templates.render(.rollout, model, clean: clean)
    }

    /// What happened, the latest first. Measurements stand with their runs, so here they are left
    /// out unless asked for.
    private func history(
        of records: [Record], of view: RolloutView, _ query: PageQuery, now: Timestamp
    ) -> JSON {
        let chosen = records.reversed().filter { query.showsAll || !isDetail($0.kind) }
        let other = query.with { $0.showsAll.toggle() }
        return [
            "hasRecords": .bool(!chosen.isEmpty),
            "records": .array(chosen.prefix(longestHistory).map { row($0, now: now) }),
            "showsAll": .bool(query.showsAll), "toggle": .string(other.link(path(of: view))),
            "left": number(chosen.count > longestHistory ? chosen.count - longestHistory : nil),
        ]
    }

    private func isDetail(_ kind: Record.Kind) -> Bool {
        switch kind {
        case .measurement, .observedWeight: true
        case .revision, .step, .weight, .run, .abort, .promotion, .command, .event: false
        }
    }

    private func row(_ record: Record, now: Timestamp) -> JSON {
        // A claim is told as one: anybody can write an annotation.
        let isClaimed = record.details["actorIs"]?.string == "claimed"
        return [
            "at": time(record.at, now: now), "kind": .string(record.kind.words),
            "revision": number(record.revision), "summary": .string(record.summary),
            "actor": text(record.actor), "isClaimed": .bool(record.actor != nil && isClaimed),
            "because": text(record.reason),
            "isWarning": .bool(
                record.kind == .abort || record.details["type"]?.string == "Warning"),
        ]
    }
}

/// About two screens; the API has all of it.
private let longestHistory = 60

extension Record.Kind {
    fileprivate var words: String {
        switch self {
        case .observedWeight: "weight seen"
        case .run: "analysis"
        default: rawValue
        }
    }
}

extension RolloutView {
    /// What the template of the page shows, all but problems and history.
    func model(now: Timestamp) -> JSON {
        [
            "namespace": .string(namespace), "name": .string(name), "phase": phaseModel,
            "message": text(status.message), "reason": .string(reason),
            "isAborted": .bool(status.isAborted),
            "abortedAt": time(status.abortedAt.map(Timestamp.init), now: now),
            "lookAgain": time(decision?.lookAgain.map(Timestamp.init), now: now),
            "revision": number(snapshot.rollout.revision), "standing": text(standing),
            "weight": traffic.model, "images": imagesModel,
            "share": .string(selectedSides.isEmpty ? "Canary traffic" : "Active"),
            "pods": podsModel, "steps": stepsModel, "hasSteps": .bool(!steps.isEmpty),
            "stepsNote": text(stepsNote),
            "traffic": trafficModel, "replicaSets": replicaSetsModel(now: now),
            "runs": runsModel(now: now), "experiments": experimentsModel,
            "hasExperiments": .bool(!experiments.isEmpty), "conditions": conditionsModel(now: now),
            "hasConditions": .bool(!status.conditions.isEmpty),
        ]
    }

    private var podsModel: JSON {
        let available = snapshot.replicaSets.map(\.available).reduce(0, +)
        let desired = snapshot.replicaSets.map(\.desired).reduce(0, +)
        return ["available": number(available), "desired": number(desired)]
    }

    private var stepsModel: JSON {
        .array(
            steps.enumerated().map { index, step in
                let state = state(ofStep: index)
                return [
                    "number": number(index + 1), "step": .string(step.description),
                    "state": .string(state.rawValue), "isNow": .bool(state == .now),
                    "words": .string(state.words),
                ]
            })
    }

    private var stepsNote: String? {
        if !selectedSides.isEmpty {
            return "Blue-green has no steps: all traffic moves at once, when the preview is over."
        }
        if steps.isEmpty { return "This rollout has no steps: a new revision gets all traffic." }
        if isFirstDeploy { return "The first revision takes no steps: it has no other beside it." }
        if status.isAborted { return "Aborted: a retry begins at the first step." }
        return nil
    }

    private func conditionsModel(now: Timestamp) -> JSON {
        .array(
            status.conditions.map { condition in
                [
                    "type": .string(condition.type.rawValue),
                    "truth": .string(condition.truth.rawValue),
                    "reason": .string(condition.reason), "message": text(condition.message),
                    "since": time(Timestamp(condition.lastTransition), now: now),
                ]
            })
    }
}

extension RolloutView.StepState {
    fileprivate var words: String {
        switch self {
        case .done: "done"
        case .now: "now"
        case .failed: "failed here"
        case .ahead: "still to come"
        case .skipped: "not taken"
        }
    }
}
