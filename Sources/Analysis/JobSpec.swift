import Documents

/// The Job that a metric runs, as its document writes it (rollout-semantics §5.12); its texts may
/// still hold `{{args.x}}`.
package struct JobSpec: Hashable, Sendable {
    package var labels: [String: String]
    package var annotations: [String: String]
    /// The spec of the Job.
    package var spec: JSON
}

extension JobSpec {
    /// Reads `provider.job`.
    package init(reading reader: Reader) {
        reader.allowOnly(["metadata", "spec"])
        let metadata = reader["metadata"]
        metadata.allowOnly(["labels", "annotations"])
        labels = metadata["labels"].strings()
        annotations = metadata["annotations"].strings()
        spec = reader["spec"].value ?? .object(JSONObject())
        let pod = reader["spec"]["template"]["spec"]
        if pod["containers"].elements().isEmpty {
            pod["containers"].refuse("is missing", remedy: "name a container and its image")
        }
        let policy = pod["restartPolicy"].string() ?? ""
        if !["Never", "OnFailure"].contains(policy), !hasTag(policy) {
            pod["restartPolicy"].refuse(
                policy.isEmpty ? "is missing" : "unknown value \(quoted(policy))",
                remedy: "write Never or OnFailure: a Job takes nothing else")
        }
    }
}
