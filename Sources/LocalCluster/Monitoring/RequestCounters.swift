import Documents

/// Counts served requests under the names and labels of ingress-nginx (traffic-routers §1.9), so
/// that the same analysis works here and in production.
struct RequestCounters: Sendable {
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

    private static let seconds: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    private static let bytes: [Double] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    /// More series than this are no Ingresses any more but somebody's random methods: they are not
    /// counted.
    private static let seriesLimit = 10_000
    private static let counter = "nginx_ingress_controller_requests"
    private static let leftOut = "sluice_ingress_requests_left_out_total"

    private static let families: [Family] = [
        Family(
            name: "nginx_ingress_controller_request_duration_seconds",
            help: "The request processing time in seconds", buckets: seconds,
            value: \.requestSeconds),
        Family(
            name: "nginx_ingress_controller_response_duration_seconds",
            help: "The time spent on receiving the response from the upstream server",
            buckets: seconds,
            value: \.responseSeconds),
        Family(
            name: "nginx_ingress_controller_header_duration_seconds",
            help: "The time spent on receiving first header from the upstream server",
            buckets: seconds,
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

    /// Who served the requests of each Ingress since this process began, by `namespace/name`.
    private(set) var sides: [String: ServedSides] = [:]

    /// Requests beyond the limit of series: said, since a sum without them would be wrong.
    private var uncounted: UInt64 = 0

    mutating func add(_ request: ServedRequest) {
        sides["\(request.namespace)/\(request.ingress)", default: ServedSides()]
            .add(isCanary: !request.canary.isEmpty)
        let labels = Self.text(of: request.labels)
        guard counts[labels] != nil || counts.count < Self.seriesLimit else {
            uncounted += 1
            return
        }
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
    func text() -> String {
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
                    text +=
                        "\(family.name)_bucket{\(labels),le=\"\(Self.number(bucket))\"} \(total)\n"
                }
                text += "\(family.name)_bucket{\(labels),le=\"+Inf\"} \(histogram.count)\n"
                text += "\(family.name)_sum{\(labels)} \(histogram.sum)\n"
                text += "\(family.name)_count{\(labels)} \(histogram.count)\n"
            }
        }
        return text + """
            # HELP \(Self.leftOut) Requests whose labels were too many to be counted
            # TYPE \(Self.leftOut) counter
            \(Self.leftOut) \(uncounted)

            """
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

/// The counters as a document, so that a later run goes on counting where this one stopped.
extension RequestCounters {
    var kept: JSON {
        let families = histograms.map { series in
            JSON.object(
                JSONObject(
                    series.sorted { $0.key < $1.key }.map { labels, histogram in
                        (
                            labels,
                            [
                                "counts": .array(histogram.counts.map { .int(Int64($0)) }),
                                "sum": .string(String(histogram.sum)),
                                "count": .int(Int64(histogram.count)),
                            ]
                        )
                    }))
        }
        let counts = counts.sorted { $0.key < $1.key }.map { ($0.key, JSON.int(Int64($0.value))) }
        return [
            "requests": .object(JSONObject(counts)), "histograms": .array(families),
            "uncounted": .int(Int64(uncounted)),
        ]
    }

    /// Takes the counters of an earlier run. What cannot be read counts from nothing.
    mutating func restore(_ kept: JSON) {
        for (labels, value) in kept["requests"]?.object?.members ?? [] {
            counts[labels] = UInt64(max(0, value.int ?? 0))
        }
        uncounted = UInt64(max(0, kept["uncounted"]?.int ?? 0))
        for (index, family) in Self.families.enumerated() {
            for (labels, value) in kept["histograms"]?[index]?.object?.members ?? [] {
                let counts = value["counts"]?.array?.map { UInt64(max(0, $0.int ?? 0)) } ?? []
                guard counts.count == family.buckets.count else { continue }
                histograms[index][labels] = Histogram(
                    counts: counts, sum: value["sum"]?.string.flatMap(Double.init) ?? 0,
                    count: UInt64(max(0, value["count"]?.int ?? 0)))
            }
        }
    }
}
