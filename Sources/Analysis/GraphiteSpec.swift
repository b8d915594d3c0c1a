import Documents

/// How a metric asks Graphite; its texts may still hold `{{args.x}}`.
package struct GraphiteSpec: Hashable, Sendable {
    package var address: String
    /// The parameters of a render request, as `target=…&from=-5min`, white space as it is written.
    package var query: String
}

extension GraphiteSpec {
    /// Reads `provider.graphite`.
    package init(reading reader: Reader) {
        reader.allowOnly(["address", "query"])
        address = reader["address"].requiredURL()
        query = reader["query"].requiredString()
        if !query.isEmpty, !query.contains("target="), !query.contains("{{") {
            reader["query"].advise("has no target", remedy: "write target=… with the expression")
        }
    }
}
