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
    package var headers: [HeaderSpec]
    package var range: Range?
    package var oauth2: OAuth2Spec?
    package var sigv4: SigV4Spec?
}

extension PrometheusSpec {
    /// Reads `provider.prometheus`.
    package init(reading reader: Reader) {
        reader.allowOnly([
            "address", "query", "timeout", "insecure", "headers", "rangeQuery", "authentication",
        ])
        address = reader["address"].string()
        query = reader["query"].requiredString()
        if let seconds = reader["timeout"].value?.int, seconds < 0 {
            reader["timeout"].refuse(
                "prometheus timeout should not be negative", remedy: "use seconds, or remove it")
        } else {
            timeoutSeconds = reader["timeout"].timeoutSeconds()
        }
        isInsecure = reader["insecure"].bool() ?? false
        headers = reader["headers"].headers()
        let range = reader["rangeQuery"]
        if range.isPresent {
            range.allowOnly(["start", "end", "step"])
            self.range = Range(
                start: range["start"].expression(), end: range["end"].expression(),
                step: range["step"].requiredString())
        }
        let authentication = reader["authentication"]
        authentication.allowOnly(["oauth2", "sigv4"])
        oauth2 = OAuth2Spec(reading: authentication["oauth2"])
        sigv4 = SigV4Spec(reading: authentication["sigv4"])
        if oauth2 != nil, sigv4 != nil {
            authentication.advise(
                "oauth2 and sigv4 exclude each other", remedy: "keep one of the two")
        }
    }
}
