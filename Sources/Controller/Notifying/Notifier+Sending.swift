import Documents
import KubernetesObjects
import Logging
import Notifications
import Rollouts

/// What telling of anything has in common.
extension Notifier {
    /// Makes a message and tries once to deliver it.
    func send(
        _ occurrence: Occurrence, _ number: Int, _ rules: NotificationRules,
        to destination: Destination
    ) async -> Verdict {
        let time = min(Post.longestTry, tenure.remaining())
        // What another replica may be sending by then is left to it.
        guard time > shortestTry, !Task.isCancelled else {
            return .later("the time of this leader is over", seconds: nil)
        }
        let begun = ContinuousClock.now
        let verdict: Verdict
        do throws(DeliveryFault) {
            let parcel = try rules.parcel(occurrence, number, to: destination, now: now())
            verdict = await post.deliver(parcel, time)
        } catch {
            // Whoever corrects the configuration in time still gets it.
            verdict = .later(error.message, seconds: nil)
        }
        await count(occurrence, begun.duration(to: .now) / .seconds(1), verdict)
        if verdict == .delivered {
            await attempts.worked("\(occurrence.namespace)/\(destination)")
            log.info(
                "notified",
                metadata: [
                    "trigger": "\(occurrence.trigger)", "to": "\(destination)",
                    "key": "\(occurrence.uid)",
                ])
        }
        return verdict
    }

    private func count(_ occurrence: Occurrence, _ seconds: Double, _ verdict: Verdict) async {
        let subject = Object(occurrence.subject)
        guard subject.kind == Resource.rollouts.kind else { return }
        let reference = Reference(.rollouts, namespace: subject.namespace, name: subject.name)
        guard cluster.knows(reference) else { return }
        await tallies.notified(
            reference, type: occurrence.isWarning ? "Warning" : "Normal",
            reason: occurrence.reason, seconds: seconds, succeeded: verdict == .delivered)
    }

    /// Says that a message was not delivered, in an event and in the log: once for a destination,
    /// until it works again.
    func complain(
        _ occurrence: Occurrence, _ destination: Destination, _ reason: String, isLast: Bool
    ) async {
        guard !Task.isCancelled,
            await attempts.warns(of: "\(occurrence.namespace)/\(destination)")
        else { return }
        let end = isLast ? "it is given up" : "it is tried again for an hour"
        log.warning(
            "notifications: not delivered",
            metadata: [
                "trigger": "\(occurrence.trigger)", "to": "\(destination)", "error": "\(reason)",
                "givenUp": "\(isLast)",
            ])
        announce(
            Rollouts.Event(
                NotificationKeys.failed,
                "\(occurrence.trigger) was not delivered to \(destination): \(reason); \(end)",
                isWarning: true), Object(occurrence.subject))
    }

    /// Says that somebody is told of nothing by an annotation: once for each object that has it.
    func complain(_ fault: String, of subject: Object) async {
        guard await attempts.complains(of: fault, of: subject.uid) else { return }
        log.warning(
            "notifications: an annotation subscribes nobody",
            metadata: ["object": "\(subject.namespace)/\(subject.name)", "error": "\(fault)"])
        announce(
            Rollouts.Event(
                NotificationKeys.failed, "\(fault): it subscribes nobody", isWarning: true),
            subject)
    }
}

/// A try that is cut shorter says nothing about the service.
private let shortestTry = Duration.seconds(1)
