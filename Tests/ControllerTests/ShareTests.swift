import KubernetesObjects
import Testing

@testable import Controller

struct `The runs of many rollouts` {
    private static func share(of number: Int) -> Int64 {
        Reference(.analysisRuns, namespace: "team-\(number / 25)", name: "app-\(number)-5d7c-2")
            .shareOfSecond
    }

    @Test func `are measured all over the second`() {
        let shares = (0..<200).map(Self.share)
        #expect(shares.allSatisfy { (0..<1_000).contains($0) })
        // Twenty for each tenth of a second, give or take what chance does.
        let tenths = Dictionary(grouping: shares) { $0 / 100 }
        #expect((0..<10).allSatisfy { (5...40).contains(tenths[$0]?.count ?? 0) })
    }

    @Test func `keep their place in it across a restart`() {
        #expect((0..<3).map(Self.share) == [675, 954, 761])
    }
}
