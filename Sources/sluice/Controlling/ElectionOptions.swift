import ArgumentParser
import Documents
import Foundation
import KubernetesClient
import KubernetesObjects
import Logging

/// How one of several replicas becomes the one that acts, in the words of the field (§7.4).
struct ElectionOptions: ParsableArguments {
    @Option(
        name: .customLong("leader-election-lease-duration"),
        help: ArgumentHelp(
            "How long others wait for a leader that is silent.", valueName: "duration"))
    var leaseDuration = TimeLimit(seconds: 15)

    @Option(
        name: .customLong("leader-election-renew-deadline"),
        help: ArgumentHelp(
            "How long a leader acts on without a renewed lease.", valueName: "duration"))
    var renewDeadline = TimeLimit(seconds: 10)

    @Option(
        name: .customLong("leader-election-retry-period"),
        help: ArgumentHelp("The time between two looks at the lease.", valueName: "duration"))
    var retryPeriod = TimeLimit(seconds: 2)

    /// The lease of the field's controller, so that the two never act on the same rollouts.
    static let leaseName = "argo-rollouts-controller-lock"
    /// Where the field's controller looks for its lease when nothing says where it runs.
    static let usualNamespace = "argo-rollouts"

    /// What cannot be followed, a sentence each.
    var problems: [String] {
        var problems: [String] = []
        if retryPeriod.milliseconds == 0
            || retryPeriod.milliseconds * 2 > renewDeadline.milliseconds
        {
            problems.append(
                "--leader-election-renew-deadline must be at least twice the retry period")
        }
        // Clocks of two machines may differ by a fifth in speed before this is too little.
        if renewDeadline.milliseconds * 3 > leaseDuration.milliseconds * 2 {
            problems.append(
                "--leader-election-lease-duration must be at least one and a half times the renew"
                    + " deadline, so that a leader has stopped before another one begins")
        }
        if !leaseDuration.milliseconds.isMultiple(of: 1_000) {
            problems.append("--leader-election-lease-duration takes whole seconds")
        }
        return problems
    }

    /// The way to become the one that acts.
    func leadership(
        _ client: APIClient, namespace: String?, host: String, log: Logger
    ) -> Leadership {
        // Another one after each start: a process never takes itself for its predecessor.
        var settings = LeaderElection.Settings(
            identity: "\(host)_\(UUID().uuidString.lowercased())")
        settings.leaseDuration = .milliseconds(leaseDuration.milliseconds)
        settings.renewDeadline = .milliseconds(renewDeadline.milliseconds)
        settings.retryPeriod = .milliseconds(retryPeriod.milliseconds)
        let lease = Reference(
            .leases, namespace: namespace ?? Self.usualNamespace, name: Self.leaseName)
        return Leadership(
            lease, settings, client: client, clock: ContinuousClock(), time: wallClock,
            report: { error in
                log.warning(
                    "waiting for the lease", metadata: ["lease": "\(lease)", "error": "\(error)"])
            })
    }
}
