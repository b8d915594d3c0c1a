/// What was measured, as a page of Markdown shows it.
struct BenchReport {
    struct Row {
        var measure: String
        var value: String
        /// Empty where nothing was promised.
        var aim = ""

        init(_ measure: String, _ value: String, aim: String = "") {
            self.measure = measure
            self.value = value
            self.aim = aim
        }
    }

    struct Section {
        var title: String
        var rows: [Row]
    }

    /// Empty where somebody else says it.
    var machine = ""
    var sections: [Section] = []

    var markdown: String {
        let tables = sections.map { section in
            let rows = section.rows.map { "| \($0.measure) | \($0.value) | \($0.aim) |" }
            let head = ["### \(section.title)", "", "| Measure | Value | Aim |", "|---|---:|---|"]
            return (head + rows).joined(separator: "\n")
        }
        return ((machine.isEmpty ? [] : [machine]) + tables).joined(separator: "\n\n")
    }
}

/// `number` with so many digits after the point.
func rounded(_ number: Double, _ digits: Int = 1) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((number * scale).rounded())
    if digits == 0 { return String(whole) }
    let fraction = String(whole.magnitude % UInt(scale))
    let zeros = String(repeating: "0", count: digits - fraction.count)
    return "\(whole < 0 ? "-" : "")\(whole.magnitude / UInt(scale)).\(zeros)\(fraction)"
}

/// KiB as MiB.
func mebibytes(_ kibibytes: Int) -> String { "\(rounded(Double(kibibytes) / 1024)) MiB" }

/// The smallest of `values` that so many per cent of them do not exceed; nil of none.
func percentile(_ percent: Int, of values: [Double]) -> Double? {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return nil }
    return sorted[max(0, (percent * sorted.count + 99) / 100 - 1)]
}

extension Duration {
    /// In milliseconds.
    var milliseconds: Double {
        Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15
    }
}
