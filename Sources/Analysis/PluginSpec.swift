import Documents

/// Which extension a metric asks, and what it tells it: `provider.plugin` has one member, whose
/// name is the extension's. Only the extension knows what may stand below.
package struct PluginSpec: Hashable, Sendable {
    package var name: String
    package var configuration: JSON
}

extension PluginSpec {
    /// Reads `provider.plugin`.
    package init(reading reader: Reader) {
        let plugins = reader.members()
        if plugins.count != 1 {
            reader.refuse(
                "needs exactly one plugin", remedy: "write plugin: {NAME: {…}} with one NAME")
        }
        name = plugins.first?.key ?? ""
        configuration = plugins.first?.reader.value ?? .object(JSONObject())
    }
}

extension MetricSpec {
    /// The extension that this metric asks; nil for one of another provider.
    package var plugin: String? {
        provider[ProviderKind.plugin.rawValue]?.object?.members.first?.key
    }
}
