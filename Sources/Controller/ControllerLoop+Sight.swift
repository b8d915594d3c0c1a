import KubernetesClient
import KubernetesObjects
import Logging

/// Saying what is not seen any more: turns go on with what a cache knew last, so that nothing else
/// would tell.
extension ControllerLoop {
    /// Looks at the caches until the task is cancelled.
    func saySight() async {
        var sight = Sight()
        while true {
            do { try await ContinuousClock().sleep(for: sightPause) } catch { return }
            for line in sight.changes(to: blind) { say(line) }
        }
    }

    /// Kinds that were listed once and cannot be followed at this moment.
    private var blind: [Resource: APIError] {
        let caches = cluster.caches.merging([.podTemplates: cluster.podTemplates]) { own, _ in own }
        return caches.filter(\.value.isSynced).compactMapValues(\.failure)
    }

    /// Each kind that this replica has begun to follow, and whether it does at this moment. A kind
    /// of route that the cluster has no more is none of them.
    var followed: [(kind: String, isFollowed: Bool)] {
        let routes = cluster.routes.values.map(\.cache).filter(\.isSynced)
        let caches = Array(cluster.caches.values) + [cluster.podTemplates] + routes
        return Sight.followed(caches)
    }

    /// A kind that may not be listed would otherwise keep the controller waiting without a word.
    func sayWhatIsMissing() {
        for (resource, cache) in cluster.caches where !cache.isSynced {
            log.warning(
                "waiting for the cluster",
                metadata: [
                    "resource": "\(resource.plural)",
                    "error": "\(cache.failure?.description ?? "not listed yet")",
                ])
        }
    }

    private func say(_ line: Sight.Line) {
        switch line {
        case .lost(let resource, let error):
            log.warning(
                "not followed any more: what is known of it may be old",
                metadata: ["resource": "\(resource.plural)", "error": "\(error)"])
        case .regained(let resource):
            log.info("followed again", metadata: ["resource": "\(resource.plural)"])
        }
    }
}

/// What was said of kinds that cannot be followed.
struct Sight: Sendable {
    enum Line: Hashable, Sendable {
        case lost(Resource, APIError)
        case regained(Resource)
    }

    private var lost: [Resource: APIError] = [:]

    /// By name, with the group where kinds of several groups may share one. What has not been begun
    /// is left out.
    static func followed(_ caches: [ObjectCache]) -> [(kind: String, isFollowed: Bool)] {
        caches.compactMap { cache in
            let isFailing = cache.failure != nil
            if !isFailing, cache.progress.contains(.starting) { return nil }
            let resource = cache.resource
            let name =
                resource.group.contains(".")
                ? "\(resource.plural).\(resource.group)" : resource.plural
            return (name, !isFailing)
        }.sorted { $0.kind < $1.kind }
    }

    /// A line for each kind that is lost, for another reason, or found again.
    mutating func changes(to now: [Resource: APIError]) -> [Line] {
        let before = lost
        lost = now
        let kinds = Set(before.keys).union(now.keys).sorted { $0.plural < $1.plural }
        return kinds.compactMap { kind in
            guard let error = now[kind] else { return .regained(kind) }
            return before[kind] == error ? nil : .lost(kind, error)
        }
    }
}

/// A server that is started again does not take longer to be followed than this, most of the time,
/// and who watches the log does not wait long.
private let sightPause = Duration.seconds(5)

extension ObjectCache {
    /// Why it cannot follow its objects at this moment, the first reason of several; nil where it
    /// can, or has not begun.
    fileprivate var failure: APIError? {
        for case .failing(let error) in progress { return error }
        return nil
    }
}
