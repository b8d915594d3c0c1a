import ArgumentParser
import Controller
import Documents
import Foundation
import KubernetesObjects

/// What every command of an operator takes: which rollout, who asks, and why.
struct OrderOptions: ParsableArguments {
    @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

    @Argument(help: "The rollout.")
    var name: RolloutName

    @Option(help: "Why, in your words. It is kept with the command in the history.")
    var reason: String?

    @Option(help: "Who asks; kept as claimed. Default: $USER@host.")
    var actor: String?

    func validate() throws {
        for text in [reason, actor].compactMap(\.self) where text.utf8.count > Self.longestText {
            throw ValidationError("--reason and --actor take up to \(Self.longestText) bytes")
        }
    }

    /// An annotation holds both; all of an object's annotations have 256 KiB.
    private static let longestText = 4_096

    /// Sends the command and says what was done.
    func send(_ commands: [OperatorCommand]) async throws {
        let connected = try cluster.connect()
        let delivery = Delivery(
            cluster: .direct(connected.client), order: order(commands), server: connected.server,
            now: { .now },
            pause: { attempt in
                try await Task.sleep(for: .milliseconds(pauseMilliseconds * attempt))
            })
        let receipt = try await delivery.send(
            to: RolloutKey(namespace: connected.namespace, name: name.text))
        if let warning = receipt.warning { Terminal.error.say("Warning: \(shown(warning))") }
        Terminal.output.say(shown(receipt.text))
    }

    private func order(_ commands: [OperatorCommand]) -> Order {
        Order(commands: commands, actor: actor ?? Self.claimedActor, reason: reason)
    }

    private static var claimedActor: String {
        let user = ProcessInfo.processInfo.environment["USER"] ?? NSUserName()
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return user }
        let host = String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return "\(user)@\(host)"
    }
}

/// Long enough for the other writer to be done, short enough not to be noticed.
private let pauseMilliseconds = 20
