import Documents

/// What happens to a simulated rollout, and when: lines of `TIME COMMAND`, in any order.
///
///     10s   image v2
///     40s   metric error-rate 0.09
///     60s   promote
package struct Story: Hashable, Sendable {
    package var moments: [Moment]

    /// One line of a story.
    package struct Moment: Hashable, Sendable {
        package var milliseconds: Int64
        package var command: Command

        package init(seconds: Int64, _ command: Command) {
            milliseconds = seconds * 1_000
            self.command = command
        }
    }

    /// What happens: a command of a person, or something in the world.
    package enum Command: Hashable, Sendable {
        /// Sets the image of the first container.
        case image(String)
        case promote
        case promoteFull
        case abort
        case retry
        case pause
        case resume
        case undo(revision: Int?)
        case scale(Int)
        /// The same by an autoscaler, which knows of a rollout what its scale says.
        case autoscale(Int)
        /// Replaces the pods there are.
        case restart
        /// A merge patch of the Rollout, as an edit of its document in Git would have it.
        case edit(JSON)
        /// What a metric answers from now on.
        case metric(String, Answering)
        /// At most this many pods of the new ReplicaSet become ready; nil for all.
        case newPods(Int?)
        /// At most this many pods of each version of an experiment stay ready; nil for all.
        case versionPods(Int?)
        /// At most this many pods of the stable ReplicaSet stay ready; nil for all.
        case stablePods(Int?)
        /// The controller is killed and started again.
        case crash
        /// Nothing: the story goes on at least until then.
        case end
    }

    /// What a metric provider answers.
    package enum Answering: Hashable, Sendable {
        case value(Double)
        /// What a provider says that answers with more than numbers.
        case document(JSON)
        /// No series at all.
        case noData
        /// The provider cannot be reached.
        case error

        /// Reads a number, `none`, `error`, or JSON; nil where it is none of these.
        package init?(_ text: String) {
            switch text {
            case "none": self = .noData
            case "error": self = .error
            default:
                if let number = Double(text) {
                    self = .value(number)
                    return
                }
                do {
                    self = .document(try JSON(parsing: text))
                } catch {
                    return nil
                }
            }
        }
    }

    package init(_ moments: [Moment] = []) {
        self.moments = moments
    }

    /// Reads a story. Empty lines and lines that begin with `#` say nothing.
    /// - Throws: `StoryError` with the line that cannot be read.
    package init(parsing text: String) throws(StoryError) {
        moments = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard let time = GoDuration.parse(first), time >= 0 else {
                throw StoryError(
                    line: index + 1, "\(first) is no time; begin the line with one like 30s")
            }
            guard let command = Command(words: Array(words.dropFirst())) else {
                throw StoryError(
                    line: index + 1,
                    "\(words.dropFirst().joined(separator: " ")) is no command; use one of: "
                        + Command.help.joined(separator: ", "))
            }
            moments.append(Moment(milliseconds: time, command))
        }
    }
}

extension Story.Moment {
    fileprivate init(milliseconds: Int64, _ command: Story.Command) {
        self.milliseconds = milliseconds
        self.command = command
    }
}

extension Story.Command {
    static let help = [
        "image NAME", "promote", "promote full", "abort", "retry", "pause", "resume",
        "undo [REVISION]", "scale N", "autoscale N", "restart", "edit {spec: {…}}",
        "metric NAME VALUE|JSON|none|error", "new-pods N|all", "stable-pods N|all",
        "version-pods N|all", "crash", "end",
    ]

    init?(words: [String]) {
        if words.first == "edit" {
            guard let patch = Self.patch(words.dropFirst().joined(separator: " ")) else {
                return nil
            }
            self = .edit(patch)
            return
        }
        if words.first == "metric", words.count > 2 {
            let text = words.dropFirst(2).joined(separator: " ")
            guard let answering = Story.Answering(text) else { return nil }
            self = .metric(words[1], answering)
            return
        }
        switch (words.first, words.count) {
        case ("image", 2): self = .image(words[1])
        case ("promote", 1): self = .promote
        case ("promote", 2) where words[1] == "full": self = .promoteFull
        case ("abort", 1): self = .abort
        case ("retry", 1): self = .retry
        case ("pause", 1): self = .pause
        case ("resume", 1): self = .resume
        case ("undo", 1): self = .undo(revision: nil)
        case ("undo", 2):
            guard let revision = Int(words[1]) else { return nil }
            self = .undo(revision: revision)
        case ("scale", 2):
            guard let count = Int(words[1]), count >= 0 else { return nil }
            self = .scale(count)
        case ("autoscale", 2):
            guard let count = Int(words[1]), count >= 0 else { return nil }
            self = .autoscale(count)
        case ("new-pods", 2):
            guard let limit = Self.limit(words[1]) else { return nil }
            self = .newPods(limit.count)
        case ("stable-pods", 2):
            guard let limit = Self.limit(words[1]) else { return nil }
            self = .stablePods(limit.count)
        case ("version-pods", 2):
            guard let limit = Self.limit(words[1]) else { return nil }
            self = .versionPods(limit.count)
        case ("restart", 1): self = .restart
        case ("crash", 1): self = .crash
        case ("end", 1): self = .end
        default: return nil
        }
    }

    /// YAML in one line.
    private static func patch(_ text: String) -> JSON? {
        do {
            let documents = try YAML.documents(in: [UInt8](text.utf8), file: "story")
            return documents.first.flatMap { $0.value.object == nil ? nil : $0.value }
        } catch {
            return nil
        }
    }

    private static func limit(_ word: String) -> (count: Int?, Void)? {
        if word == "all" { return (nil, ()) }
        guard let count = Int(word), count >= 0 else { return nil }
        return (count, ())
    }

    /// The command as a transcript shows it.
    var text: String {
        switch self {
        case .image(let name): "image \(name)"
        case .promote: "promote"
        case .promoteFull: "promote full"
        case .abort: "abort"
        case .retry: "retry"
        case .pause: "pause"
        case .resume: "resume"
        case .undo(nil): "undo"
        case .undo(let revision?): "undo \(revision)"
        case .scale(let count): "scale \(count)"
        case .autoscale(let count): "autoscale \(count)"
        case .restart: "restart"
        case .edit(let patch): "edit \(patch.keyPath)"
        case .metric(let name, .value(let value)): "\(name) \(value)"
        case .metric(let name, .document(let document)): "\(name) \(document.text)"
        case .metric(let name, .noData): "\(name) has no data"
        case .metric(let name, .error): "\(name) cannot be asked"
        case .newPods(let limit): "new pods \(limit.map(String.init) ?? "all")"
        case .stablePods(let limit): "stable pods \(limit.map(String.init) ?? "all")"
        case .versionPods(let limit): "version pods \(limit.map(String.init) ?? "all")"
        case .crash: "crash"
        case .end: "end"
        }
    }
}

extension JSON {
    /// The path to the only thing that a patch changes, or to where its changes part.
    fileprivate var keyPath: String {
        guard let members = object?.members, members.count == 1, let member = members.first else {
            return ""
        }
        let rest = member.value.keyPath
        return rest.isEmpty ? member.key : "\(member.key).\(rest)"
    }
}

/// A line of a story that cannot be read.
package struct StoryError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(line: Int, _ message: String) {
        description = "line \(line): \(message)"
    }
}
