import Analysis
import Documents
import KubernetesObjects
import Rollouts
import Traffic

/// For those who ask no extension, and therefore cannot know which are registered.
extension Plugins {
    /// What whoever only looks at this rollout takes for registered: all that it names, unless the
    /// controller has said that it knows one of them not.
    package static func named(by rollout: Object) -> Plugins {
        let refusal = StatusDocument.parse(rollout.status)[.invalidSpec]?.message ?? ""
        if refusal.contains(unknownExtension) { return .none }
        var plugins = Plugins(routers: rollout.namedRouters)
        plugins.isOpen = true
        return plugins
    }

    /// What a play of these documents takes for registered: all that they name. Nobody is there who
    /// could take a step, so steps are passed.
    package static func played(in documents: [Object]) -> Plugins {
        var plugins = Plugins()
        for document in documents {
            plugins.metrics.formUnion(document.namedMetrics)
            plugins.disabledSteps.formUnion(document.namedSteps)
            plugins.routers.formUnion(document.namedRouters)
        }
        return plugins
    }
}

extension Object {
    fileprivate var namedRouters: Set<String> {
        let routing = spec?["strategy"]?["canary"]?["trafficRouting"]
        let names = routing?["plugins"]?.object?.members.map(\.key) ?? []
        return Set(names.filter { RouterKind.named($0, isPlugin: true) == nil })
    }

    fileprivate var namedSteps: [String] {
        let steps = spec?["strategy"]?["canary"]?["steps"]?.array ?? []
        return steps.compactMap { $0["plugin"]?["name"]?.string }
    }

    fileprivate var namedMetrics: [String] {
        let metrics = spec?["metrics"]?.array ?? []
        return metrics.compactMap {
            $0["provider"]?[ProviderKind.plugin.rawValue]?.object?.members.first?.key
        }
    }
}
