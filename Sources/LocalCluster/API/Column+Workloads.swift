import Documents
import KubernetesObjects

// Columns of what runs: pods and those who make them.
extension Column {
    static let podColumns: [Column] = [
        .name,
        .text("Ready") { pod in
            let statuses = pod["status", "containerStatuses"]?.array ?? []
            let ready = statuses.count { $0["ready"]?.bool == true }
            return "\(ready)/\(pod["spec", "containers"]?.array?.count ?? 0)"
        },
        .text("Status", podStatus),
        .init(name: "Restarts") { pod, now in .string(restarts(of: pod, at: now)) },
        .age,
        .text("IP", wide: true) { $0["status", "podIP"]?.string ?? "<none>" },
        .text("Node", wide: true) { $0["spec", "nodeName"]?.string ?? "<none>" },
        .text("Nominated Node", wide: true) { _ in "<none>" },
        .text("Readiness Gates", wide: true) { _ in "<none>" },
    ]

    /// The most telling word: why a container waits or ended before the phase of the pod.
    @Sendable private static func podStatus(_ pod: Object) -> String {
        if pod.deletionTimestamp != nil { return "Terminating" }
        if let word = initStatus(pod) { return word }
        var word = pod["status", "reason"]?.string ?? pod["status", "phase"]?.string ?? "Unknown"
        for status in (pod["status", "containerStatuses"]?.array ?? []).reversed() {
            if let reason = status["state"]?["waiting"]?["reason"]?.string, !reason.isEmpty {
                word = reason
            } else if let terminated = status["state"]?["terminated"] {
                let reason = terminated["reason"]?.string ?? ""
                word = reason.isEmpty ? "ExitCode:\(terminated["exitCode"]?.int ?? 0)" : reason
            }
        }
        return word
    }

    /// How far the init containers are; nil where they are done.
    private static func initStatus(_ pod: Object) -> String? {
        let statuses = pod["status", "initContainerStatuses"]?.array ?? []
        let index = statuses.firstIndex { $0["state"]?["terminated"]?["exitCode"]?.int != 0 }
        guard let index else { return nil }
        let state = statuses[index]["state"]
        if let terminated = state?["terminated"] {
            let reason = terminated["reason"]?.string ?? ""
            return "Init:"
                + (reason.isEmpty ? "ExitCode:\(terminated["exitCode"]?.int ?? 0)" : reason)
        }
        let reason = state?["waiting"]?["reason"]?.string ?? ""
        return "Init:" + (reason.isEmpty ? "\(index)/\(statuses.count)" : reason)
    }

    private static func restarts(of pod: Object, at now: Timestamp) -> String {
        let statuses = pod["status", "containerStatuses"]?.array ?? []
        let count = statuses.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
        let last = statuses.compactMap {
            $0["lastState"]?["terminated"]?["finishedAt"]?.string.flatMap(Timestamp.init(rfc3339:))
        }.max()
        guard count > 0, let last else { return "\(count)" }
        return "\(count) (\(LocalCluster.age(of: last, at: now)) ago)"
    }

    static let deploymentColumns: [Column] =
        [
            .name,
            .text("Ready") {
                "\($0["status", "readyReplicas"]?.int ?? 0)/\($0["spec", "replicas"]?.int ?? 1)"
            },
            .count("Up-to-date", "status", "updatedReplicas"),
            .count("Available", "status", "availableReplicas"), .age,
        ] + templateColumns

    static let replicaSetColumns: [Column] =
        [
            .name, .count("Desired", "spec", "replicas"), .count("Current", "status", "replicas"),
            .count("Ready", "status", "readyReplicas"), .age,
        ] + templateColumns

    static let jobColumns: [Column] =
        [
            .name, .text("Status", jobStatus),
            .text("Completions") { job in
                let done = job["status", "succeeded"]?.int ?? 0
                guard let wanted = job["spec", "completions"]?.int else { return "\(done)/1" }
                return "\(done)/\(wanted)"
            },
            .init(name: "Duration") { job, now in
                func time(_ key: String) -> Timestamp? {
                    job["status", key]?.string.flatMap(Timestamp.init(rfc3339:))
                }
                guard let start = time("startTime") else { return "" }
                return .string(LocalCluster.age(of: start, at: time("completionTime") ?? now))
            },
            .age,
        ] + templateColumns

    @Sendable private static func jobStatus(_ job: Object) -> String {
        if job.deletionTimestamp != nil { return "Terminating" }
        for condition in job["status", "conditions"]?.array ?? []
        where condition["status"]?.string == "True" {
            if let type = condition["type"]?.string,
                ["Complete", "Failed", "Suspended"].contains(type)
            {
                return type
            }
        }
        return "Running"
    }

    private static let templateColumns: [Column] = [
        .text("Containers", wide: true) { containers(of: $0, "name") },
        .text("Images", wide: true) { containers(of: $0, "image") },
        .text("Selector", wide: true) { workload in
            do throws(SelectorError) {
                return try LabelSelector(json: workload["spec", "selector"] ?? [:]).description
            } catch {
                return "<invalid>"
            }
        },
    ]

    private static func containers(of workload: Object, _ key: String) -> String {
        let containers = workload["spec", "template", "spec", "containers"]?.array ?? []
        return containers.compactMap { $0[key]?.string }.joined(separator: ",")
    }

    static let rolloutColumns: [Column] = [
        .name, .count("Desired", "spec", "replicas"), .count("Current", "status", "replicas"),
        .count("Up-to-date", "status", "updatedReplicas"),
        .count("Available", "status", "availableReplicas"), .age,
        .text("Phase", wide: true) { $0["status", "phase"]?.string ?? "" },
        .text("Weight", wide: true) { rollout in
            rollout["status", "canary", "weights", "canary", "weight"]?.int.map { "\($0)" } ?? ""
        },
    ]

    static let phaseColumns: [Column] = [
        .name, .text("Status") { $0["status", "phase"]?.string ?? "" }, .age,
    ]
}
