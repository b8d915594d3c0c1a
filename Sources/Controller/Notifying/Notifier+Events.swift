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
    /// Takes an event one step further to one recipient.
    /// - Returns: when to try again; nil where nothing is left.
    func tell(_ errand: Errand, _ attempt: Attempts.Attempt) async -> Timestamp? {
        guard let event = self.event(errand.reference),
            var entry = DueList(event.annotations[NotificationKeys.due])[errand.destination]
        else {
            await attempts.forget(errand)
            return nil
        }
        entry.done = max(entry.done, attempt.done)
        let occurrence = self.occurrence(of: event)
        let subject = Object(occurrence.subject)
        do throws(ClusterError) {
            guard
                let rules = try await self.rules(
                    for: occurrence, errand.destination, in: event.namespace)
            else { return await settle(errand, event, done: nil) }
            let conditions = rules.triggers[occurrence.trigger] ?? []
            while entry.done < conditions.count {
                let failure = await deliver(
                    occurrence, entry.done, conditions[entry.done], rules, to: errand.destination)
                switch failure {
                case .delivered: break
                case .refused(let reason):
                    await complain(occurrence, errand.destination, reason, isLast: true)
                case .later(let reason, let seconds):
                    let age = now().milliseconds(since: occurrence.at)
                    if age > longestAgeMilliseconds {
                        await complain(occurrence, errand.destination, reason, isLast: true)
                        break
                    }
                    let (next, isFirst) = await attempts.failed(
                        errand, seconds: seconds, at: now())
                    if isFirst {
                        await complain(occurrence, errand.destination, reason, isLast: false)
                    }
                    return next
                }
                entry.done += 1
                await attempts.finished(errand, done: entry.done)
                if entry.done < conditions.count {
                    _ = await settle(errand, event, done: entry.done)
                }
            }
            return await settle(errand, event, done: nil)
        } catch {
            log.warning(
                "notifications: not told yet",
                metadata: ["about": "\(subject.namespace)/\(subject.name)", "error": "\(error)"])
            return await attempts.failed(errand, seconds: nil, at: now()).0
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

    private func occurrence(of event: Object) -> Occurrence {
        let involved = event.json["involvedObject"]
        let (kind, name) = (involved?["kind"]?.string ?? "", involved?["name"]?.string ?? "")
        let known = object(kind, namespace: event.namespace, name: name)
        let isSame = known?.uid == involved?["uid"]?.string
        // Of what is gone only the name is left.
        let gone: JSON = [
            "apiVersion": involved?["apiVersion"] ?? "", "kind": .string(kind),
            "metadata": ["namespace": .string(event.namespace), "name": .string(name)],
        ]
        let subject = known.flatMap { isSame ? $0 : nil } ?? Object(gone)
        let reason = event.json["reason"]?.string ?? ""
        let at =
            (event.json["eventTime"]?.string ?? event.json["lastTimestamp"]?.string)
            .flatMap(Timestamp.init(rfc3339:)) ?? event.creationTimestamp ?? now()
        return Occurrence(
            uid: event.uid, trigger: trigger(forReason: reason), reason: reason,
            message: event.json["message"]?.string ?? "",
            isWarning: event.json["type"] == "Warning", at: at, subject: subject.json,
            runs: runs(of: subject))
    }

    /// Delivers by one condition of the trigger; what does not hold is delivered already.
    private func deliver(
        _ occurrence: Occurrence, _ number: Int, _ condition: NotificationCondition,
        _ rules: NotificationRules, to destination: Destination
    ) async -> Verdict {
        let subject = Object(occurrence.subject)
        let mark: String?
        do throws(ConditionError) {
            guard try condition.holds(occurrence.values, now: now()) else { return .delivered }
            let occasion = try condition.occasion(occurrence.values, now: now())
            mark =
                occasion.isEmpty
                ? nil
                : condition.mark(occurrence.trigger, number, destination, occasion: occasion)
        } catch {
            return .refused("the condition has no answer: \(error)")
        }
        if let mark, await isTold(mark, subject) { return .delivered }
        let verdict = await send(occurrence, number, rules, to: destination)
        if let mark, verdict == .delivered { await note(mark, isTold: true, on: subject) }
        return verdict
    }

    /// Shortens the list on the event.
    ///
    /// - Parameter done: how many conditions have had their turn; nil for all.
    /// - Returns: when to try again, where the server did not store it.
    private func settle(_ errand: Errand, _ seen: Object, done: Int?) async -> Timestamp? {
        var event: Object? = seen
        for _ in 0..<mostConflicts {
            guard let current = event else { break }
            var due = DueList(current.annotations[NotificationKeys.due])
            if let done {
                due[errand.destination]?.done = done
            } else {
                due[errand.destination] = nil
            }
            let patch: JSON = [
                "metadata": [
                    "resourceVersion": .string(current.resourceVersion),
                    "annotations": [NotificationKeys.due: due.text.map(JSON.string) ?? .null],
                ]
            ]
            do throws(ClusterError) {
                let stored = try await edge.write(Write(errand.reference, .patch(.merge(patch))))
                if let stored { for cache in events { cache.observed(stored) } }
                if done == nil { await attempts.forget(errand) }
                return nil
            } catch {
                switch error {
                case .notFound:
                    await attempts.forget(errand)
                    return nil
                case .conflict:
                    await pause()
                    event = self.event(errand.reference)
                case .alreadyExists, .refused, .unreachable:
                    log.warning(
                        "notifications: told, and not noted",
                        metadata: ["event": "\(errand.reference)", "error": "\(error)"])
                    return await attempts.failed(errand, seconds: nil, at: now()).0
                }
            }
        }
        return await attempts.failed(errand, seconds: nil, at: now()).0
    }
}

/// An hour, for which servers keep events. Older news is no help to anybody.
private let longestAgeMilliseconds: Int64 = 3_600_000
/// So often somebody else may have written the same object in between.
let mostConflicts = 5
