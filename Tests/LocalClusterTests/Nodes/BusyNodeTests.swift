import KubernetesObjects
import Testing

@testable import LocalCluster

/// A cluster without anything in it, whose third list of pods lasts as long as a test wants.
private actor SlowCluster {
    private let begun = AsyncStream.makeStream(of: Void.self)
    private let answered = AsyncStream.makeStream(of: Void.self)
    private let rings = AsyncStream.makeStream(
        of: Void.self, bufferingPolicy: .bufferingNewest(1))
    private(set) var looks = 0

    nonisolated func ring() { rings.continuation.yield() }
    nonisolated func answer() { answered.continuation.yield() }
    nonisolated func waitForLook() async { for await _ in begun.stream { return } }

    private func list(_ resource: Resource) async -> [Object] {
        guard resource == .pods else { return [] }
        looks += 1
        // A node looks twice before it begins.
        if looks == 3 {
            begun.continuation.yield()
            for await _ in answered.stream { break }
        }
        return []
    }

    nonisolated var access: ClusterAccess {
        ClusterAccess(
            list: { await self.list($0) }, write: { _ throws(WriteFailure) in },
            changes: { _ in self.rings.stream })
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A node that is busy` {
    @Test func `looks once at all that changes while it looks`() async throws {
        let (scratch, cluster) = (try Scratch(), SlowCluster())
        let edges = Node.Edges(
            cluster: cluster.access, httpGet: { _ in nil }, isRouted: { _ in false },
            now: wallClock)
        let node = Node(
            edges, directory: scratch.path,
            block: try AddressBlock.take(preferred: Int.random(in: 16...250)), account: nil)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await node.run() }
            cluster.ring()
            await cluster.waitForLook()
            for _ in 0..<1_000 {
                cluster.ring()
                await Task.yield()
            }
            node.end()
            cluster.answer()
            try await group.waitForAll()
        }
        // The two of the beginning, the slow one, and one for all that came meanwhile.
        #expect(await cluster.looks <= 4)
    }
}
