import Curl
import Documents
import KubernetesObjects
import Testing

@testable import Notifications

/// What the tests tell of: a release of `web/shop` that was given up.
let aborted = Occurrence(
    uid: "5f1c", trigger: "on-rollout-aborted", reason: "RolloutAborted",
    message: "Rollout aborted update to revision 2", isWarning: true,
    at: Timestamp(seconds: 1_700_000_000),
    subject: [
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
        "metadata": ["name": "shop", "namespace": "web", "labels": ["team": "web"]],
        "status": ["phase": "Degraded", "abort": true],
    ], runs: [])

/// The rules of a ConfigMap with these entries, and one template and trigger to use them with.
func rules(
    _ entries: [String: String],
    template: String = "message: \"{{.rollout.metadata.name}} aborted\"",
    secret: [String: Secret]? = ["token": Secret("t0ken-value")]
) -> NotificationRules {
    let usual = [
        "template.told": template, "trigger.on-rollout-aborted": "- send: [told]",
    ]
    let data = entries.merging(usual) { given, _ in given }
    return NotificationRules(configMap: ["data": JSON(strings: data)], secret: secret)
}

extension NotificationRules {
    /// What `destination` would be sent.
    func parcel(to destination: String) throws(DeliveryFault) -> Parcel {
        try parcel(aborted, 0, to: Destination(destination), now: Timestamp(seconds: 0))
    }

    /// The body of the only request, as JSON.
    func body(to destination: String) throws -> JSON {
        let request = try #require(try parcel(to: destination).requests.first)
        return try JSON(parsing: request.body ?? [])
    }
}
