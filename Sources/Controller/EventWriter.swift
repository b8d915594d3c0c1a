import Documents
import KubernetesObjects
import Logging
import Manifests
import Rollouts

/// Writes Kubernetes events. An event that cannot be written is a line in the log: nothing waits for it.
struct EventWriter: Sendable {
    let cluster: Cluster
    let log: Logger
    let now: @Sendable () -> Timestamp

    func write(_ event: Rollouts.Event, about subject: Object) async {
        let now = now()
        var object = Object.event(
            named: "\(subject.name).\(String(nonce(), radix: 16))", about: subject,
            reason: event.reason, message: event.message, type: event.isWarning ? .warning : .normal,
            at: now)
        if let revision = subject.annotations[Keys.revision] {
            object["metadata", "annotations"] = JSON(strings: [Keys.revision: revision])
        }
        // Events in the API have whole seconds; their order is told by the micro time.
        object["eventTime"] = .string(now.rfc3339Micro)
        object["action"] = .string(event.reason)
        object["reportingComponent"] = "rollouts-controller"
        object["reportingInstance"] = "sluice"
        let reference = Reference(.events, namespace: object.namespace, name: object.name)
        do {
            _ = try await cluster.write(Write(reference, .create(object)))
        } catch {
            log.warning(
                "event not written",
                metadata: ["reason": "\(event.reason)", "error": "\(error.description)"])
        }
    }

    /// Names of events must differ; chance is fine, since nothing reads them.
    private func nonce() -> UInt64 { UInt64.random(in: .min ... .max) }
}
