import KubernetesClient
import KubernetesObjects
import Notifications

/// Where notifications come from.
extension ControllerLoop {
    /// Events about what rollouts make; those about rollouts are followed anyway.
    static func otherEvents(_ settings: Settings) -> [ObjectCache] {
        [.analysisRuns, .experiments].map { events(about: $0, settings) }
    }

    /// Of which only those stay that somebody is still to be told of: a busy cluster has tens of
    /// thousands in the hour for which it keeps them.
    static func events(about resource: Resource, _ settings: Settings) -> ObjectCache {
        ObjectCache(
            .events, namespaces: settings.namespaces, fields: .events(about: resource.kind),
            remembering: { $0.annotations[NotificationKeys.due] != nil })
    }

    /// Lists these events, and goes on watching them, from the moment that there are rules: a
    /// cluster in which nobody is told of anything has nothing to ask for.
    func followOtherEvents() async {
        guard let notifier, let configMaps = cluster.caches[.configMaps] else { return }
        if RuleBook.Shelves(settings).seesHome {
            for await change in configMaps.changes() {
                guard let new = change.new, new.name == NotificationKeys.configMap else { continue }
                if settings.hasSelfServiceNotifications || new.namespace == settings.home { break }
            }
        }
        await withDiscardingTaskGroup { group in
            for cache in notifier.events where cache !== seenEvents {
                group.addTask {
                    await cache.follow(
                        cluster.client, clock: ContinuousClock(),
                        jitter: { Double.random(in: 0...1) })
                }
            }
        }
    }
}

extension RuleBook.Shelves {
    init(_ settings: ControllerLoop.Settings) {
        home = settings.home
        isSelfService = settings.hasSelfServiceNotifications
        seesHome = settings.namespaces?.contains(settings.home) ?? true
    }
}
