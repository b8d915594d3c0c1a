import KubernetesClient
import KubernetesObjects

/// What others may ask of a running controller.
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
        var exposition = Exposition()
        exposition.rollouts = objects(.rollouts)
        exposition.runs = objects(.analysisRuns)
        exposition.experiments = objects(.experiments)
        exposition.templates = objects(.analysisTemplates) + objects(.clusterAnalysisTemplates)
        exposition.tallies = await tallies.tallies
        exposition.requests = await tallies.requests
        exposition.queues = await queues.tallies
        exposition.followed = followed
        exposition.lease = leadership.map { ($0.lease.name, $0.remaining > .zero) }
        exposition.version = settings.version
        return exposition.text
    }

    private func objects(_ resource: Resource) -> [Object] {
        (cluster.caches[resource]?.list() ?? []).filter(settings.isOurs)
    }
}
