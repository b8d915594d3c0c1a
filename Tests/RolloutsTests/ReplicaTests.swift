import Rollouts
import Testing

/// The table of rollout-semantics §4.3b, but for aborts with a shrunken stable: the reference
/// walks its steps back, ours asks for all of stable at once.
struct `Replicas with traffic routing` {
    struct Row: Sendable {
        var name: String
        var sizing: Sizing
        var canary: Int
        var stable: Int
    }

    static func row(
        _ name: String, _ size: Int, weight: Int, _ canary: Int, _ stable: Int,
        change: (inout Sizing) -> Void = { _ in }
    ) -> Row {
        var sizing = Sizing(size: size, stepWeight: weight)
        change(&sizing)
        return Row(name: name, sizing: sizing, canary: canary, stable: stable)
    }

    static func aborted(
        _ name: String, _ size: Int, actual: Int, _ canary: Int, _ stable: Int
    ) -> Row {
        row(name, size, weight: 20, canary, stable) {
            $0.dynamicStableScale = true
            $0.isAborted = true
            $0.actualCanaryWeight = actual
        }
    }

    static let rows: [Row] = [
        row("plain", 10, weight: 10, 1, 10),
        row("rounding 20", 10, weight: 20, 2, 10),
        row("rounding 25", 10, weight: 25, 3, 10),
        row("rounding 33", 10, weight: 33, 4, 10),
        row("rounding 99", 10, weight: 99, 10, 10),
        row("rounding 100", 10, weight: 100, 10, 10),
        row("setCanaryScale replicas 9", 1, weight: 100, 9, 1) { $0.scale = .replicas(9) },
        row("setCanaryScale weight 200", 4, weight: 10, 8, 4) { $0.scale = .weight(200) },
        row("matchTrafficWeight", 10, weight: 20, 2, 10) { $0.scale = .matchTrafficWeight },
        row("abort that keeps the canary", 1, weight: 10, 1, 1) {
            $0.scale = .replicas(1)
            $0.isAborted = true
            $0.keepsAbortedCanary = true
        },
        row("abort after a delay", 1, weight: 10, 0, 1) {
            $0.scale = .replicas(1)
            $0.isAborted = true
        },
        row("minPods 2", 10, weight: 5, 2, 10) { $0.minimumPods = 2 },
        row("dynamic, first weight 10", 10, weight: 10, 1, 9) {
            $0.dynamicStableScale = true
            $0.actualCanaryWeight = 10
        },
        row("dynamic, weight 20 with 10 in place", 10, weight: 20, 2, 9) {
            $0.dynamicStableScale = true
            $0.actualCanaryWeight = 10
        },
        row("dynamic, 25 of 4", 4, weight: 25, 1, 3) {
            $0.dynamicStableScale = true
            $0.actualCanaryWeight = 25
        },
        row("dynamic, 75 of 4", 4, weight: 75, 3, 1) {
            $0.dynamicStableScale = true
            $0.actualCanaryWeight = 75
        },
        aborted("dynamic abort at 10", 10, actual: 10, 1, 10),
        aborted("dynamic abort at 20", 10, actual: 20, 2, 10),
        aborted("dynamic abort at 60", 10, actual: 60, 6, 10),
        aborted("dynamic abort at 25, n 4", 4, actual: 25, 1, 4),
        aborted("dynamic abort at 0, n 4", 4, actual: 0, 0, 4),
    ]

    /// Holds: 4.3b plain, 4.3b setCanaryScale replicas, 4.3b setCanaryScale weight.
    /// Holds: 4.3b matchTrafficWeight, 4.3b abort, 4.3b minPodsPerReplicaSet, 4.3b dynamic.
    /// Holds: 4.3b dynamic abort, 1.4 minPodsPerReplicaSet, 4.10 dynamic with minPods.
    /// Holds: 9.3 minPodsPerReplicaSet.
    @Test(arguments: rows) func `are those of the table`(row: Row) {
        let replicas = row.sizing.replicas
        #expect(replicas.canary == row.canary, "\(row.name)")
        #expect(replicas.stable == row.stable, "\(row.name)")
    }
}

struct `An affordable weight` {
    /// Holds: 6.3 I1 pods before weight.
    @Test func `going up is what the canary's pods carry`() {
        #expect(affordable(50, current: 10, capacity(canary: 3, of: 5, stable: 10)) == 30)
        #expect(affordable(50, current: 10, capacity(canary: 5, of: 5, stable: 10)) == 50)
        #expect(affordable(50, current: 10, capacity(canary: 0, of: 5, stable: 10)) == 0)
    }

    /// Holds: 6.3 I2 stable carries, 6.2 stable short.
    @Test func `going back leaves only what stable cannot carry`() {
        #expect(affordable(0, current: 80, capacity(canary: 8, of: 0, stable: 10)) == 0)
        #expect(affordable(0, current: 80, capacity(canary: 8, of: 0, stable: 4)) == 60)
        #expect(affordable(0, current: 30, capacity(canary: 3, of: 0, stable: 4)) == 30)
    }

    @Test func `stays where it is when nobody answers`() {
        #expect(affordable(0, current: 50, capacity(canary: 0, of: 5, stable: 0)) == 50)
    }

    @Test(arguments: 0..<200) func `never exceeds what is wanted or there now`(seed: Int) {
        var random = Lehmer(seed)
        let wanted = random.next(0...100), current = random.next(0...100)
        let capacity = capacity(
            canary: random.next(0...12), of: random.next(0...12), stable: random.next(0...12))
        let weight = affordable(wanted, current: current, capacity)
        #expect((0...100).contains(weight))
        #expect(weight <= max(wanted, current))
        if weight > current { #expect(capacity.canaryAvailable > 0) }
    }

    private func capacity(canary: Int, of wanted: Int, stable: Int) -> Capacity {
        Capacity(
            total: 100, size: 10, canaryWanted: wanted, canaryAvailable: canary,
            stableAvailable: stable)
    }
}

/// A small generator for laws by seed (Lehmer, modulus 2³¹ − 1).
struct Lehmer {
    private var state: Int
    init(_ seed: Int) { state = seed % 2_147_483_646 + 1 }
    mutating func next(_ range: ClosedRange<Int>) -> Int {
        state = state * 48_271 % 2_147_483_647
        return range.lowerBound + state % range.count
    }
}
