import ArgumentParser
import Documents
import KubernetesObjects

/// How long something may take: `30s`, `5m`, `1h30m`, or seconds. 0 is for ever.
struct TimeLimit: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
    let milliseconds: Int64

    init(seconds: Int64) {
        milliseconds = seconds * 1_000
    }

    init?(argument: String) {
        let seconds = Int64(argument).map { $0.multipliedReportingOverflow(by: 1_000) }
        let parsed =
            seconds.map { $0.overflow ? -1 : $0.partialValue } ?? GoDuration.parse(argument)
        guard let parsed, (0...Self.longest).contains(parsed) else { return nil }
        milliseconds = parsed
    }

    /// Nobody waits longer than a month, and sums of it stay far from overflowing.
    private static let longest: Int64 = 31 * 86_400_000

    var isEndless: Bool { milliseconds == 0 }

    /// As a person writes it: `5m`, not `5m0s`.
    var description: String {
        var text = GoDuration.text(milliseconds: milliseconds)
        for zero in ["m0s", "h0m"] where text.hasSuffix(zero) { text.removeLast(2) }
        return text
    }

    var defaultValueDescription: String { description }
}

/// A port of 127.0.0.1; 0 leaves the choice to the kernel.
struct PortNumber: ExpressibleByArgument, Hashable, Sendable, CustomStringConvertible {
    let value: Int

    init?(argument: String) {
        guard let value = UInt16(argument) else { return nil }
        self.value = Int(value)
    }

    var description: String { String(value) }
}

/// The name of a rollout: `NAME`, or `rollout/NAME` as kubectl writes it.
struct RolloutName: ExpressibleByArgument, Hashable, Sendable {
    let text: String

    /// What kubectl knows rollouts by.
    static let kinds = ["rollout", "rollouts", "ro", "rollouts.argoproj.io"]

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        guard let name = parts.last.map(String.init), parts.count < 3,
            parts.count == 1 || Self.kinds.contains(parts[0].lowercased()),
            Naming.subdomainProblem(name) == nil
        else { return nil }
        text = name
    }
}

extension [RolloutName] {
    /// Without the kind, as kubectl is told it: `rollout shop` is shop, and `rollouts` all of them.
    var withoutKind: [RolloutName] {
        guard let first, RolloutName.kinds.contains(first.text) else { return self }
        return Array(dropFirst())
    }
}

/// How a document is printed.
enum DocumentFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case json, yaml

    func text(of json: JSON) -> String {
        switch self {
        case .json: json.indented
        case .yaml: String(YAML.text(of: json).dropLast())
        }
    }
}

/// Text for people, or a document for programs.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case text, json, yaml

    /// Nil for text.
    var document: DocumentFormat? {
        switch self {
        case .text: nil
        case .json: .json
        case .yaml: .yaml
        }
    }
}

/// The time since `moment` in the steps of kubectl: 119s, 9m, 3h, 7d.
func age(of moment: Timestamp?, at now: Timestamp) -> String {
    guard let moment else { return "" }
    let seconds = max(0, now.milliseconds(since: moment) / 1_000)
    switch seconds {
    case ..<120: return "\(seconds)s"
    case ..<7_200: return "\(seconds / 60)m"
    case ..<172_800: return "\(seconds / 3_600)h"
    default: return "\(seconds / 86_400)d"
    }
}
