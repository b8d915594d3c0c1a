import Documents

/// How a metric asks Datadog; its texts may still hold `{{args.x}}`.
package struct DatadogSpec: Hashable, Sendable {
    /// A query and the name by which a formula calls it.
    package struct Query: Hashable, Sendable {
        package let name: String
        package let text: String
    }

    /// Which of the two interfaces is asked.
    package enum Version: Hashable, Sendable {
        /// One series, of which the last point counts.
        case v1
        /// Numbers computed from queries.
        case v2
    }

    package var version: Version
    /// How far back the answer looks, a Go duration.
    package var interval: String
    package var queries: [Query]
    package var formula: String?
    package var aggregator: String
    /// A Go duration.
    package var timeout: String
    /// Whether the document names the Secret.
    package var namesSecret: Bool
}

extension DatadogSpec {
    /// Reads `provider.datadog`.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "apiVersion", "interval", "query", "queries", "formula", "aggregator", "secretRef",
            "requestTimeout",
        ])
        version = reader["apiVersion"].choice(of: ["v1", "v2"]) == "v2" ? .v2 : .v1
        interval = reader["interval"].duration() ?? "5m"
        timeout = reader["requestTimeout"].duration() ?? "10s"
        aggregator = reader["aggregator"].choice(of: Self.aggregators)
        formula = reader["formula"].string().flatMap { $0.isEmpty ? nil : $0 }
        queries = reader["queries"].members().map {
            Query(name: $0.key, text: $0.reader.requiredString())
        }
        let secret = reader["secretRef"]
        secret.allowOnly(["name", "namespaced"])
        _ = secret["namespaced"].bool()
        namesSecret = secret["name"].string()?.isEmpty == false
        readQuery(reader)
        if version == .v1 { refuseNews(reader) }
    }

    private mutating func readQuery(_ reader: Reader) {
        let query = reader["query"].string().flatMap { $0.isEmpty ? nil : $0 }
        if query != nil, !queries.isEmpty {
            reader["queries"].refuse(
                "Cannot have both a query and queries", remedy: "keep one of the two")
        }
        if query == nil, queries.isEmpty {
            reader.refuse("needs a query or queries", remedy: "add query")
        }
        if queries.count > 1, formula == nil {
            reader["queries"].refuse(
                "When multiple queries are provided you must include a formula.",
                remedy: "add formula")
        }
        if formula != nil, queries.isEmpty {
            reader["formula"].refuse(
                "Formula are only valid when queries are set", remedy: "write query as queries")
        }
        if let query { queries = [Query(name: "query", text: query)] }
    }

    private func refuseNews(_ reader: Reader) {
        for field in ["queries", "formula"] where reader[field].isPresent {
            reader[field].refuse("is only there in version 2", remedy: "add apiVersion: v2")
        }
        // The field's definitions give every document this one.
        if let aggregator = reader["aggregator"].value, aggregator != "last" {
            reader["aggregator"].advise("is only there in version 2", remedy: "add apiVersion: v2")
        }
    }

    private static let aggregators = [
        "last", "avg", "min", "max", "sum", "percentile", "mean", "l2norm", "area",
    ]
}
