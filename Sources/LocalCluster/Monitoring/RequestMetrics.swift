/// Counts served requests under the names and labels of ingress-nginx (traffic-routers §1.9), so that the same
/// analysis works here and in production.
package actor RequestMetrics {
    private struct Histogram {
        var counts: [UInt64]
        var sum = 0.0
        var count: UInt64 = 0
    }

    private struct Family {
        let name: String
        let help: String
        let buckets: [Double]
        let value: @Sendable (ServedRequest) -> Double?
    }

    private static let seconds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    private static let bytes: [Double] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    /// More series than this are no Ingresses any more but somebody's random methods: they are not counted.
    private static let seriesLimit = 10_000
    private static let counter = "nginx_ingress_controller_requests"

    private static let families: [Family] = [
        Family(
            name: "nginx_ingress_controller_request_duration_seconds",
            help: "The request processing time in seconds", buckets: seconds, value: \.requestSeconds),
        Family(
            name: "nginx_ingress_controller_response_duration_seconds",
            help: "The time spent on receiving the response from the upstream server", buckets: seconds,
            value: \.responseSeconds),
        Family(
            name: "nginx_ingress_controller_header_duration_seconds",
            help: "The time spent on receiving first header from the upstream server", buckets: seconds,
            value: \.headerSeconds),
        Family(
            name: "nginx_ingress_controller_connect_duration_seconds",
            help: "The time spent on establishing a connection with the upstream server",
            buckets: seconds, value: \.connectSeconds),
        Family(
            name: "nginx_ingress_controller_request_size", help: "The request length in bytes",
            buckets: bytes, value: \.requestBytes),
        Family(
            name: "nginx_ingress_controller_response_size", help: "The response length in bytes",
            buckets: bytes, value: \.responseBytes),
    ]

    private var counts: [String: UInt64] = [:]
    private var histograms: [[String: Histogram]] = families.map { _ in [:] }

    package init() {}

    func add(_ request: ServedRequest) {
        let labels = Self.text(of: request.labels)
        guard counts[labels] != nil || counts.count < Self.seriesLimit else { return }
        counts[labels, default: 0] += 1
        for (index, family) in Self.families.enumerated() {
            guard let value = family.value(request) else { continue }
            var histogram =
                histograms[index][labels]
                ?? Histogram(counts: Array(repeating: 0, count: family.buckets.count))
            if let bucket = family.buckets.firstIndex(where: { value <= $0 }) {
                histogram.counts[bucket] += 1
            }
            histogram.sum += value
            histogram.count += 1
            histograms[index][labels] = histogram
        }
    }

    /// The counters in Prometheus' text format.
    package func text() -> String {
        var text = """
            # HELP \(Self.counter) The total number of client requests
            # TYPE \(Self.counter) counter

            """
        for (labels, count) in counts.sorted(by: { $0.key < $1.key }) {
            text += "\(Self.counter){\(labels)} \(count)\n"
        }
        for (family, series) in zip(Self.families, histograms) {
            text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) histogram\n"
            for (labels, histogram) in series.sorted(by: { $0.key < $1.key }) {
                var total: UInt64 = 0
                for (bucket, count) in zip(family.buckets, histogram.counts) {
                    total += count
                    text += "\(family.name)_bucket{\(labels),le=\"\(Self.number(bucket))\"} \(total)\n"
                }
                text += "\(family.name)_bucket{\(labels),le=\"+Inf\"} \(histogram.count)\n"
                text += "\(family.name)_sum{\(labels)} \(histogram.sum)\n"
                text += "\(family.name)_count{\(labels)} \(histogram.count)\n"
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    private static func text(of labels: [(String, String)]) -> String {
        labels.map { name, value in "\(name)=\"\(escaped(value))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for character in value {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
        return text
    }
}
