import Documents
import History
import KubernetesObjects
import Logging
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
        let found: [Record] =
            switch resource {
            case .replicaSets: Projection.records(ofReplicaSet: object)
            case .analysisRuns: Projection.records(ofRun: object)
            case .events: Projection.records(ofEvent: object)
            case .rollouts: Projection.records(ofRollout: object)
            default: []
            }
        for record in found { inbox.yield(record) }
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
