import Documents

/// What happened in a simulation, as lines of four columns: when, what came, what was done, why.
package struct Transcript: Hashable, Sendable {
    /// One line: when, what came, what was done, and why.
    package struct Line: Hashable, Sendable {
        package var milliseconds: Int64
        package var cause: String
        package var act: String
        package var reason: String
        /// Not a decision: the story's own word about the world.
        package var isHappening = false
    }

    package private(set) var lines: [Line] = []
    /// The weights that the canary was given, in order.
    package internal(set) var weights: [Int] = []
    /// The events on the rollouts, in order: reason and message.
    package internal(set) var events: [Told] = []
    /// The status that each rollout ended with, by `namespace/name`.
    package internal(set) var ends: [String: End] = [:]
    /// How often the controller wrote, or tried to.
    package internal(set) var writes = 0
    /// How many of them found everything as they wanted it.
    package internal(set) var emptyWrites = 0
    /// Promises that were broken on the way. Always empty, or there is a bug.
    package internal(set) var broken: [String] = []
    /// How traffic stood after each write that moved it or its pods.
    package internal(set) var samples: [Sample] = []
    /// What clients could see, after each write that changed it.
    package internal(set) var shown: [Shown] = []
    /// The labels of each pod that runs at the end.
    package internal(set) var podLabels: [[String: String]] = []
    /// The commands that faults placed at the instant of a write.
    package internal(set) var placed: [Placed] = []

    /// An event as it was announced, and the revision that it belongs to.
    package struct Told: Hashable, Sendable {
        package var reason: String
        package var message: String
        package var revision: Int?
    }

    /// Where a rollout stands at the end.
    package struct End: Hashable, Sendable {
        package var phase: String
        package var message: String
        package var stable: String
        package var current: String
        package var revision: Int
        package var weight: Int
        /// The revision behind the active service; nil where the strategy has none.
        package var active: Int?
        package var step: Int?
        package var isAborted: Bool
        package var isPaused: Bool
        /// Pods asked for and available, by revision, where there are any.
        package var pods: [Int: Pods]
        /// The images of the containers that the rollout asks for.
        package var images: [String]
    }

    /// The pods of one revision.
    package struct Pods: Hashable, Sendable {
        package var desired: Int
        package var available: Int
    }

    /// A command that came in the instant of a write, and the Rollout that it met.
    package struct Placed: Hashable, Sendable {
        package var command: Story.Command
        package var rollout: JSON
        /// Whether the command had something to do.
        package var isAccepted: Bool
        package var milliseconds: Int64
    }

    init() {}

    mutating func add(at milliseconds: Int64, cause: String, act: String, reason: String) {
        lines.append(Line(milliseconds: milliseconds, cause: cause, act: act, reason: reason))
    }

    /// What happened at one instant stands on one line.
    mutating func addHappening(_ text: String, at milliseconds: Int64) {
        if let last = lines.last, last.milliseconds == milliseconds, last.isHappening {
            lines[lines.count - 1].reason += ", \(text)"
        } else {
            lines.append(
                Line(
                    milliseconds: milliseconds, cause: "", act: "", reason: text, isHappening: true)
            )
        }
    }

    /// The lines in aligned columns, and how it ended.
    package var text: String {
        let causes = width(of: lines.map(\.cause), upTo: 36)
        let acts = width(of: lines.map(\.act), upTo: 40)
        let told = lines.map { line in
            let time = padded(seconds(line.milliseconds), to: 6, onTheLeft: true)
            if line.isHappening { return row([time, "(\(line.reason))"]) }
            return row([
                time, padded(line.cause, to: causes), padded(line.act, to: acts), line.reason,
            ])
        }
        let ends = ends.sorted { $0.key < $1.key }.map { name, end in
            row(["   end", "\(name): \(end.sentence)"])
        }
        return (told + ends).joined(separator: "\n") + "\n"
    }

    private func width(of texts: [String], upTo limit: Int) -> Int {
        texts.map(\.count).filter { $0 <= limit }.max() ?? 0
    }

    private func row(_ columns: [String]) -> String {
        let text = columns.joined(separator: "  ")
        return String(text.reversed().drop { $0 == " " }.reversed())
    }
}

extension Transcript.End {
    /// Phase, traffic and pods in one line.
    package var sentence: String {
        let why = message.isEmpty ? "" : " (\(message))"
        let pods = pods.sorted { $0.key < $1.key }.map { revision, pods in
            "\(pods.available) of \(pods.desired) pods of revision \(revision)"
        }
        let traffic = active.map { "revision \($0) active" } ?? "weight \(weight)"
        return (["\(phase)\(why)", traffic] + pods).joined(separator: ", ")
    }
}

/// `12s`, or `12.5s` where that is not whole.
private func seconds(_ milliseconds: Int64) -> String {
    let tenths = milliseconds % 1_000 / 100
    return tenths == 0 ? "\(milliseconds / 1_000)s" : "\(milliseconds / 1_000).\(tenths)s"
}

private func padded(_ text: String, to width: Int, onTheLeft: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - text.count))
    return onTheLeft ? space + text : text + space
}
