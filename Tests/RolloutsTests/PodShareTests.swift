import Rollouts
import Testing

/// The tables of rollout-semantics §4.3.
struct `Pods without a router` {
    /// Holds: 4.3 ideal.
    @Test(arguments: idealWithoutSurge + idealWithSurge)
    func `come as near to the weight as whole pods can`(row: IdealRow) {
        for (weight, pair) in row.pairs {
            let ideal = shares(row.size, weight, surge: row.surge).ideal
            #expect("\(ideal.canary)/\(ideal.stable)" == pair, "\(row.size) pods at \(weight) %")
        }
    }

    /// Holds: 4.3 full vectors, 4.3 older revisions, 1.4 both rounded to 0.
    @Test(arguments: vectors) func `are asked for as the table says`(row: ShareRow) {
        let next = row.shares.next
        #expect("\(next.canary)/\(next.stable)" == row.next, "\(row)")
    }

    /// Holds: 4.3 traces.
    @Test(arguments: courses) func `reach their end by the passes of the table`(course: Course) {
        var shares = course.shares
        var passes = ["\(shares.canary.desired)/\(shares.stable.desired)"]
        // One side at a time, stable first, as the table was recorded.
        while passes.count < 40 {
            let next = shares.next
            if next.stable != shares.stable.desired {
                shares.stable = .init(desired: next.stable, available: next.stable)
            } else if next.canary != shares.canary.desired {
                shares.canary = .init(desired: next.canary, available: next.canary)
            } else {
                break
            }
            passes.append("\(shares.canary.desired)/\(shares.stable.desired)")
        }
        #expect(passes.joined(separator: " ") == course.passes)
    }

    /// The rollout had 8 before, and those of the canary do not start.
    /// Holds: 4.3 never below.
    @Test func `keep enough that serve where the rollout shrinks`() {
        let next = PodShares(
            size: 3, weight: 100, surge: 1, unavailable: 0,
            canary: .init(desired: 4, available: 1), stable: .init(desired: 5, available: 5),
            older: 0
        ).next
        #expect([next.canary, next.stable] == [2, 2])
    }

    /// Holds: 4.3 never below, 4.3 never above.
    @Test(arguments: 0..<500) func `serve as before when the rollout has another size`(seed: Int) {
        var random = Lehmer(seed)
        let size = random.next(1...8)
        func side() -> PodShares.Side {
            let desired = random.next(0...9)
            return .init(desired: desired, available: desired > 0 ? random.next(0...desired) : 0)
        }
        let shares = PodShares(
            size: size, weight: [0, 50, 100][seed % 3], surge: random.next(1...3),
            unavailable: random.next(0...1), canary: side(), stable: side(), older: 0)
        let next = shares.next
        let asked = shares.canary.desired + shares.stable.desired
        #expect(next.canary + next.stable <= max(asked, size + shares.surge), "\(shares)")
        let serving = shares.canary.available + shares.stable.available
        let left =
            min(next.canary, shares.canary.available) + min(next.stable, shares.stable.available)
        #expect(left >= min(serving, size - min(shares.unavailable, size)), "\(shares) \(next)")
    }

    /// Holds: 4.3 never below, 4.3 never above.
    @Test(arguments: 0..<500)
    func `never lack more than they may, nor exceed what they may`(seed: Int) {
        var random = Lehmer(seed)
        let size = random.next(1...12)
        let surge = random.next(0...4)
        let unavailable = surge == 0 ? random.next(1...size) : random.next(0...size)
        var shares = PodShares(
            size: size, weight: random.next(0...100), surge: surge, unavailable: unavailable,
            canary: .init(desired: 0, available: 0),
            stable: .init(desired: size, available: size), older: 0)
        for _ in 0..<60 {
            if random.next(0...9) == 0 { shares.weight = random.next(0...100) }
            let next = shares.next
            #expect(next.canary + next.stable <= size + surge, "\(shares)")
            shares.canary = .init(
                desired: next.canary, available: min(next.canary, shares.canary.available))
            shares.stable = .init(
                desired: next.stable, available: min(next.stable, shares.stable.available))
            #expect(
                shares.canary.available + shares.stable.available >= size - unavailable,
                "\(shares)")
            if random.next(0...1) == 0 { shares.canary.available = shares.canary.desired }
            if random.next(0...1) == 0 { shares.stable.available = shares.stable.desired }
        }
    }
}

struct IdealRow: Sendable, CustomTestStringConvertible {
    var size: Int
    var surge: Int
    var pairs: [(Int, String)]
    var testDescription: String { "\(size) pods, surge \(surge)" }
}

private func ideals(surge: Int, _ weights: [Int], _ rows: [String]) -> [IdealRow] {
    rows.map { row in
        let fields = row.split(separator: " ").map(String.init)
        return IdealRow(
            size: Int(fields[0]) ?? 0, surge: surge, pairs: Array(zip(weights, fields.dropFirst())))
    }
}

private let idealWithoutSurge = ideals(
    surge: 0, [0, 1, 10, 15, 25, 33, 49, 50, 99, 100],
    [
        "1 0/1 0/1 0/1 0/1 0/1 0/1 0/1 1/0 1/0 1/0",
        "2 0/2 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 2/0",
        "3 0/3 1/2 1/2 1/2 1/2 1/2 1/2 2/1 2/1 3/0",
        "4 0/4 1/3 1/3 1/3 1/3 1/3 2/2 2/2 3/1 4/0",
        "5 0/5 1/4 1/4 1/4 1/4 2/3 2/3 3/2 4/1 5/0",
        "10 0/10 1/9 1/9 2/8 3/7 3/7 5/5 5/5 9/1 10/0",
    ])

