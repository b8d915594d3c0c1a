import Analysis
import Documents
import KubernetesClient
import KubernetesObjects
import Logging
import Manifests
import Notifications
import Rollouts

/// Telling of events.
extension Notifier {
    /// Takes an event further to one recipient.
    /// - Returns: when to try again; nil where nothing is left.
    func tell(_ errand: Errand, _ attempt: Attempts.Attempt) async -> Timestamp? {
        guard let event = self.event(errand.reference),
            let entry = DueList(event.annotations[NotificationKeys.due])[errand.destination]
        else {
            await attempts.forget(errand)
            return nil
        }
        let (occurrence, isAlive) = await self.occurrence(of: event)
        // Old news helps nobody, and a list that cannot be shortened would tell it for ever.
        if isOld(occurrence) {
            return await settle(errand, event, left: [])
        }
        if await !attempts.mayNote {
            let numbers = entry.conditions ?? []
            if !numbers.isEmpty, let next = await settle(errand, event, left: numbers) {
                return next
            }
        }
        do throws(ClusterError) {
            let all = try await rules.rules(for: event.namespace)
            let subject = Object(occurrence.subject)
            let own = await rules.subscribers(of: subject)
            let isWanted =
                isAlive
                ? isOurs(subject)
                    && all.subscribe(subject, own, occurrence.trigger, errand.destination)
                : await rules.hasWritten(event.uid)
            guard let known = all.knowing(occurrence.trigger, errand.destination), isWanted else {
                // Rules that are away for a moment, or mistyped, may come back.
                return await attempts.failed(errand, at: now())
            }
            let numbers =
                entry.conditions
                ?? known.holding(occurrence.trigger, occurrence.values, now: now()).numbers
            var left = numbers.filter { !attempt.done.contains($0) }
            while let number = left.first {
                if let next = await take(errand, occurrence, number, known) { return next }
                await attempts.finished(errand, number)
                left.removeFirst()
                if !left.isEmpty { _ = await settle(errand, event, left: left) }
            }
            return await settle(errand, event, left: [])
        } catch {
            log.warning(
                "notifications: not told yet",
                metadata: ["event": "\(errand.reference)", "error": "\(error.description)"])
            return await attempts.failed(errand, at: now())
        }
    }

    private func isOld(_ occurrence: Occurrence) -> Bool {
        now().milliseconds(since: occurrence.at) > longestAgeMilliseconds
    }

    /// Tells it by one condition, or gives that up.
    /// - Returns: when to try again, where neither came about.
    private func take(
        _ errand: Errand, _ occurrence: Occurrence, _ number: Int, _ rules: NotificationRules
    ) async -> Timestamp? {
        switch await deliver(occurrence, number, rules, to: errand.destination) {
        case .delivered: return nil
        case .refused(let reason):
            await complain(occurrence, errand.destination, reason, isLast: true)
            return nil
        case .later(let reason, let seconds):
            await complain(occurrence, errand.destination, reason, isLast: false)
            return await attempts.failed(errand, seconds: seconds, at: now())
        }
    }

    private func event(_ reference: Reference) -> Object? {
        for cache in events {
            if let event = cache.get(namespace: reference.namespace, name: reference.name) {
                return event
            }
        }
        return nil
    }

    /// What an event tells, and whether what it is about is still there.
    private func occurrence(of event: Object) async -> (Occurrence, isAlive: Bool) {
        let involved = event.json["involvedObject"]
        let (kind, name) = (involved?["kind"]?.string ?? "", involved?["name"]?.string ?? "")
        let known = await subject(kind, namespace: event.namespace, name: name)
        let isSame = known?.uid == involved?["uid"]?.string
        // Of what is gone only the name is left.
        let gone: JSON = [
            "apiVersion": involved?["apiVersion"] ?? "", "kind": .string(kind),
            "metadata": ["namespace": .string(event.namespace), "name": .string(name)],
        ]
        let reason = event.json["reason"]?.string ?? ""
        let message = event.json["message"]?.string ?? ""
        let subject = (known.flatMap { isSame ? $0 : nil } ?? Object(gone))
            .before(Rollouts.Event(reason, message))
        let at =
            (event.json["eventTime"]?.string ?? event.json["lastTimestamp"]?.string)
            .flatMap(Timestamp.init(rfc3339:)) ?? event.creationTimestamp ?? now()
        // Whoever writes an event may write any time into it; the server's own is in seconds.
        let created = event.creationTimestamp?.advanced(bySeconds: 1) ?? now()
        let occurrence = Occurrence(
            uid: event.uid, trigger: trigger(forReason: reason), reason: reason,
            message: message, isWarning: event.json["type"] == "Warning", at: min(at, created),
            subject: subject.json, runs: runs(of: subject))
        return (occurrence, known != nil && isSame)
    }

