import Documents
import KubernetesObjects

/// Runs the pods of a Job until enough of them have succeeded or too many have failed.
enum Jobs {
    /// The wait before a failed pod is followed by another, doubled for each further failure.
    /// Kubernetes begins with ten seconds; in a box nobody else suffers from a fast retry.
    static let firstRetrySeconds = 1
    static let longestRetrySeconds = 60

    /// One turn of `job`; `pods` are all those it controls.
    static func turn(_ job: Object, pods: [Object], at now: Timestamp) -> Outcome {
        guard job.deletionTimestamp == nil else { return Outcome() }
        if let end = end(of: job) { return afterEnd(job, ended: end, pods: pods, at: now) }
        var state = JobState(job, pods: pods, at: now)
        var outcome = Outcome()
        let active = pods.filter(\.isActivePod)
        if let verdict = state.verdict {
            outcome.writes += remove(active)
            state.close(verdict, at: now)
        } else if job["spec", "suspend"]?.bool ?? false {
            outcome.writes += remove(active)
        } else {
            outcome = outcome + state.starts(active: active.count)
            if let limit = state.deadline { outcome.wake(at: limit) }
        }
        if let patch = statusPatch(from: job.status, to: state.status) {
            outcome.writes.append(.patchStatus(reference(of: job), patch))
        }
        return outcome
    }

    private static func end(of job: Object) -> JSON? {
        job["status", "conditions"]?.array?.first {
            ["Complete", "Failed"].contains($0["type"]?.string) && $0["status"]?.string == "True"
        }
    }

    /// A Job that ended keeps its pods for their logs, until `ttlSecondsAfterFinished`.
    private static func afterEnd(
        _ job: Object, ended: JSON, pods: [Object], at now: Timestamp
    ) -> Outcome {
        var outcome = Outcome(remove(pods.filter(\.isActivePod)))
        guard let seconds = job["spec", "ttlSecondsAfterFinished"]?.int,
            let time = ended["lastTransitionTime"]?.string.flatMap(Timestamp.init(rfc3339:))
        else { return outcome }
        let due = time.advanced(bySeconds: seconds)
        if due <= now {
            outcome.writes.append(.delete(reference(of: job), uid: job.uid))
        } else {
            outcome.wake(at: due)
        }
        return outcome
    }

    private static func remove(_ pods: [Object]) -> [Write] {
        pods.map { .delete(Reference(.pods, namespace: $0.namespace, name: $0.name), uid: $0.uid) }
    }

    static func reference(of job: Object) -> Reference {
        Reference(.jobs, namespace: job.namespace, name: job.name)
    }
}

/// A Job and what became of its pods, read once for a turn.
struct JobState {
    enum Verdict {
        case complete
        case failed(reason: String, message: String)
    }

    private let job: Object
    private let now: Timestamp
    private let succeeded: Int
    private let failed: Int
    private let lastFailure: Timestamp?
    private let started: Timestamp
    private(set) var status: JSON

    init(_ job: Object, pods: [Object], at now: Timestamp) {
        self.job = job
        self.now = now
        let failures = pods.filter { $0.podPhase == "Failed" }
        succeeded = pods.count { $0.podPhase == "Succeeded" }
        // A container restarted in place counts like a pod that failed.
        failed = failures.count + pods.filter(\.isActivePod).reduce(0) { $0 + $1.restartCount }
        lastFailure = failures.compactMap(\.lastTransition).max()
        started = job["status", "startTime"]?.string.flatMap(Timestamp.init(rfc3339:)) ?? now
        var status = job.status ?? [:]
        status["startTime"] = .string(started.rfc3339)
        let active = pods.count(where: \.isActivePod)
        status["active"] = active > 0 ? count(active) : .none
        status["succeeded"] = succeeded > 0 ? count(succeeded) : .none
        status["failed"] = failed > 0 ? count(failed) : .none
        self.status = status
    }

    private var completions: Int { max(1, job["spec", "completions"]?.int ?? 1) }
    private var backoffLimit: Int { job["spec", "backoffLimit"]?.int ?? 6 }

    var deadline: Timestamp? {
        job["spec", "activeDeadlineSeconds"]?.int.map { started.advanced(bySeconds: $0) }
    }

    var verdict: Verdict? {
        if succeeded >= completions { return .complete }
        if let deadline, deadline <= now {
            return .failed(
                reason: "DeadlineExceeded", message: "Job was active longer than specified deadline"
            )
        }
        if failed > backoffLimit {
            return .failed(
                reason: "BackoffLimitExceeded",
                message: "Job has reached the specified backoff limit")
        }
        return nil
    }

    mutating func close(_ verdict: Verdict, at now: Timestamp) {
        status["active"] = nil
        let time: JSON = .string(now.rfc3339)
        var condition: JSON = ["status": "True", "lastProbeTime": time, "lastTransitionTime": time]
        switch verdict {
        case .complete:
            condition["type"] = "Complete"
            status["completionTime"] = time
        case .failed(let reason, let message):
            condition["type"] = "Failed"
            condition["reason"] = .string(reason)
            condition["message"] = .string(message)
        }
        status["conditions"] = .array((status["conditions"]?.array ?? []) + [condition])
    }

    /// The pods to start now, or when to start the next after a failure.
    func starts(active: Int) -> Outcome {
        let parallel = max(0, job["spec", "parallelism"]?.int ?? 1)
        let missing = min(parallel, completions - succeeded) - active
        guard missing > 0 else { return Outcome() }
        if failed > 0, let lastFailure {
            let doubled = Jobs.firstRetrySeconds << min(failed - 1, 10)
            let due = lastFailure.advanced(bySeconds: min(doubled, Jobs.longestRetrySeconds))
            if due > now { return Outcome(wake: due) }
        }
        return Outcome(Array(repeating: .create(.pods, newPod()), count: missing))
    }

    private func newPod() -> Object {
        var template = job["spec", "template"] ?? [:]
        let own = [
            "job-name": job.name, "batch.kubernetes.io/job-name": job.name,
            "controller-uid": job.uid,
            "batch.kubernetes.io/controller-uid": job.uid,
        ]
        let labels = (template["metadata"]?["labels"]?.strings ?? [:]).merging(own) { mine, _ in
            mine
        }
        template.set(JSON(strings: labels), at: ["metadata", "labels"])
        if template["spec"]?["restartPolicy"] == nil {
            template.set("Never", at: ["spec", "restartPolicy"])
        }
        return pod(
            from: template, namespace: job.namespace, prefix: "\(job.name)-",
            owner: job.ownerReference(of: .jobs))
    }
}

extension Object {
    /// When the pod's last condition changed, which for an ended pod is its end.
    fileprivate var lastTransition: Timestamp? {
        (self["status", "conditions"]?.array ?? []).compactMap {
            $0["lastTransitionTime"]?.string.flatMap(Timestamp.init(rfc3339:))
        }.max()
    }
}
