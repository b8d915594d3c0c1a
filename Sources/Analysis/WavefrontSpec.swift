import Documents

/// How a metric asks Wavefront; its texts may still hold `{{args.x}}`.
package struct WavefrontSpec: Hashable, Sendable {
    /// A host name without a scheme, as the Secret names its tokens: `example.wavefront.com`.
    package var address: String
    package var query: String
}

extension WavefrontSpec {
    /// Reads `provider.wavefront`.
    package init(reading reader: Reader) {
        reader.allowOnly(["address", "query"])
        address = reader["address"].requiredString()
        query = reader["query"].requiredString()
        if address.contains("/") {
            reader["address"].advise(
                "is no host name", remedy: "write it without a scheme: example.wavefront.com")
        }
    }
}
