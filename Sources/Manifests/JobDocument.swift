import Analysis
import Documents
import KubernetesObjects

/// Jobs that measure, on the wire (rollout-semantics §5.12).
package enum JobDocument {
    /// What a measurement says of its Job.
    package static let nameKey = "job-name"
    package static let namespaceKey = "job-namespace"

    /// The Job of the measurement with this number, owned by its run. In another `namespace` nobody
    /// can own it: it says whose it is, and goes some time after its end, whatever becomes of the
    /// run.
    package static func created(
        _ spec: JobSpec, metric: String, number: Int, for run: Object,
        in namespace: String? = nil
    ) -> Object {
        let labels = spec.labels.merging([Keys.runUID: run.uid]) { $1 }
        let annotations = spec.annotations.merging([
            Keys.runName: run.name, Keys.runNamespace: run.namespace, Keys.runMetric: metric,
        ]) { $1 }
        let owner = OwnerReference(
            apiVersion: Resource.analysisRuns.apiVersion, kind: Resource.analysisRuns.kind,
            name: run.name, uid: run.uid)
        var job = Object([
            "apiVersion": .string(Resource.jobs.apiVersion), "kind": .string(Resource.jobs.kind),
            "metadata": [
                "name": .string(name(metric: metric, number: number, run: run)),
                "namespace": .string(namespace ?? run.namespace), "labels": JSON(strings: labels),
                "annotations": JSON(strings: annotations),
            ],
            "spec": spec.spec,
        ])
        if job.namespace == run.namespace {
            job["metadata", "ownerReferences"] = [owner.json]
        } else if spec.spec[Self.lifetimeKey]?.int == nil {
            job["spec", Self.lifetimeKey] = .int(Self.lifetimeSeconds)
        }
        return job
    }

    /// Whether a Job measures for this run.
    package static func belongs(_ job: Object, to run: Object) -> Bool {
        job.namespace == run.namespace
            ? job.isControlled(by: run) : job.labels[Keys.runUID] == run.uid
    }

    private static let lifetimeKey = "ttlSecondsAfterFinished"
    /// A day: a controller that was away reads how it ended, and the Jobs of runs that are gone do
    /// not fill the namespace.
    private static let lifetimeSeconds: Int64 = 86_400

    /// `<run>.<metric>.<number>`, of which the middle gives way: pods are labelled with it.
    private static func name(metric: String, number: Int, run: Object) -> String {
        let plain = metric.lowercased().map { character in
            character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
        }
        let room = Naming.labelLimit - run.uid.count - "\(number)".count - 2
        let middle = String(plain.prefix(max(room, 0))).split(separator: "-").joined(separator: "-")
        return [run.uid, middle, "\(number)"].filter { !$0.isEmpty }.joined(separator: ".")
    }

    /// How a Job stands: successful, failed, or running.
    package static func phase(of job: Object) -> RunPhase {
        let conditions = job.status?["conditions"]?.array ?? []
        func holds(_ type: String) -> Bool {
            conditions.contains { $0["type"]?.string == type && $0["status"] == "True" }
        }
        return holds("Failed") ? .failed : holds("Complete") ? .successful : .running
    }

    /// Why it failed, in the words of the server.
    package static func message(of job: Object) -> String {
        let failed = job.status?["conditions"]?.array?.first { $0["type"] == "Failed" }
        return failed?["message"]?.string ?? ""
    }
}
