import Documents
import KubernetesClient
import KubernetesObjects

/// What a monitoring system is told of a controller; the names are those of the field (§7.3), so
/// that its dashboards go on.
struct Exposition {
    var rollouts: [Object] = []
    var runs: [Object] = []
    var experiments: [Object] = []
    /// Those of all namespaces too.
    var templates: [Object] = []
    var tallies: [Reference: Tallies.Tally] = [:]
    var requests: [AnsweredRequest: Int] = [:]
    var queues: [(name: String, tally: QueueTally)] = []
    /// The kinds that are followed, and those that cannot be at this moment.
    var followed: [(kind: String, isFollowed: Bool)] = []
    /// Nil where nobody is elected.
    var lease: (name: String, isHeld: Bool)?
    var version = ""
    /// By the name that other programs of the field give it.
    var architecture = ownArchitecture

    /// In the text format of Prometheus.
    var text: String {
        var families = rolloutFamilies() + runFamilies() + experimentFamilies()
        families += templateFamilies()
        families += turnFamilies("rollout", .rollouts)
        families += turnFamilies("analysis_run", .analysisRuns)
        families += turnFamilies("experiment", .experiments)
        families += [eventFamily()] + notificationFamilies()
        families += [requestFamily(), sightFamily()] + queueFamilies() + programFamilies()
        return families.map(\.lines).joined()
    }

    private func rolloutFamilies() -> [MetricFamily] {
        var information = MetricFamily("rollout_info", .gauge, "Information about a rollout.")
        var phases = MetricFamily(
            "rollout_phase", .gauge, "Deprecated: use rollout_info. 1 for the phase of a rollout.")
        var replicas = ReplicaFamilies()
        for rollout in rollouts {
            let place = place(of: rollout)
            let known = ["blueGreen", "canary"]
            let canary = rollout.spec?["strategy"]?["canary"]
            let strategy = (
                "strategy", known.first { rollout.spec?["strategy"]?[$0] != nil } ?? "none"
            )
            let phase = OldPhase(rollout)
            information.add(
                place + [
                    strategy, ("traffic_router", router(of: canary)), ("phase", phase.rawValue),
                ], 1)
            for other in OldPhase.allCases {
                phases.add(place + [strategy, ("phase", other.rawValue)], other == phase ? 1 : 0)
            }
            replicas.add(rollout, at: place)
        }
        return [information] + replicas.all + [phases]
    }

    /// Only the phase that is: with a series of zero for each other one, ten thousand rollouts
    /// would have a million.
    private func runFamilies() -> [MetricFamily] {
        var information = MetricFamily(
            "analysis_run_info", .gauge, "Information about an analysis run.")
        var phases = MetricFamily(
            "analysis_run_phase", .gauge, "Deprecated: use analysis_run_info.")
        var types = MetricFamily(
            "analysis_run_metric_type", .gauge, "The provider of each metric of an analysis run.")
        var metricPhases = MetricFamily(
            "analysis_run_metric_phase", .gauge, "The phase of each metric of an analysis run.")
        for run in runs {
            let place = place(of: run)
            let phase = run.status?["phase"]?.string ?? ""
            information.add(place + [("phase", phase)], 1)
            phases.add(place + [("phase", phase.isEmpty ? "Pending" : phase)], 1)
            let results = run.status?["metricResults"]?.array ?? []
            for metric in run.spec?["metrics"]?.array ?? [] {
                let name = ("metric", metric["name"]?.string ?? "")
                let type = ("type", provider(of: metric))
                let result = results.first { $0["name"]?.string == name.1 }
                types.add(place + [name, type], 1)
                metricPhases.add(
                    place + [
                        name, type,
                        ("dry_run", result?["dryRun"]?.bool == true ? "true" : "false"),
                        ("phase", result?["phase"]?.string ?? "Pending"),
                    ], 1)
            }
        }
        return [information, phases, types, metricPhases]
    }

