import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

@Suite(.timeLimit(.minutes(5)))
struct `The address of a Service` {
    @Test func `is given once, to every Service that wants one`() throws {
        let block = try AddressBlock.take(preferred: 77)
        var headless = service("headless")
        headless["spec", "clusterIP"] = "None"
        var old = service("old")
        old["spec", "clusterIP"] = "127.3.200.1"
        let writes = ClusterAddresses.turn([service("a"), headless, old], block: block)
        let names = writes.compactMap { write -> String? in
            guard case .patch(let reference, let patch, _) = write else { return nil }
            return "\(reference.name) \(patch["spec"]?["clusterIP"]?.string ?? "")"
        }
        #expect(names == ["a 127.\(block.number).200.1", "old 127.\(block.number).200.2"])
        var settled = service("a")
        settled["spec", "clusterIP"] = .string("127.\(block.number).200.1")
        #expect(ClusterAddresses.turn([settled], block: block).isEmpty)
    }

    @Test func `leads to whoever is ready`() async throws {
        let shop = try TestProxy()
        let block = try AddressBlock.take(preferred: 99)
        let address = "127.\(block.number).200.1"
        let port = try Ports.free()
        let backend = try TestBackend("inner")
        var web = service("web")
        web["spec"] = ["clusterIP": .string(address), "ports": [["port": .int(Int64(port))]]]
        try await shop.run { cluster in
            try await cluster.create(.services, web.json)
            try await cluster.create(.endpointSlices, slice("web", [backend.endpoint]).json)
            await shop.applied { $0.addresses == ["127.0.0.1"] }
            #expect(version(of: await fetch(address: address, port: port)) == "inner")
        }
    }

    @Test func `is left out where nobody could listen on it`() {
        var web = service("web")
        web["spec", "clusterIP"] = "127.20.200.1"
        var table = RouteTable(ingresses: [], services: [web], slices: [])
        table.keepServiceAddresses { _ in false }
        #expect(table.serviceAddresses.isEmpty)
        #expect(table.notes.count == 1)
    }
}
