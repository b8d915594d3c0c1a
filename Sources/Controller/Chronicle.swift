import Documents
import History
import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// Writes down what happened: one log line for each decision, and records into the history. Records
/// pass through a bounded buffer, so that a slow disk never holds up a turn.
package struct Chronicle: Sendable {
    private let history: RecordStore?
    private let secrets: SecretsInUse
    private let log: Logger
    private let records: AsyncStream<Record>
    private let inbox: AsyncStream<Record>.Continuation

    init(history: RecordStore?, secrets: SecretsInUse, log: Logger) {
        self.history = history
        self.secrets = secrets
        self.log = log
        (records, inbox) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(bufferedRecords))
    }

    /// Projects an object that was seen.
    func saw(_ object: Object, of resource: Resource) {
        guard history != nil else { return }
        for record in Projection.records(of: object, resource) { inbox.yield(record) }
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

    /// Writes the records until the task is cancelled.
    func keep() async {
        guard let history else { return }
        for await record in records {
            do {
                try await history.write([record.redacted(by: secrets.redactor())])
            } catch {
                log.error("history not written", metadata: ["error": "\(error.description)"])
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

    /// Past the buffer, which is for what happens now.
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

/// More than this many records that wait for the disk are dropped, the oldest first: they can be
/// projected again.
private let bufferedRecords = 20_000

/// Once an hour: what is let go of is a small part of the file each time.
private let pruningMilliseconds: Int64 = 3_600_000
/// 90 days: what nobody has asked for in a quarter of a year, nobody will.
private let longestAgeSeconds = 90 * 86_400
/// Some 100 MB. A release of three steps with two metrics leaves about forty records.
private let mostRecords = 200_000