    /// Of kinds that no cache has, the server is asked.
    private func subject(_ kind: String, namespace: String, name: String) async -> Object? {
        if let known = object(kind, namespace: namespace, name: name) { return known }
        guard kind == Resource.experiments.kind else { return nil }
        do throws(ClusterError) {
            return try await edge.get(
                Reference(.experiments, namespace: namespace, name: name))
        } catch {
            return nil
        }
    }

    /// Delivers by one condition of the trigger, unless that was told on the same occasion.
    private func deliver(
        _ occurrence: Occurrence, _ number: Int, _ rules: NotificationRules,
        to destination: Destination
    ) async -> Verdict {
        let subject = Object(occurrence.subject)
        let conditions = rules.triggers[occurrence.trigger] ?? []
        guard conditions.indices.contains(number) else {
            return .refused("the trigger has changed")
        }
        let occasion: String
        do throws(ConditionError) {
            occasion = try conditions[number].occasion(occurrence.values, now: now())
        } catch {
            return .refused("oncePer has no answer: \(error)")
        }
        if occasion.isEmpty { return await send(occurrence, number, rules, to: destination) }
        let mark = conditions[number].mark(
            occurrence.trigger, number, destination, occasion: occasion)
        if await isTold(mark, subject) { return .delivered }
        let verdict = await send(occurrence, number, rules, to: destination)
        if verdict == .delivered { await note(mark, .told, on: subject) }
        return verdict
    }

    /// Shortens the list on the event.
    ///
    /// - Parameter left: the conditions by which it is still to be told.
    /// - Returns: when to try again, where the server did not store it.
    private func settle(_ errand: Errand, _ seen: Object, left: [Int]) async -> Timestamp? {
        var event: Object? = seen
        for _ in 0..<mostConflicts {
            guard let current = event else { break }
            var due = DueList(current.annotations[NotificationKeys.due])
            if left.isEmpty {
                due[errand.destination] = nil
            } else {
                due[errand.destination]?.conditions = left
            }
            let patch = current.patch(NotificationKeys.due, due.text)
            do throws(ClusterError) {
                let stored = try await edge.write(Write(errand.reference, .patch(patch)))
                if let stored { for cache in events { cache.observed(stored) } }
                if left.isEmpty { await attempts.forget(errand) }
                if await attempts.noting(isAllowed: true) {
                    log.info("notifications: events can be noted on again")
                }
                return nil
            } catch {
                switch error {
                case .notFound:
                    await attempts.forget(errand)
                    return nil
                case .conflict:
                    await pause()
                    event = self.event(errand.reference)
                case .refused, .refusedAs:
                    if await attempts.noting(isAllowed: false) {
                        log.error(
                            """
                            notifications: nothing more is delivered until this controller may \
                            patch events
                            """, metadata: ["error": "\(error.description)"])
                    }
                    return await attempts.failed(errand, at: now())
                case .alreadyExists, .ending, .unreachable:
                    log.warning(
                        "notifications: told, and not noted",
                        metadata: ["event": "\(errand.reference)", "error": "\(error)"])
                    return await attempts.failed(errand, at: now())
                }
            }
        }
        return await attempts.failed(errand, at: now())
    }
}

extension Object {
    /// This rollout with the step that was under way when `event` happened: the field tells of an
    /// event before the step is counted as done (§7.2), and ours is stored first.
    func before(_ event: Rollouts.Event) -> Object {
        guard let step = event.completedStep, status?["currentStepIndex"] != nil else {
            return self
        }
        var rollout = self
        rollout["status", "currentStepIndex"] = .int(Int64(step))
        return rollout
    }
}

/// An hour, for which servers keep events. Older news is no help to anybody.
let longestAgeMilliseconds: Int64 = 3_600_000
/// So often somebody else may have written the same object in between.
let mostConflicts = 5
