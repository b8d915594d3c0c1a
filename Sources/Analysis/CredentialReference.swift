import Documents

/// The Secret that lets a provider in, where that is not an argument of the run.
package struct CredentialReference: Hashable, Sendable {
    /// Whose Secret it is.
    package enum Owner: Hashable, Sendable {
        /// It stands beside the run.
        case run
        /// It stands where the controller runs, for all namespaces.
        case controller
    }

    package let name: String
    package let owner: Owner
}

extension Metric {
    /// What the provider needs beside its configuration; nil for most.
    package var credentials: CredentialReference? {
        func profile(_ usual: String) -> CredentialReference {
            let name = provider["profile"]?.string ?? ""
            return CredentialReference(name: name.isEmpty ? usual : name, owner: .controller)
        }
        switch ProviderKind(rawValue: providerKind) {
        case .prometheus, .web, .graphite, .cloudWatch, .skywalking, .kayenta, .job, .plugin, nil:
            return nil
        case .wavefront:
            return CredentialReference(name: "wavefront-api-tokens", owner: .controller)
        case .influxdb: return profile("influxdb")
        case .newRelic: return profile("newrelic")
        case .datadog:
            let reference = provider["secretRef"]
            let name = reference?["name"]?.string ?? ""
            let isOfRun = reference?["namespaced"]?.bool ?? false
            return CredentialReference(
                name: name.isEmpty ? "datadog" : name, owner: isOfRun ? .run : .controller)
        }
    }

    /// Whether what stands under `key` in that Secret is to be kept from all texts. Wavefront's
    /// tokens stand under the addresses that they are for.
    package func isSecret(_ key: String) -> Bool {
        namesSecret(key) || providerKind == ProviderKind.wavefront.rawValue
    }
}
