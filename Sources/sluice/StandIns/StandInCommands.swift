import ArgumentParser
import Curl
import Foundation
import Logging
import ServiceLifecycle
import Serving
import Traffic
import UnixSignals

/// The applications of the demonstration. They are no part of what the product does, therefore help
/// does not show them.
struct StandIn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stand-in", abstract: "Serve a made-up application for demonstrations.",
        shouldDisplay: false, subcommands: [Model.self, Gateway.self, Node.self])
}

extension StandIn {
    struct Model: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A model API that can be slow, wrong, or late to start.")

        @OptionGroup var place: Place
        @Option(help: "What X-Version says; the tag of SLUICE_IMAGE where it is left out.")
        var version: String?
        @Option(help: "Of 100 requests exactly so many fail with 500.")
        var errorPercent = 0
        @Option(help: "How long an answer takes.")
        var latencyMilliseconds = 0
        @Option(help: "How long the model takes to load before it is ready.")
        var warmUpSeconds = 0

        func validate() throws {
            guard (0...100).contains(errorPercent) else {
                throw ValidationError("--error-percent must be from 0 to 100")
            }
            guard (0...600_000).contains(latencyMilliseconds), (0...3600).contains(warmUpSeconds)
            else {
                throw ValidationError("no more than ten minutes of latency and an hour of warm-up")
            }
        }

        func run() async throws {
            let environment = ProcessInfo.processInfo.environment
            let presence = Presence(
                warmUp: .seconds(warmUpSeconds), drain: .seconds(place.drainSeconds))
            let model = ModelStandIn(
                ModelStandIn.Behaviour(
                    version: version ?? imageTag(environment["SLUICE_IMAGE"] ?? "") ?? "unknown",
                    errorPercent: errorPercent, latency: .milliseconds(latencyMilliseconds)),
                isReady: { presence.isReady }, hasLoaded: { presence.hasBeenReady })
            try await place.serve(presence) { await model.respond(to: $0) }
        }
    }

    struct Gateway: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "An LLM gateway that reads its route policies from the environment.")

        @OptionGroup var place: Place

        func run() async throws {
            let configuration: GatewayConfiguration
            do throws(RouterError) {
                configuration = try GatewayConfiguration(ProcessInfo.processInfo.environment)
            } catch {
                FileHandle.standardError.write(Data("ValueError: \(error)\n".utf8))
                throw ExitCode(1)
            }
            let presence = Presence(warmUp: .zero, drain: .seconds(place.drainSeconds))
            let client = CurlClient()
            let gateway = GatewayStandIn(
                configuration, isReady: { presence.isReady },
                forward: GatewayStandIn.forwarding(
                    with: client, timeoutSeconds: configuration.timeoutSeconds))
            try await place.serve(presence) { await gateway.respond(to: $0) }
            client.shutdown()
        }
    }

    /// Where a stand-in listens, and how it ends.
    struct Place: ParsableArguments {
        @Option(
            help: "The address to listen at; POD_IP, or this machine only, where it is left out.")
        var host: String?
        @Option(help: "The port to listen at; 0 leaves the choice to the kernel.")
        var port = 8080
        @Option(help: "How long it still answers after it was told to end.")
        var drainSeconds = 2

        func serve(
            _ presence: Presence,
            _ handler: @escaping @Sendable (Request) async -> Serving.Response
        ) async throws {
            let address = host ?? ProcessInfo.processInfo.environment["POD_IP"] ?? "127.0.0.1"
            let logger = Logger(label: "stand-in")
            let listener = Listener(
                at: .open(host: address, port: port), logger: logger,
                onBound: { port in
                    logger.notice("listening", metadata: ["address": "\(address):\(port)"])
                }, handler: presence.closing(handler))
            // The last one is told to end first, and the listener only after it is done.
            let group = ServiceGroup(
                services: [listener, presence], gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger)
            try await group.run()
        }
    }
}

/// `v2` of `registry:5000/model:v2@sha256:…`; nil for an image without a tag.
func imageTag(_ image: String) -> String? {
    let name = image.split(separator: "/").last?.split(separator: "@").first
    let parts = name?.split(separator: ":", maxSplits: 1) ?? []
    return parts.count == 2 ? String(parts[1]) : nil
}
