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
        let occurrence = self.occurrence(of: event)
        do throws(ClusterError) {
            let known = try await rules(for: occurrence, errand.destination, in: event.namespace)
            guard let known else { return await settle(errand, event, left: []) }
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
            return await attempts.failed(errand, at: now()).next
        }
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
            if now().milliseconds(since: occurrence.at) > longestAgeMilliseconds {
                await complain(occurrence, errand.destination, reason, isLast: true)
                return nil
            }
            let (next, isNews) = await attempts.failed(
                errand, seconds: seconds, complains: true, at: now())
            if isNews { await complain(occurrence, errand.destination, reason, isLast: false) }
            return next
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
        if verdict == .delivered { await note(mark, isTold: true, on: subject) }
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
            let patch: JSON = [
                "metadata": [
                    "resourceVersion": .string(current.resourceVersion),
                    "annotations": [NotificationKeys.due: due.text.map(JSON.string) ?? .null],
                ]
            ]
            do throws(ClusterError) {
                let stored = try await edge.write(Write(errand.reference, .patch(.merge(patch))))
                if let stored { for cache in events { cache.observed(stored) } }
                if left.isEmpty { await attempts.forget(errand) }
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
                    return await attempts.failed(errand, at: now()).next
                }
            }
        }
        return await attempts.failed(errand, at: now()).next
    }
}

/// An hour, for which servers keep events. Older news is no help to anybody.
private let longestAgeMilliseconds: Int64 = 3_600_000
/// So often somebody else may have written the same object in between.
let mostConflicts = 5
