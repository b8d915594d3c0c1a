import Documents
import Foundation
import KubernetesObjects

/// Tells the story as a transcript: in colour on a terminal, plainly in a pipe.
struct Narrator: Sendable {
    private let isColoured: Bool
    private let start = ContinuousClock.now

    init() {
        let environment = ProcessInfo.processInfo.environment
        isColoured =
            isatty(1) == 1 && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    private func coloured(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    func say(_ text: String = "") {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    /// The beginning of an act.
    func act(_ title: String, _ summary: String) {
        say()
        say("\(coloured(title, "1")) — \(summary)")
    }

    /// A line of the story: when, what.
    func line(_ subject: String, _ text: String, isGood: Bool? = nil) {
        let seconds = Int((ContinuousClock.now - start).components.seconds)
        let time = String(seconds) + "s"
        let mark = isGood.map { $0 ? coloured("ok", "32") : coloured("WRONG", "31") } ?? ""
        let left = padded(subject, 19)
        say(
            "\(padded(time, 6, onTheLeft: true))  \(left)  \(text)"
                + (mark.isEmpty ? "" : "  \(mark)"))
    }

    /// What a finished run measured: values, condition, verdict, and the query if asked for.
    func run(_ run: Object, withQueries: Bool) {
        for result in run.status?["metricResults"]?.array ?? [] {
            let name = result["name"]?.string ?? ""
            let measurements = result["measurements"]?.array ?? []
            let values = measurements.map { shortened($0["value"]?.string ?? "no value") }
            let metric = run.spec?["metrics"]?.array?.first { $0["name"]?.string == name }
            let condition = metric?["successCondition"]?.string ?? ""
            let phase = result["phase"]?.string ?? ""
            let text = "\(values.joined(separator: " "))  \(condition)  \(phase)"
            line(
                name, phase == "Failed" ? coloured(text, "31") : text)
            let query = result["metadata"]?["ResolvedPrometheusQuery"]?.string ?? ""
            guard withQueries else { continue }
            for part in query.split(separator: "\n") where !part.allSatisfy(\.isWhitespace) {
                say("                               " + coloured(String(part), "2"))
            }
        }
    }

    /// `[0.0123456]` as `0.0123`.
    private func shortened(_ value: String) -> String {
        let bare = value.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        guard let number = Double(bare) else { return value }
        return number == 0 ? "0" : String(format: "%.4f", number)
    }
}

func padded(_ text: String, _ width: Int, onTheLeft: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return onTheLeft ? space + text : text + space
}
