/// What happened in a simulation, as lines of four columns: when, what came, what was done, why.
package struct Transcript: Hashable, Sendable {
    package struct Line: Hashable, Sendable {
        package var milliseconds: Int64
        package var cause: String
        package var act: String
        package var reason: String
    }

    package private(set) var lines: [Line] = []
    /// The weights that the canary was given, in order.
    package internal(set) var weights: [Int] = []
    /// The status that each rollout ended with, by `namespace/name`.
    package internal(set) var ends: [String: End] = [:]
    /// How often the controller wrote.
    package internal(set) var writes = 0
    /// Promises that were broken on the way. Always empty, or there is a bug.
    package internal(set) var broken: [String] = []

    package struct End: Hashable, Sendable {
        package var phase: String
        package var message: String
        package var stable: String
        package var current: String
        package var revision: Int
        package var weight: Int
    }

    init() {}

    mutating func add(at milliseconds: Int64, cause: String, act: String, reason: String) {
        lines.append(Line(milliseconds: milliseconds, cause: cause, act: act, reason: reason))
    }

    /// The lines in aligned columns.
    package var text: String {
        let causes = min(26, lines.map(\.cause.count).max() ?? 0)
        let acts = lines.map(\.act.count).max() ?? 0
        return lines.map { line in
            let time = "\(line.milliseconds / 1_000)s"
            let row =
                padded(time, to: 6, onTheLeft: true) + "  " + padded(line.cause, to: causes) + "  "
                + padded(line.act, to: acts) + "  " + line.reason
            return String(row.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n") + "\n"
    }
}

private func padded(_ text: String, to width: Int, onTheLeft: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return onTheLeft ? space + text : text + space
}
