import Documents

/// How a metric asks InfluxDB; its texts may still hold `{{args.x}}`.
package struct InfluxDBSpec: Hashable, Sendable {
    /// In Flux.
    package var query: String
}

extension InfluxDBSpec {
    /// Reads `provider.influxdb`. Its profile is the name of the Secret, `influxdb` by default.
    package init(reading reader: Reader) {
        reader.allowOnly(["profile", "query"])
        _ = reader["profile"].string()
        query = reader["query"].requiredString()
    }
}
