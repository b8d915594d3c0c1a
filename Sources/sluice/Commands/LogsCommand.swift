import ArgumentParser
import Curl
import KubernetesClient
import KubernetesObjects
import Manifests

/// `sluice logs`: what the pods of a rollout say.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print the logs of a pod, or of all pods of a rollout.",
        usage: "sluice logs [pod/|rollout/]NAME [-f] [-c CONTAINER] [options]",
        discussion: """
            NAME is a pod or a rollout; where both have it, write pod/NAME or rollout/NAME. The \
            lines of several pods begin with the pod's name.
            """)

    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

    @Argument(help: "pod/NAME, rollout/NAME, or the name of either.")
    var name: String

    @Flag(name: .shortAndLong, help: "Go on with what comes.")
    var follow = false

    @Option(name: .shortAndLong, help: "The container. Default: the pod's default, or its first.")
    var container: String?

    @Option(help: "Begin with the last so many lines.")
    var tail: Int?

    @Option(help: ArgumentHelp("Begin with what is not older.", valueName: "duration"))
    var since: TimeLimit?

    @Flag(name: .shortAndLong, help: "Of the run of the container before this one.")
    var previous = false

    @Flag(help: "Begin each line with its time.")
    var timestamps = false

    @Option(help: "Only pods of this revision of the rollout.")
    var revision: Int?

    func validate() throws {
        guard (tail ?? 0) >= 0 else { throw ValidationError("--tail takes a number of lines") }
        guard PodChoice(name) != nil else {
            throw ValidationError("\(name): write NAME, pod/NAME or rollout/NAME")
        }
    }

    func run() async throws {
        guard let choice = PodChoice(name) else { return }
        let connected = try cluster.connect()
        let pods = try await choice.pods(in: connected, revision: revision)
        guard pods.count <= Self.podLimit else {
            throw CommandFailure(
                "\(name) has \(pods.count) pods, of which \(Self.podLimit) can be read at once",
                remedy: "name a pod, or a --revision")
        }
        let isAlone = pods.count == 1
        let query = query
        let outcomes = await withTaskGroup(of: CommandFailure?.self) { group in
            for pod in pods {
                group.addTask {
                    await stream(pod, query, connected, prefix: isAlone ? "" : "[\(pod.name)] ")
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let failures = outcomes.compactMap(\.self)
        for failure in failures.dropLast() { Terminal.error.say("Error: \(failure)") }
        if let last = failures.last { throw last }
    }

    /// Each one is a connection that stays open.
    private static let podLimit = 50

    private var query: [(String, String)] {
        var query: [(String, String)] = []
        if follow { query.append(("follow", "true")) }
        if previous { query.append(("previous", "true")) }
        if timestamps { query.append(("timestamps", "true")) }
        if let tail { query.append(("tailLines", "\(tail)")) }
        if let since { query.append(("sinceSeconds", "\(max(1, since.milliseconds / 1_000))")) }
        return query
    }

    private func stream(
        _ pod: Object, _ query: [(String, String)], _ connected: Connected, prefix: String
    ) async -> CommandFailure? {
        let subject = "the log of pod \(pod.namespace)/\(pod.name)"
        let path = Resource.pods.path(
            namespace: pod.namespace, name: pod.name, subresource: "log")
        let chosen = container ?? pod.defaultContainer
        do throws(APIError) {
            let body = try await connected.client.text(
                at: path, query: query + (chosen.map { [("container", $0)] } ?? []))
            var lines = PrefixedLines(prefix: prefix)
            do throws(CurlError) {
                var pieces = body.makeAsyncIterator()
                while let piece = try await pieces.next() {
                    Terminal.output.write(lines.taking(piece))
                }
                Terminal.output.write(lines.rest())
            } catch {
                Terminal.output.write(lines.rest())
                return CommandFailure("\(subject) broke off: \(error)")
            }
            return nil
        } catch {
            return CommandFailure(error, asking: subject, of: connected)
        }
    }
}

/// Puts a prefix before each line of a stream of bytes, and gives out whole lines only, so that the
/// lines of several streams do not mix.
struct PrefixedLines {
    let prefix: [UInt8]
    private var open: [UInt8] = []

    /// A line without an end is given out in pieces of this many bytes.
    private static let longestLine = 1 << 20

    init(prefix: String) {
        self.prefix = Array(prefix.utf8)
    }

    /// What can be written now that `bytes` have come.
    mutating func taking(_ bytes: [UInt8]) -> [UInt8] {
        if prefix.isEmpty { return bytes }
        open += bytes
        let end = open.lastIndex(of: UInt8(ascii: "\n"))
        guard let end = end ?? (open.count > Self.longestLine ? open.count - 1 : nil) else {
            return []
        }
        let whole = open[...end]
        open = Array(open[(end + 1)...])
        return prefixed(whole)
    }

    /// What is left at the end, as a line.
    mutating func rest() -> [UInt8] {
        defer { open = [] }
        return open.isEmpty ? [] : prefixed(open[...]) + [UInt8(ascii: "\n")]
    }

    private func prefixed(_ lines: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var isStart = true
        for byte in lines {
            if isStart { result += prefix }
            result.append(byte)
            isStart = byte == UInt8(ascii: "\n")
        }
        return result
    }
}
