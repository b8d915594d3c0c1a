import Analysis
import Documents
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Notifications
import Rollouts

/// Telling that a condition has come true.
extension Notifier {
    /// Looks at the conditions of a trigger that no event fires.
    /// - Returns: when to look again though nothing changes.
    func look(_ errand: Errand, _ trigger: String) async -> Timestamp? {
        let reference = errand.reference
        guard
            let rollout = object(
                Resource.rollouts.kind, namespace: reference.namespace, name: reference.name)
        else { return nil }
        do throws(ClusterError) {
            let occurrence = self.occurrence(of: rollout, trigger)
            guard
                let rules = try await self.rules(
                    for: occurrence, errand.destination, in: reference.namespace),
                rules.subscribed(rollout)[trigger]?.contains(errand.destination) == true
            else { return nil }
            for (number, condition) in (rules.triggers[trigger] ?? []).enumerated()
            where condition.when != nil {
                let verdict = await follow(
                    occurrence, number, condition, rules, to: errand.destination)
                guard case .later(let reason, let seconds) = verdict else { continue }
                let (next, isNews) = await attempts.failed(
                    errand, seconds: seconds, complains: true, at: now())
                if isNews {
                    await complain(occurrence, errand.destination, reason, isLast: false)
                }
                return next
            }
            await attempts.forget(errand)
        } catch {
            return await attempts.failed(errand, at: now()).next
        }
        return now().advanced(bySeconds: secondsBetweenLooks)
    }

    private func occurrence(of rollout: Object, _ trigger: String) -> Occurrence {
        Occurrence(
            uid: "\(rollout.uid)-\(rollout.generation)-\(trigger)", trigger: trigger,
            reason: trigger, message: "", isWarning: false, at: now(), subject: rollout.json,
            runs: runs(of: rollout))
    }

    /// Tells it where it holds and was not told, and forgets that it was where it holds no more.
    private func follow(
        _ occurrence: Occurrence, _ number: Int, _ condition: NotificationCondition,
        _ rules: NotificationRules, to destination: Destination
    ) async -> Verdict {
        let rollout = Object(occurrence.subject)
        do throws(ConditionError) {
            let holds = try condition.holds(occurrence.values, now: now())
            let occasion = try condition.occasion(occurrence.values, now: now())
            let mark = condition.mark(
                occurrence.trigger, number, destination, occasion: occasion)
            let isTold = await isTold(mark, rollout)
            guard holds else {
                if isTold, occasion.isEmpty { await note(mark, isTold: false, on: rollout) }
                return .delivered
            }
            if isTold {
                let noted = Marks(rollout.annotations[Keys.notified])
                if !noted.contains(mark) { await note(mark, isTold: true, on: rollout) }
                return .delivered
            }
            let verdict = await send(occurrence, number, rules, to: destination)
            switch verdict {
            case .later: break
            case .delivered: await note(mark, isTold: true, on: rollout)
            case .refused(let reason):
                await complain(occurrence, destination, reason, isLast: true)
                await note(mark, isTold: true, on: rollout)
            }
            return verdict
        } catch {
            log.debug(
                "notifications: a condition has no answer",
                metadata: ["trigger": "\(occurrence.trigger)", "error": "\(error)"])
            return .delivered
        }
    }

    /// Whether the object, or this process, says so.
    func isTold(_ mark: String, _ subject: Object) async -> Bool {
        if Marks(subject.annotations[Keys.notified]).contains(mark) { return true }
        return await attempts.isTold(mark, of: subject.uid)
    }

    /// Writes down on the object what it was told of.
    func note(_ mark: String, isTold: Bool, on subject: Object) async {
        await attempts.note(mark, of: subject.uid, isTold: isTold)
        guard let resource = noted[subject.kind] else { return }
        let reference = Reference(resource, namespace: subject.namespace, name: subject.name)
        var current: Object? = subject
        for _ in 0..<mostConflicts {
            guard let object = current else { return }
            var marks = Marks(object.annotations[Keys.notified])
            if isTold { marks.add(mark, at: now()) } else { marks.remove(mark) }
            let patch: JSON = [
                "metadata": [
                    "resourceVersion": .string(object.resourceVersion),
                    "annotations": [
                        Keys.notified: marks.text.map(JSON.string) ?? .null
                    ],
                ]
            ]
            do throws(ClusterError) {
                _ = try await edge.write(Write(reference, .patch(.merge(patch))))
                return
            } catch .conflict {
                await pause()
                current = self.object(
                    subject.kind, namespace: subject.namespace, name: subject.name)
            } catch {
                log.warning(
                    "notifications: told, and not noted",
                    metadata: ["object": "\(reference)", "error": "\(error.description)"])
                return
            }
        }
    }
}

extension Notifier {
    /// Gives the caches time to show what somebody else has written.
    func pause() async {
        do {
            try await ContinuousClock().sleep(for: conflictPause)
        } catch {
            // The term ends.
        }
    }
}

/// A watch is seldom later.
private let conflictPause = Duration.milliseconds(200)
/// The kinds that are told of.
private let noted: [String: Resource] = [
    Resource.rollouts.kind: .rollouts, Resource.analysisRuns.kind: .analysisRuns,
    Resource.experiments.kind: .experiments,
]
/// Conditions on the time come true though nothing changes.
private let secondsBetweenLooks = 60