    private func experimentFamilies() -> [MetricFamily] {
        var information = MetricFamily(
            "experiment_info", .gauge, "Information about an experiment.")
        var phases = MetricFamily(
            "experiment_phase", .gauge, "Deprecated: use experiment_info.")
        for experiment in experiments {
            let phase = experiment.status?["phase"]?.string ?? ""
            let place = place(of: experiment)
            information.add(place + [("phase", phase)], 1)
            phases.add(place + [("phase", phase.isEmpty ? "Pending" : phase)], 1)
        }
        return [information, phases]
    }

    private func templateFamilies() -> [MetricFamily] {
        var information = MetricFamily(
            "analysis_template_info", .gauge, "Information about an analysis template.")
        var metrics = MetricFamily(
            "analysis_template_metric_info", .gauge, "The metrics of an analysis template.")
        for template in templates {
            let place = place(of: template)
            information.add(place, 1)
            for metric in template.spec?["metrics"]?.array ?? [] {
                metrics.add(
                    place + [
                        ("type", provider(of: metric)), ("metric", metric["name"]?.string ?? ""),
                    ], 1)
            }
        }
        return [information, metrics]
    }

    /// By the first router of the document: `nginx` is `Nginx` there.
    private func router(of canary: JSON?) -> String {
        guard let routing = canary?["trafficRouting"]?.object else { return "" }
        let known = routing.members.first { $0.key != "managedRoutes" }
        guard let key = known?.key else { return "" }
        if key == "plugins" { return known?.value.object?.members.first?.key ?? "" }
        return title(of: key)
    }

    private func provider(of metric: JSON) -> String {
        let key = metric["provider"]?.object?.members.first?.key
        return key.map(title) ?? "Unknown Provider"
    }

    /// The name that the field's metrics give to what a document calls `key`.
    private func title(of key: String) -> String {
        let others = [
            "alb": "ALB", "smi": "SMI", "web": "WebMetric", "skywalking": "skywalking",
            "plugin": "RPCPlugin",
        ]
        return others[key] ?? key.prefix(1).uppercased() + key.dropFirst()
    }

    private func place(of object: Object) -> [(String, String)] {
        [("namespace", object.namespace), ("name", object.name)]
    }
}

/// The numbers of pods of rollouts.
private struct ReplicaFamilies {
    private var available = Self.family("available")
    private var unavailable = Self.family("unavailable")
    private var desired = Self.family("desired")
    private var updated = Self.family("updated")

    var all: [MetricFamily] { [available, unavailable, desired, updated] }

    mutating func add(_ rollout: Object, at place: [(String, String)]) {
        let present = rollout.status?["replicas"]?.int ?? 0
        let ready = rollout.status?["availableReplicas"]?.int ?? 0
        available.add(place, Double(ready))
        unavailable.add(place, Double(max(present - ready, 0)))
        desired.add(place, Double(rollout.spec?["replicas"]?.int ?? 1))
        updated.add(place, Double(rollout.status?["updatedReplicas"]?.int ?? 0))
    }

    private static func family(_ name: String) -> MetricFamily {
        MetricFamily("rollout_info_replicas_\(name)", .gauge, "The \(name) replicas of a rollout.")
    }
}

/// How a rollout stands, in the words that came before `status.phase`.
private enum OldPhase: String, CaseIterable {
    case completed = "Completed"
    case progressing = "Progressing"
    case paused = "Paused"
    case timeout = "Timeout"
    case error = "Error"
    case abort = "Abort"
    case invalidSpec = "InvalidSpec"

    init(_ rollout: Object) {
        let conditions = rollout.status?["conditions"]?.array ?? []
        let progress = conditions.first { $0["type"]?.string == "Progressing" }
        if conditions.contains(where: { $0["type"]?.string == Self.invalidSpec.rawValue }) {
            self = .invalidSpec
            return
        }
        self =
            switch progress?["reason"]?.string {
            case "NewReplicaSetAvailable": .completed
            case "RolloutPaused": .paused
            case "ProgressDeadlineExceeded": .timeout
            case "ReplicaSetCreateError", "ServiceNotFound": .error
            case "RolloutAborted": .abort
            case _: .progressing
            }
    }
}
