/// One family of metrics in the text format of Prometheus (version 0.0.4).
package struct MetricFamily: Sendable {
    /// What the numbers of a family are.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// One number with its labels, in the order in which they are written.
    package struct Sample: Sendable {
        package var suffix = ""
        package var labels: [(name: String, value: String)]
        package var value: Double
    }

    package let name: String
    package let kind: Kind
    package let help: String
    package var samples: [Sample]

    package init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A sample of this family.
    package mutating func add(_ labels: [(String, String)], _ value: Double) {
        samples.append(Sample(labels: labels.map { ($0.0, $0.1) }, value: value))
    }

    /// The buckets, sum and count of one histogram.
    mutating func add(_ labels: [(String, String)], _ durations: Durations) {
        let labels = labels.map { (name: $0.0, value: $0.1) }
        var below = 0
        for (bound, count) in zip(durations.scale.bounds, durations.counts) {
            below += count
            samples.append(
                Sample(
                    suffix: "_bucket", labels: labels + [("le", text(of: bound))],
                    value: Double(below)))
        }
        let total = Double(durations.counts.reduce(0, +))
        samples.append(Sample(suffix: "_bucket", labels: labels + [("le", "+Inf")], value: total))
        samples.append(Sample(suffix: "_sum", labels: labels, value: durations.sum))
        samples.append(Sample(suffix: "_count", labels: labels, value: total))
    }

    /// The lines of the family; none where it has no samples.
    package var lines: String {
        if samples.isEmpty { return "" }
        var lines = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0.name)=\"\(escaped($0.value))\"" }
            let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
            lines += "\(name)\(sample.suffix)\(braces) \(text(of: sample.value))\n"
        }
        return lines
    }

    private func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}

/// How long something took, in the buckets of the field's controller (§7.3).
struct Durations: Hashable, Sendable {
    /// Seconds up to which something is counted together.
    enum Scale: Hashable, Sendable {
        /// Turns, which read and write.
        case turns
        /// Queues, where a key mostly waits for microseconds.
        case queues

        var bounds: [Double] {
            switch self {
            case .turns: turnBounds
            case .queues: queueBounds
            }
        }
    }

    let scale: Scale
    /// For each bound, and for what is above all of them, how many.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(_ scale: Scale = .turns) {
        self.scale = scale
        counts = [Int](repeating: 0, count: scale.bounds.count + 1)
    }

    mutating func add(seconds: Double) {
        let bounds = scale.bounds
        let index = bounds.firstIndex { seconds <= $0 } ?? bounds.count
        counts[index] += 1
        sum += seconds
    }

    /// Takes in those that were counted elsewhere, on the same scale.
    mutating func add(_ other: Durations) {
        precondition(scale == other.scale)
        for index in counts.indices { counts[index] += other.counts[index] }
        sum += other.sum
    }
}

private let turnBounds = [0.01, 0.15, 0.25, 0.5, 1]
private let queueBounds = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10]

/// `1`, not `1.0`: as everybody writes it.
private func text(of value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
}
