import Serving

/// The counters and histograms of a stand-in, in the text format that Prometheus reads.
struct Tally: Sendable {
    /// A metric family: what stands in its HELP line, and its bucket edges where it is a histogram.
    struct Family: Sendable {
        let name: String
        let help: String
        var edges: [Double] = []
    }

    private struct Series {
        let labels: [(name: String, value: String)]
        var count = 0
        var sum = 0.0
        /// How many observations lie at or below each edge, and above the edge before it.
        var buckets: [Int]
    }

    /// Labels may come from requests; what goes beyond this many series is not counted.
    static let seriesLimit = 1000

    private let families: [Family]
    private var series: [String: [Series]] = [:]

    init(_ families: [Family]) {
        self.families = families
    }

    /// Adds one to a counter.
    mutating func count(_ name: String, _ labels: KeyValuePairs<String, String>) {
        change(name, labels) { $0.count += 1 }
    }

    /// Adds one observation to a histogram.
    mutating func observe(
        _ name: String, _ labels: KeyValuePairs<String, String>, seconds: Double
    ) {
        let edges = families.first { $0.name == name }?.edges ?? []
        change(name, labels) { series in
            series.count += 1
            series.sum += seconds
            if let index = edges.firstIndex(where: { seconds <= $0 }) { series.buckets[index] += 1 }
        }
    }

    private mutating func change(
        _ name: String, _ labels: KeyValuePairs<String, String>, _ change: (inout Series) -> Void
    ) {
        let labels = labels.map { (name: $0.key, value: $0.value) }
        var all = series[name] ?? []
        if let index = all.firstIndex(where: { $0.labels.elementsEqual(labels, by: ==) }) {
            change(&all[index])
        } else if all.count < Self.seriesLimit {
            let edges = families.first { $0.name == name }?.edges ?? []
            var new = Series(labels: labels, buckets: edges.map { _ in 0 })
            change(&new)
            all.append(new)
        }
        series[name] = all
    }

    /// The whole exposition.
    var text: String {
        families.map { family in
            let type = family.edges.isEmpty ? "counter" : "histogram"
            let head = "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(type)\n"
            return head + (series[family.name] ?? []).map { lines(family, $0) }.joined()
        }.joined()
    }

    private func lines(_ family: Family, _ series: Series) -> String {
        if family.edges.isEmpty {
            return "\(family.name)\(braces(series.labels)) \(series.count)\n"
        }
        var text = ""
        var below = 0
        for (edge, count) in zip(family.edges, series.buckets) {
            below += count
            text +=
                "\(family.name)_bucket\(braces(series.labels + [("le", number(edge))])) \(below)\n"
        }
        text += "\(family.name)_bucket\(braces(series.labels + [("le", "+Inf")])) \(series.count)\n"
        text += "\(family.name)_sum\(braces(series.labels)) \(number(series.sum))\n"
        return text + "\(family.name)_count\(braces(series.labels)) \(series.count)\n"
    }

    private func number(_ value: Double) -> String {
        value == value.rounded() && value < 1e15 ? String(Int(value)) : String(value)
    }

    private func braces(_ labels: [(name: String, value: String)]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
            + "}"
    }

    private func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}

extension Response {
    /// An answer to a scrape.
    static func metrics(_ tally: Tally) -> Response {
        Response(
            status: 200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"],
            body: .bytes(Array(tally.text.utf8)))
    }
}
