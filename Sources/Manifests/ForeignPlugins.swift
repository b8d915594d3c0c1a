import Documents
import KubernetesObjects
import Traffic

/// The plugins that the ConfigMap of Argo Rollouts lists: programs to be loaded, which nobody does
/// here (§7.4).
package enum ForeignPlugins {
    package static let configMap = "argo-rollouts-config"

    /// What to do about each that is neither built in nor registered.
    package static func remedies(in map: Object, besides known: Plugins) -> [String] {
        remedies("metricProviderPlugins", in: map, "--metric-plugin", known.metrics)
            + remedies(
                "stepPlugins", in: map, "--step-plugin", known.steps.union(known.disabledSteps))
            + remedies(
                "trafficRouterPlugins", in: map, "--router-plugin",
                known.routers.union(RouterKind.all.filter(\.isPlugin).map(\.key)))
    }

    private static func remedies(
        _ key: String, in map: Object, _ flag: String, _ known: Set<String>
    ) -> [String] {
        guard let text = map.json["data"]?[key]?.string else { return [] }
        do throws(DocumentError) {
            let lists = try YAML.documents(in: Array(text.utf8), file: key)
            let names = (lists.first?.value.array ?? []).compactMap { $0["name"]?.string }
            return names.prefix(mostNames).filter { !known.contains($0) }.map {
                "\(unknownPlugin($0)); \(pluginRemedy(flag, $0))"
            }
        } catch {
            return ["\(configMap) cannot be read: \(error)"]
        }
    }
}

/// More than anybody installs.
private let mostNames = 100
