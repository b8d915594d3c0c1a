import KubernetesClient
import KubernetesObjects

/// What was counted while the controller worked.
extension Exposition {
    func turnFamilies(_ name: String, _ resource: Resource) -> [MetricFamily] {
        var turns = MetricFamily(
            "\(name)_reconcile", .histogram, "How long turns took, in seconds.")
        var errors = MetricFamily(
            "\(name)_reconcile_error", .counter, "Turns that did not succeed.")
        for (subject, tally) in subjects(resource) {
            turns.add(place(of: subject), tally.turns)
            errors.add(place(of: subject), Double(tally.errors))
        }
        return [turns, errors]
    }

    func eventFamily() -> MetricFamily {
        family("rollout_events_total", "Events about rollouts.") { $0.events }
    }

    func notificationFamilies() -> [MetricFamily] {
        var times = MetricFamily(
            "notification_send", .histogram, "How long tries to deliver took, in seconds.")
        for (subject, tally) in subjects(.rollouts)
        where !tally.told.isEmpty || !tally.untold.isEmpty {
            times.add(place(of: subject), tally.telling)
        }
        return [
            times,
            family("notification_send_success", "Messages that were delivered.") { $0.told },
            family("notification_send_error", "Tries to deliver that did not succeed.") {
                $0.untold
            },
        ]
    }

    /// Of rollouts, by type and reason of events.
    private func family(
        _ name: String, _ help: String, _ counts: (Tallies.Tally) -> [Tallies.EventKind: Int]
    ) -> MetricFamily {
        var family = MetricFamily(name, .counter, help)
        for (subject, tally) in subjects(.rollouts) {
            let kinds = counts(tally).sorted {
                ($0.key.type, $0.key.reason) < ($1.key.type, $1.key.reason)
            }
            for (kind, count) in kinds {
                family.add(
                    place(of: subject) + [("type", kind.type), ("reason", kind.reason)],
                    Double(count))
            }
        }
        return family
    }

    /// The label `name` stays empty: those of analysis runs never come again.
    func requestFamily() -> MetricFamily {
        var family = MetricFamily(
            "controller_clientset_k8s_request_total", .counter, "Requests to the API server.")
        let ordered = requests.sorted {
            ($0.key.kind, $0.key.namespace, $0.key.verb, $0.key.status ?? 0)
                < ($1.key.kind, $1.key.namespace, $1.key.verb, $1.key.status ?? 0)
        }
        for (request, count) in ordered {
            family.add(
                [
                    ("kind", request.kind), ("namespace", request.namespace), ("name", ""),
                    ("verb", request.verb),
                    ("status_code", request.status.map { "\($0)" } ?? "<error>"),
                ], Double(count))
        }
        return family
    }

    func sightFamily() -> MetricFamily {
        var family = MetricFamily(
            "sluice_kind_followed", .gauge,
            "0 where this replica cannot follow objects of a kind, so that it acts on old ones.")
        for (kind, isFollowed) in followed { family.add([("kind", kind)], isFollowed ? 1 : 0) }
        return family
    }

    func queueFamilies() -> [MetricFamily] {
        func family(
            _ name: String, _ kind: MetricFamily.Kind, _ help: String,
            _ value: (QueueTally) -> Double
        ) -> MetricFamily {
            var family = MetricFamily("workqueue_\(name)", kind, help)
            for queue in queues { family.add([("name", queue.name)], value(queue.tally)) }
            return family
        }
        func histogram(
            _ name: String, _ help: String, _ durations: (QueueTally) -> Durations
        ) -> MetricFamily {
            var family = MetricFamily("workqueue_\(name)", .histogram, help)
            for queue in queues { family.add([("name", queue.name)], durations(queue.tally)) }
            return family
        }
        return [
            family("adds_total", .counter, "Objects that were put in the queue.") {
                Double($0.added)
            },
            family("depth", .gauge, "Objects that wait in the queue.") { Double($0.depth) },
            family("retries_total", .counter, "Objects that came back after a failure.") {
                Double($0.retried)
            },
            family("unfinished_work_seconds", .gauge, "How long turns have been under way.") {
                $0.underWay.reduce(0, +)
            },
            family(
                "longest_running_processor_seconds", .gauge, "How long the oldest turn has been."
            ) { $0.underWay.max() ?? 0 },
            histogram("queue_duration_seconds", "How long objects waited.") { $0.waited },
            histogram("work_duration_seconds", "How long turns took.") { $0.worked },
        ]
    }

    func programFamilies() -> [MetricFamily] {
        var controller = MetricFamily(
            "argo_rollouts_controller_info", .gauge, "Information about this controller.")
        controller.add([("version", version)], 1)
        var build = MetricFamily("build_info", .gauge, "How this program was built.")
        build.add([("version", version), ("goarch", architecture)], 1)
        guard let lease else { return [controller, build] }
        var leader = MetricFamily(
            "leader_election_master_status", .gauge, "1 where this replica leads.")
        leader.add([("name", lease.name)], lease.isHeld ? 1 : 0)
        return [controller, build, leader]
    }

    private func subjects(_ resource: Resource) -> [(key: Reference, value: Tallies.Tally)] {
        tallies.filter { $0.key.resource == resource }
            .sorted { ($0.key.namespace, $0.key.name) < ($1.key.namespace, $1.key.name) }
    }

    private func place(of subject: Reference) -> [(String, String)] {
        [("namespace", subject.namespace), ("name", subject.name)]
    }
}

/// That of this program.
let ownArchitecture: String = {
    #if arch(x86_64)
        "amd64"
    #elseif arch(arm64)
        "arm64"
    #else
        ""
    #endif
}()
