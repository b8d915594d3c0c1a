import Documents
import KubernetesClient
import KubernetesObjects

/// What a monitoring system may ask; the names are those of the field (§7.3), so that its
/// dashboards go on.
extension ControllerLoop {
    /// Why this replica cannot do its work yet; empty where it can. Whether it leads is no matter.
    package var obstacles: [String] {
        let missing = cluster.caches.filter { !$0.value.isSynced }
            .map { "\($0.key.plural) are not listed yet" }.sorted()
        let trouble = leadership?.lastTrouble.map { "the lease: \($0)" }
        return missing + [trouble].compactMap(\.self)
    }

    /// Everything that is counted or can be seen now, in the text format of Prometheus.
    package func exposition() async -> String {
        let kept = await tallies.tallies
        let calls = await tallies.calls
        var families = rolloutFamilies() + runFamilies() + [templates()]
        families += turnFamilies("rollout", .rollouts, kept)
        families += turnFamilies("analysis_run", .analysisRuns, kept)
        families += [events(kept), requests(calls)] + leaderFamilies()
        return families.map(\.lines).joined()
    }

    private func rolloutFamilies() -> [MetricFamily] {
        var information = MetricFamily("rollout_info", .gauge, "Information about a rollout.")
        var replicas = [
            ("available", "availableReplicas"), ("unavailable", "unavailableReplicas"),
            ("desired", ""), ("updated", "updatedReplicas"),
        ].map { name, field in
            (
                field: field,
                family: MetricFamily(
                    "rollout_info_replicas_\(name)", .gauge, "The \(name) replicas of a rollout.")
            )
        }
        for rollout in objects(.rollouts) {
            let place = place(of: rollout)
            let canary = rollout.spec?["strategy"]?["canary"]
            information.add(
                place + [
                    ("strategy", canary == nil ? "blueGreen" : "canary"),
                    ("traffic_router", Self.router(of: canary)),
                    ("phase", rollout.status?["phase"]?.string ?? ""),
                ], 1)
            let desired = rollout.spec?["replicas"]?.int ?? 1
            let available = rollout.status?["availableReplicas"]?.int ?? 0
            for index in replicas.indices {
                let value =
                    switch replicas[index].field {
                    case "": desired
                    // Upstream does not store it either.
                    case "unavailableReplicas": max(desired - available, 0)
                    case let field: rollout.status?[field]?.int ?? 0
                    }
                replicas[index].family.add(place, Double(value))
            }
        }
        return [information] + replicas.map(\.family)
    }

    /// By the first router of the document: `nginx` is `Nginx` there.
    private static func router(of canary: JSON?) -> String {
        guard let routing = canary?["trafficRouting"]?.object else { return "" }
        let known = routing.members.first { $0.key != "managedRoutes" }
        guard let key = known?.key else { return "" }
        if key == "plugins" { return known?.value.object?.members.first?.key ?? "" }
        return Self.title(of: key)
    }

    private func runFamilies() -> [MetricFamily] {
        var information = MetricFamily(
            "analysis_run_info", .gauge, "Information about an analysis run.")
        var phases = MetricFamily(
            "analysis_run_metric_phase", .gauge, "The phase of each metric of an analysis run.")
        for run in objects(.analysisRuns) {
            let place = place(of: run)
            information.add(place + [("phase", run.status?["phase"]?.string ?? "")], 1)
            for result in run.status?["metricResults"]?.array ?? [] {
                let name = result["name"]?.string ?? ""
                phases.add(
                    place + [
                        ("metric", name), ("type", provider(of: name, in: run)),
                        ("dry_run", result["dryRun"]?.bool == true ? "true" : "false"),
                        ("phase", result["phase"]?.string ?? ""),
                    ], 1)
            }
        }
        return [information, phases]
    }

    private func provider(of metric: String, in run: Object) -> String {
        let metrics = run.spec?["metrics"]?.array ?? []
        let found = metrics.first { $0["name"]?.string == metric }
        let key = found?["provider"]?.object?.members.first?.key ?? ""
        return Self.title(of: key)
    }

    private func templates() -> MetricFamily {
        var family = MetricFamily(
            "analysis_template_info", .gauge, "Information about an analysis template.")
        for template in objects(.analysisTemplates) + objects(.clusterAnalysisTemplates) {
            family.add(place(of: template), 1)
        }
        return family
    }

    private func turnFamilies(
        _ name: String, _ resource: Resource, _ tallies: [Reference: Tallies.Tally]
    ) -> [MetricFamily] {
        var turns = MetricFamily(
            "\(name)_reconcile", .histogram, "How long turns took, in seconds.")
        var errors = MetricFamily(
            "\(name)_reconcile_error", .counter, "Turns that did not succeed.")
        for (subject, tally) in tallies.inOrder where subject.resource == resource {
            let place = [("namespace", subject.namespace), ("name", subject.name)]
            turns.add(place, tally.turns)
            errors.add(place, Double(tally.errors))
        }
        return [turns, errors]
    }

    private func events(_ tallies: [Reference: Tallies.Tally]) -> MetricFamily {
        var family = MetricFamily("rollout_events_total", .counter, "Events about rollouts.")
        for (subject, tally) in tallies.inOrder where subject.resource == .rollouts {
            let kinds = tally.events.sorted {
                ($0.key.type, $0.key.reason) < ($1.key.type, $1.key.reason)
            }
            for (kind, count) in kinds {
                family.add(
                    [
                        ("namespace", subject.namespace), ("name", subject.name),
                        ("type", kind.type), ("reason", kind.reason),
                    ], Double(count))
            }
        }
        return family
    }

    /// Without the names of the objects: those of analysis runs never come again.
    private func requests(_ calls: [Tallies.Call: Int]) -> MetricFamily {
        var family = MetricFamily(
            "controller_clientset_k8s_request_total", .counter,
            "Requests to the API server that no cache answers.")
        let ordered = calls.sorted {
            ($0.key.kind, $0.key.namespace, $0.key.verb, $0.key.status)
                < ($1.key.kind, $1.key.namespace, $1.key.verb, $1.key.status)
        }
        for (call, count) in ordered {
            family.add(
                [
                    ("kind", call.kind), ("namespace", call.namespace), ("name", ""),
                    ("verb", call.verb), ("status_code", "\(call.status)"),
                ], Double(count))
        }
        return family
    }

    private func leaderFamilies() -> [MetricFamily] {
        var build = MetricFamily(
            "argo_rollouts_controller_info", .gauge, "Information about this controller.")
        build.add([("version", settings.version)], 1)
        guard let leadership else { return [build] }
        var leader = MetricFamily(
            "leader_election_master_status", .gauge, "1 where this replica leads.")
        leader.add([("name", leadership.lease.name)], leadership.remaining > .zero ? 1 : 0)
        return [build, leader]
    }

    /// The name that the field's metrics give to what a document calls `key`.
    private static func title(of key: String) -> String {
        key.prefix(1).uppercased() + key.dropFirst()
    }

    private func objects(_ resource: Resource) -> [Object] {
        (cluster.caches[resource]?.list() ?? []).filter(settings.isOurs)
    }

    private func place(of object: Object) -> [(String, String)] {
        [("namespace", object.namespace), ("name", object.name)]
    }
}

extension [Reference: Tallies.Tally] {
    fileprivate var inOrder: [(key: Reference, value: Tallies.Tally)] {
        sorted { ($0.key.namespace, $0.key.name) < ($1.key.namespace, $1.key.name) }
    }
}
