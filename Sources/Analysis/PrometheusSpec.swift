import Documents

/// How a metric asks Prometheus (rollout semantics, section 5.10), as it stands in the document;
/// its texts may still hold `{{args.x}}`.
package struct PrometheusSpec: Hashable, Sendable {
    /// Start and end are expressions that give a time, step is a Go duration.
    package struct Range: Hashable, Sendable {
        package var start: String
        package var end: String
        package var step: String
    }

    /// Nil where the controller's own default is meant.
    package var address: String?
    package var query: String
    /// Nil where absent; seconds.
    package var timeoutSeconds: Int?
    package var isInsecure: Bool
    package var headers: [(name: String, value: String)]
    package var range: Range?

    package static func == (left: Self, right: Self) -> Bool { left.key == right.key }
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }

    private var key: [String?] {
        [address, query, timeoutSeconds.map(String.init), "\(isInsecure)"]
            + headers.flatMap { [$0.name, $0.value] } + [range?.start, range?.end, range?.step]
    }
}

extension PrometheusSpec {
    /// Reads `provider.prometheus`. What we cannot do yet (OAuth 2, SigV4) is refused: a query
    /// without its credentials would only fail later, in the middle of a release.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "address", "query", "timeout", "insecure", "headers", "rangeQuery", "authentication",
        ])
        address = reader["address"].string()
        query = reader["query"].requiredString()
        timeoutSeconds = reader["timeout"].int(in: Int(Int32.min)...Self.longestTimeoutSeconds)
        if let timeoutSeconds, timeoutSeconds < 0 {
            reader["timeout"].refuse(
                "prometheus timeout should not be negative", remedy: "use seconds, or remove it")
        }
        isInsecure = reader["insecure"].bool() ?? false
        headers = reader["headers"].elements().map { header in
            header.allowOnly(["key", "value"])
            return (header["key"].requiredString(), header["value"].string() ?? "")
        }
        let range = reader["rangeQuery"]
        if range.isPresent {
            range.allowOnly(["start", "end", "step"])
            self.range = Range(
                start: range["start"].requiredString(), end: range["end"].requiredString(),
                step: range["step"].requiredString())
        }
        for (kind, value) in reader["authentication"].members()
        where value.value?.object?.isEmpty == false {
            value.refuse(
                "authentication by \(kind) is not supported yet",
                remedy: "send a token in headers, from a secretKeyRef argument")
        }
    }

    /// A measurement that takes longer than this holds up the release more than it helps it.
    private static let longestTimeoutSeconds = 3_600
}
