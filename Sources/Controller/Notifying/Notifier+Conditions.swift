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
            let occurrence = self.occurrence(of: rollout, trigger, since: now().seconds)
            let own = await self.rules.subscribers(of: rollout)
            guard
                let rules = try await self.rules(
                    for: occurrence, errand.destination, in: reference.namespace),
                rules.destinations(of: rollout, own, trigger: trigger)
                    .contains(errand.destination)
            else { return nil }
            for (number, condition) in (rules.triggers[trigger] ?? []).enumerated()
            where condition.when != nil {
                let verdict = await follow(
                    occurrence, number, condition, rules, to: errand.destination)
                guard case .later(let reason, let seconds) = verdict else { continue }
                await complain(occurrence, errand.destination, reason, isLast: false)
                return await attempts.failed(errand, seconds: seconds, at: now())
            }
            await attempts.forget(errand)
        } catch {
            return await attempts.failed(errand, at: now())
        }
        return now().advanced(bySeconds: secondsBetweenLooks)
    }

    /// Each time that a condition comes true is one of its own.
    private func occurrence(
        of rollout: Object, _ trigger: String, since seconds: Int64
    ) -> Occurrence {
        Occurrence(
            uid: "\(rollout.uid)-\(trigger)-\(seconds)", trigger: trigger, reason: trigger,
            message: "", isWarning: false, at: Timestamp(seconds: seconds), subject: rollout.json,
            runs: runs(of: rollout))
    }

    /// Tells it where it holds and was not told, and forgets that it was where it holds no more.
    private func follow(
        _ seen: Occurrence, _ number: Int, _ condition: NotificationCondition,
        _ rules: NotificationRules, to destination: Destination
    ) async -> Verdict {
        let rollout = Object(seen.subject)
        let holds: Bool
        let mark: String
        do throws(ConditionError) {
            holds = try condition.holds(seen.values, now: now())
            let occasion = try condition.occasion(seen.values, now: now())
            mark = condition.mark(seen.trigger, number, destination, occasion: occasion)
            let marks = Marks(rollout.annotations[Keys.notified])
            let isKnown = marks.contains(mark) || marks.pending(mark) != nil
            if !holds, isKnown, occasion.isEmpty {
                await note(mark, .forgotten, on: rollout)
            }
        } catch {
            log.debug(
                "notifications: a condition has no answer",
                metadata: ["trigger": "\(seen.trigger)", "error": "\(error)"])
            return .delivered
        }
        if !holds {
            await attempts.note(mark, of: rollout.uid, isTold: false)
            return .delivered
        }
        if await isTold(mark, rollout) {
            if await attempts.isUnnoted(mark, of: rollout.uid) {
                await note(mark, .told, on: rollout)
            }
            return .delivered
        }
        return await tell(seen, number, mark, rules, to: destination)
    }

    /// The moment is stored before the first try, so that the next leader sends the same key.
    private func tell(
        _ seen: Occurrence, _ number: Int, _ mark: String, _ rules: NotificationRules,
        to destination: Destination
    ) async -> Verdict {
        let rollout = Object(seen.subject)
        let known = Marks(rollout.annotations[Keys.notified]).pending(mark)
        let since = known ?? now().seconds
        if known == nil, !(await note(mark, .pending(since), on: rollout)) {
            return .later("the API server did not store that it is to be told", seconds: nil)
        }
        let occurrence = self.occurrence(of: rollout, seen.trigger, since: since)
        let verdict = await send(occurrence, number, rules, to: destination)
        switch verdict {
        case .later(let reason, _):
            guard now().seconds - since > longestAgeMilliseconds / 1_000 else { return verdict }
            await complain(occurrence, destination, reason, isLast: true)
        case .delivered: break
        case .refused(let reason):
            await complain(occurrence, destination, reason, isLast: true)
        }
        await note(mark, .told, on: rollout)
        return .delivered
    }

    /// Whether the object, or this process, says so.
    func isTold(_ mark: String, _ subject: Object) async -> Bool {
        if Marks(subject.annotations[Keys.notified]).contains(mark) { return true }
        return await attempts.isTold(mark, of: subject.uid)
    }

    /// What an annotation is to say of a mark.
    enum Note: Sendable {
        case pending(Int64)
        case told
        case forgotten
    }

    /// Writes down on the object what it was told of.
    /// - Returns: whether the server has stored it.
    @discardableResult
    func note(_ mark: String, _ note: Note, on subject: Object) async -> Bool {
        if case .told = note { await attempts.note(mark, of: subject.uid, isTold: true) }
        guard let resource = noted[subject.kind] else { return false }
        let reference = Reference(resource, namespace: subject.namespace, name: subject.name)
        var current: Object? = subject
        for _ in 0..<mostConflicts {
            guard let object = current else { return false }
            var marks = Marks(object.annotations[Keys.notified])
            switch note {
            case .pending(let seconds): marks.expect(mark, since: seconds)
            case .told: marks.add(mark, at: now())
            case .forgotten: marks.remove(mark)
            }
            do throws(ClusterError) {
                _ = try await edge.write(
                    Write(reference, .patch(object.patch(Keys.notified, marks.text))))
                if case .told = note { await attempts.noted(mark, of: subject.uid) }
                return true
            } catch .conflict {
                await pause()
                current = self.object(
                    subject.kind, namespace: subject.namespace, name: subject.name)
            } catch {
                log.warning(
                    "notifications: not noted",
                    metadata: ["object": "\(reference)", "error": "\(error.description)"])
                return false
            }
        }
        return false
    }
}

extension Object {
    /// What sets one annotation, or takes it away, unless somebody wrote in between.
    func patch(_ annotation: String, _ value: String?) -> Patch {
        .merge([
            "metadata": [
                "resourceVersion": .string(resourceVersion),
                "annotations": [annotation: value.map(JSON.string) ?? .null],
            ]
        ])
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
