import Analysis
import Documents
import StatusPage

extension Picture {
    /// The analysis runs: those under way and the last ones with their measurements, earlier ones
    /// not at all.
    func runs(_ palette: Palette) -> [String] {
        let latest = view.latestRuns
        let told =
            latest.filter { !$0.phase.isCompleted }
            + latest.filter(\.phase.isCompleted)
            .prefix(completedRuns)
        guard !told.isEmpty else { return [] }
        let lines = told.flatMap { $0.lines(palette) }
        let more = latest.count - told.count
        let rest = more > 0 ? ["  " + palette.paint("and \(more) earlier", .faint)] : []
        return [palette.paint("analysis", .strong)] + lines + rest
    }
}

extension RunView {
    /// How the run stands, and its metrics.
    func lines(_ palette: Palette) -> [String] {
        let purpose = purpose.map { " (\($0.words))" } ?? ""
        let message = status.message.isEmpty ? "" : ": \(status.message)"
        let heading =
            "  " + shown(name) + palette.paint(purpose, .faint) + "  "
            + palette.paint(phase.rawValue, phase.tone) + shown(message)
        return [heading] + metricTable.lines(palette)
    }

    private var metricTable: Columns {
        var table = Columns(indent: 4, gap: 2)
        table.rows = metrics.map { metric in
            let isJob = metric.metric?.providerKind == ProviderKind.job.rawValue
            let values = metric.result.measurements.suffix(shownValues).map { measurement in
                if isJob || !measurement.phase.isCompleted { return measurement.phase.rawValue }
                return measurement.value.isEmpty ? "no value" : short(measurement.value)
            }
            let conditions = [
                metric.successCondition.map { "good: \($0)" },
                metric.failureCondition.map { "bad: \($0)" },
            ].compactMap(\.self).filter { !$0.hasSuffix(": ") }
            let wanted = (metric.metric?.effectiveCount).map { " of \($0)" } ?? ""
            return [
                Columns.Cell(metric.name),
                Columns.Cell(metric.result.phase.rawValue, metric.result.phase.tone),
                Columns.Cell("\(metric.result.count)\(wanted)"),
                Columns.Cell(values.joined(separator: " ")),
                Columns.Cell(conditions.joined(separator: ", "), .faint),
                Columns.Cell(metric.result.message),
            ]
        }
        return table
    }

    /// `[0.012345678]` as `0.01235`: a value of one sample without its brackets, and not more
    /// digits than tell.
    private func short(_ value: String) -> String {
        guard value.hasPrefix("["), value.hasSuffix("]"),
            let number = Double(value.dropFirst().dropLast())
        else { return value.count > longestValue ? value.prefix(longestValue) + "…" : value }
        return significant(number)
    }
}

/// Beside all runs that are under way.
private let completedRuns = 3
/// The newest values of a metric; more do not fit on a line.
private let shownValues = 5
private let longestValue = 40

/// A number with four digits that count.
func significant(_ number: Double) -> String {
    guard number.isFinite, number != 0 else { return number == 0 ? "0" : "\(number)" }
    var scale = 1.0
    while number.magnitude * scale < 1_000, scale < 1e9 { scale *= 10 }
    let rounded = (number * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15
        ? String(Int(rounded)) : String(rounded)
}

extension Analysis.RunPhase {
    var tone: Palette.Tone {
        switch self {
        case .pending, .running: .busy
        case .successful: .good
        case .failed, .error: .bad
        case .inconclusive: .waiting
        }
    }
}
