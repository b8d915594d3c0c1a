import ArgumentParser
import KubernetesObjects
import LocalCluster
import Logging
import ServiceLifecycle
import UnixSignals

extension StandIn {
    struct Node: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the pods of an API server ready without running anything.")

        @OptionGroup(title: "Cluster Options") var cluster: ClusterOptions

        func run() async throws {
            let remote = RemoteCluster(
                try cluster.connect().client, [.pods], namespaces: cluster.namespace.map { [$0] })
            let node = HollowNode(remote.access, named: "hollow", now: { .now })
            let services = [BoxPart { await remote.follow() }, BoxPart { await node.run() }]
            let group = ServiceGroup(
                configuration: .init(
                    services: services.map { .init(service: $0) },
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: Logger(label: "sluice.node")))
            try await group.run()
        }
    }
}
