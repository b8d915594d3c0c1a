import Documents

/// Who can be asked for a measurement, by the name that documents give it.
package enum ProviderKind: String, CaseIterable, Sendable {
    case prometheus
    case web
    case datadog
    case newRelic
    case influxdb
    case graphite
    case cloudWatch
    case skywalking
    case wavefront
    case kayenta
    case job
    case plugin

    /// Notes what is wrong in the configuration of such a provider.
    func check(_ reader: Reader) {
        switch self {
        case .prometheus: _ = PrometheusSpec(reading: reader)
        case .web: _ = WebSpec(reading: reader)
        case .datadog: _ = DatadogSpec(reading: reader)
        case .newRelic: _ = NewRelicSpec(reading: reader)
        case .influxdb: _ = InfluxDBSpec(reading: reader)
        case .graphite: _ = GraphiteSpec(reading: reader)
        case .cloudWatch: _ = CloudWatchSpec(reading: reader)
        case .skywalking: _ = SkyWalkingSpec(reading: reader)
        case .wavefront: _ = WavefrontSpec(reading: reader)
        case .kayenta: _ = KayentaSpec(reading: reader)
        case .job: _ = JobSpec(reading: reader)
        case .plugin: _ = PluginSpec(reading: reader)
        }
    }

    /// All names, for a message that says what there is.
    package static var names: String {
        allCases.map(\.rawValue).joined(separator: ", ")
    }
}
