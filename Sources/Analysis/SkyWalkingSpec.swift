import Documents

/// How a metric asks SkyWalking; its texts may still hold `{{args.x}}`.
package struct SkyWalkingSpec: Hashable, Sendable {
    package var address: String
    /// In GraphQL, with the variable `$duration`.
    package var query: String
    /// How far back the answer looks, a Go duration.
    package var interval: String
}

extension SkyWalkingSpec {
    /// Reads `provider.skywalking`.
    package init(reading reader: Reader) {
        reader.allowOnly(["address", "query", "interval"])
        address = reader["address"].requiredURL()
        query = reader["query"].requiredString()
        interval = reader["interval"].duration() ?? "5m"
    }
}
