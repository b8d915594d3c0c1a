import Documents

/// How a metric asks New Relic; its texts may still hold `{{args.x}}`.
package struct NewRelicSpec: Hashable, Sendable {
    /// In NRQL.
    package var query: String
    /// How long the query may run; nil where absent.
    package var timeoutSeconds: Int?
}

extension NewRelicSpec {
    /// Reads `provider.newRelic`. Its profile is the name of the Secret, `newrelic` by default.
    package init(reading reader: Reader) {
        reader.allowOnly(["profile", "query", "timeout"])
        _ = reader["profile"].string()
        query = reader["query"].requiredString()
        timeoutSeconds = reader["timeout"].timeoutSeconds(upTo: Self.longestTimeoutSeconds)
    }

    /// The limit of NerdGraph.
    private static let longestTimeoutSeconds = 120
}
