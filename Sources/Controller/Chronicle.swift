import Documents
import History
import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// Writes down what happened: one log line for each decision, and records into the history. Records
/// lie on a bounded pile first, so that a slow disk never holds up a turn.
package struct Chronicle: Sendable {
    private let history: RecordStore?
    private let secrets: SecretsInUse
    private let log: Logger
    private let pile = RecordPile()
    /// After this long a history that cannot be written is tried again.
    private let pause: Duration
    /// So many records are kept at most, the last ones.
    private let mostRecords: Int

    init(
        history: RecordStore?, secrets: SecretsInUse, log: Logger, pause: Duration = .seconds(5),
        keeping mostRecords: Int = usualRecords
    ) {
        self.pause = pause
        self.mostRecords = mostRecords
        self.history = history
        self.secrets = secrets
        self.log = log
    }

    /// Projects an object that was seen: what it did not say before, where it was seen already.
    func saw(_ object: Object, after old: Object? = nil, of resource: Resource) async {
        guard history != nil else { return }
        let records = Projection.records(of: object, resource)
        guard let old, !records.isEmpty else { return await pile.add(records) }
        let known = Set(Projection.records(of: old, resource).map(\.key))
        await pile.add(records.filter { !known.contains($0.key) })
    }

    func decided(_ decision: Decision, _ scene: RolloutTurn.Scene) {
        let before = scene.snapshot.rollout.status
        guard !decision.actions.isEmpty || decision.status != before else { return }
        log.info(
            "decided",
            metadata: [
                "rollout": "\(scene.key)", "reason": "\(decision.reason.sentence)",
                "phase": "\(decision.status.phase?.rawValue ?? "")",
                "weight": "\(decision.status.weights?.canary.weight ?? 0)",
                "actions": "\(decision.actions.count)",
            ])
    }

    func decided(_ decision: ExperimentDecision, _ scene: ExperimentTurn.Scene) {
        let before = scene.parsed.experiment.status
        guard !decision.actions.isEmpty || decision.status != before else { return }
        log.info(
            "decided",
            metadata: [
                "experiment": "\(scene.object.namespace)/\(scene.object.name)",
                "reason": "\(decision.reason.sentence)",
                "phase": "\(decision.status.phase?.rawValue ?? "")",
                "actions": "\(decision.actions.count)",
            ])
    }

    func stumbled(_ key: RolloutKey, _ doing: String, _ error: ClusterError) {
        if case .conflict = error {
            log.debug(
                "observing again", metadata: ["rollout": "\(key)", "error": "\(error.description)"])
        } else {
            log.warning(
                "not done",
                metadata: [
                    "rollout": "\(key)", "doing": "\(doing)", "error": "\(error.description)",
                ])
        }
    }

    /// Writes the records until the task is cancelled. Those that cannot be written wait.
    func keep() async {
        guard let history else { return }
        for await _ in pile.bell {
            var (records, dropped) = await pile.take()
            while !records.isEmpty {
                if dropped > 0 {
                    log.warning("history is behind", metadata: ["dropped": "\(dropped)"])
                }
                let redactor = secrets.redactor()
                do {
                    try await history.write(records.map { $0.redacted(by: redactor) })
                } catch {
                    log.error("history not written", metadata: ["error": "\(error.description)"])
                    await pile.putBack(records)
                    do { try await ContinuousClock().sleep(for: pause) } catch { return }
                }
                (records, dropped) = await pile.take()
            }
        }
    }
}

extension Chronicle {
    /// Looks after the file until the task is cancelled: it is begun anew where somebody took it
    /// away, with all that the cluster still knows, and it forgets what is old.
    ///
    /// - Parameters:
    ///   - pause: between two looks.
    ///   - known: what is in the cluster now.
    func tend(
        each pause: Duration, now: @Sendable () -> Timestamp,
        known: @Sendable () async -> [Resource: [Object]]
    ) async {
        guard let history else { return }
        var pruned: Timestamp?
        while !Task.isCancelled {
            do {
                if try history.reopenIfGone() {
                    log.warning("the history was taken away, and is begun anew")
                    try await write(await known(), into: history)
                }
                let moment = now()
                if pruned.map({ moment.milliseconds(since: $0) >= pruningMilliseconds }) ?? true {
                    pruned = moment
                    try await history.prune(
                        olderThan: moment.advanced(bySeconds: -longestAgeSeconds),
                        keeping: mostRecords)
                }
            } catch {
                log.error("history not kept", metadata: ["error": "\(error.description)"])
            }
            do { try await ContinuousClock().sleep(for: pause) } catch { return }
        }
    }

    /// Past the pile, which is for what happens now.
    private func write(
        _ objects: [Resource: [Object]], into history: RecordStore
    ) async throws(HistoryError) {
        let redactor = secrets.redactor()
        for (resource, objects) in objects {
            for object in objects {
                let records = Projection.records(of: object, resource)
                try await history.write(records.map { $0.redacted(by: redactor) })
            }
        }
    }
}

extension Record {
    /// The record without secrets. Its key stays: it is made of names.
    fileprivate func redacted(by redactor: Redactor) -> Record {
        var record = self
        record.summary = redactor.redact(summary)
        record.actor = actor.map(redactor.redact)
        record.reason = reason.map(redactor.redact)
        record.details = details.changingTexts(redactor.redact)
        return record
    }
}

/// Once an hour: what is let go of is a small part of the file each time.
private let pruningMilliseconds: Int64 = 3_600_000
/// 90 days: what nobody has asked for in a quarter of a year, nobody will.
private let longestAgeSeconds = 90 * 86_400
/// Some 500 MB, which is half of what a pod without a volume has for them. A release of three steps
/// with two metrics leaves about forty records, of 500 bytes each.
let usualRecords = 1_000_000