private let idealWithSurge = ideals(
    surge: 1, [0, 1, 10, 18, 20, 24, 25, 33, 49, 50, 99, 100],
    [
        "1 0/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/1 1/0",
        "2 0/2 1/2 1/2 1/2 1/2 1/2 1/2 1/2 1/1 1/1 2/1 2/0",
        "3 0/3 1/3 1/3 1/3 1/3 1/3 1/3 1/2 2/2 2/2 3/1 3/0",
        "4 0/4 1/4 1/4 1/4 1/4 1/3 1/3 2/3 2/2 2/2 4/1 4/0",
        "5 0/5 1/5 1/5 1/5 1/4 1/4 1/4 2/4 3/3 3/3 5/1 5/0",
        "10 0/10 1/10 1/9 2/9 2/8 3/8 3/8 3/7 5/5 5/5 10/1 10/0",
    ])

struct ShareRow: Sendable, CustomTestStringConvertible {
    var shares: PodShares
    var next: String
    var testDescription: String {
        "\(shares.size) pods, \(shares.weight) %, surge \(shares.surge), "
            + "unavailable \(shares.unavailable)"
    }
}

private func shares(
    _ size: Int, _ weight: Int, surge: Int, unavailable: Int = 0, stable: (Int, Int) = (0, 0),
    canary: (Int, Int) = (0, 0), older: Int = 0
) -> PodShares {
    PodShares(
        size: size, weight: weight, surge: surge, unavailable: unavailable,
        canary: .init(desired: canary.0, available: canary.1),
        stable: .init(desired: stable.0, available: stable.1), older: older)
}

/// Columns: size, weight, surge, unavailable, stable desired and available, canary desired and
/// available, older, then the wanted canary/stable.
private let vectors: [ShareRow] = [
    "10 100 3 0 7 8 6 3 0 6/7", "10 20 2 0 10 10 0 0 0 2/10", "10 20 2 0 10 10 2 2 0 2/8",
    "10 30 2 0 10 10 0 0 0 2/10", "10 20 0 2 10 10 0 0 0 0/8", "10 30 0 2 10 10 0 0 0 0/8",
    "10 50 2 1 10 10 0 0 0 2/9", "10 0 1 1 10 10 1 1 0 0/10", "10 100 1 1 1 1 10 10 0 10/0",
    "1 20 1 0 1 1 0 0 0 1/1", "1 90 1 0 1 1 0 0 0 1/1", "1 49 0 1 1 1 0 0 0 0/1",
    "1 51 0 1 1 1 0 0 0 0/0", "1 51 0 1 0 0 0 0 0 1/0", "10 30 1 0 1 1 0 0 3 1/7",
    "10 30 0 3 8 5 4 4 0 3/7", "10 100 1 0 10 2 10 8 0 9/2", "10 30 0 1 8 6 4 2 3 4/8",
    "10 5 0 1 10 10 0 0 0 0/9", "10 5 0 1 9 9 0 0 0 1/9", "10 10 0 0 10 10 0 0 0 0/9",
    "4 100 1 0 4 1 0 0 0 1/4", "3 99 0 2 3 3 0 0 0 0/1", "3 99 0 2 1 1 0 0 0 2/1",
    "4 100 1 0 4 1 1 1 0 1/3", "4 0 1 0 0 0 4 4 0 4/1", "4 0 1 0 1 0 4 4 0 4/1",
    "4 0 1 0 1 1 4 4 0 3/1", "4 100 4 4 4 4 0 0 0 4/0", "4 100 3 0 4 4 0 0 0 3/4",
].map { row in
    let fields = row.split(separator: " ").map(String.init)
    let n = fields.dropLast().compactMap { Int($0) }
    return ShareRow(
        shares: shares(
            n[0], n[1], surge: n[2], unavailable: n[3], stable: (n[4], n[5]), canary: (n[6], n[7]),
            older: n[8]),
        next: fields[9])
}

struct Course: Sendable, CustomTestStringConvertible {
    var shares: PodShares
    var passes: String
    var testDescription: String { passes }
}

/// Columns: size, weight, surge, unavailable; then the sizes pass by pass, pods at once available.
private let courses: [Course] = [
    ("10 20 3 2", "0/10 0/8 2/8"), ("10 50 3 2", "0/10 0/8 5/8 5/5"),
    ("10 100 3 2", "0/10 0/8 5/8 5/3 10/3 10/0"), ("5 20 2 0", "0/5 1/5 1/4"),
    ("5 40 1 0", "0/5 1/5 1/4 2/4 2/3"), ("4 25 1 0", "0/4 1/4 1/3"),
    ("3 50 1 0", "0/3 1/3 1/2 2/2"), ("1 50 1 0", "0/1 1/1"), ("1 100 1 0", "0/1 1/1 1/0"),
    (
        "10 100 0 1",
        "0/10 0/9 1/9 1/8 2/8 2/7 3/7 3/6 4/6 4/5 5/5 5/4 6/4 6/3 7/3 7/2 8/2 8/1 9/1 9/0 10/0"
    ),
    ("10 0 3 2", "6/4 6/7 1/7 1/10 0/10"), ("10 30 0 5", "0/10 0/7 3/7"),
].map { row, passes in
    let n = row.split(separator: " ").compactMap { Int($0) }
    let start = passes.split(separator: " ")[0].split(separator: "/").compactMap { Int($0) }
    return Course(
        shares: shares(
            n[0], n[1], surge: n[2], unavailable: n[3], stable: (start[1], start[1]),
            canary: (start[0], start[0])), passes: passes)
}
