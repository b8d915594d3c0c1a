import Analysis
import Documents
import Traffic

/// The extensions that the controller knows, by the names that documents give them.
package struct Plugins: Hashable, Sendable {
    package var metrics: Set<String>
    package var steps: Set<String>
    /// Those whose steps are passed.
    package var disabledSteps: Set<String>
    package var routers: Set<String>
    /// Whether any other name counts as registered, for those who only look: the controller knows.
    var isOpen = false

    package init(
        metrics: Set<String> = [], steps: Set<String> = [], disabledSteps: Set<String> = [],
        routers: Set<String> = []
    ) {
        self.metrics = metrics
        self.steps = steps
        self.disabledSteps = disabledSteps
        self.routers = routers
    }

    /// All routers that documents may name: those that are built in, then the extensions.
    package var kinds: [RouterKind] { RouterKind.all + routers.sorted().map(RouterKind.extension) }

    /// Nobody but those that are built in.
    package static let none = Plugins()

    func takesStep(_ name: String) -> Bool { isOpen || steps.contains(name) }

    func measures(_ name: String) -> Bool { isOpen || metrics.contains(name) }

    /// Notes each metric below `reader` that asks an extension nobody registered.
    func check(_ metrics: [MetricSpec], _ reader: Reader) {
        for (metric, element) in zip(metrics, reader.elements()) {
            guard let name = metric.plugin, !measures(name) else { continue }
            element["provider"][ProviderKind.plugin.rawValue][name].refuse(
                unknownPlugin(name), remedy: pluginRemedy("--metric-plugin", name))
        }
    }
}

/// What is said of an extension that nobody registered.
func unknownPlugin(_ name: String) -> String {
    "\(unknownExtension) \"\(name)\", and programs of others are not loaded"
}

/// By these words a refusal is known.
let unknownExtension = "no extension is registered as"

/// What to do about that: `flag` is the one that registers it.
func pluginRemedy(_ flag: String, _ name: String) -> String {
    "register it with \(flag) \(name)=URL (docs/EXTENDING.md)"
}
