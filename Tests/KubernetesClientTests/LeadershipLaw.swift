import Documents

@testable import KubernetesClient

/// Many candidates, one lease, and everything that can go wrong between them: clocks that run
/// wrong, delays, lost questions and answers, crashes, orderly ends, foreign writes. All of it from
/// a seed.
struct LeadershipLaw {
    private struct Candidate {
        var election: LeaderElection
        /// How fast its clock runs, and what it shows.
        var rate: Double
        var wall: Timestamp
        var isAlive = true
        var question = 0
    }

    private enum Happening {
        case arrives(Int, question: Int, LeaderElection.Act)
        case answers(Int, question: Int, LeaderElection.Outcome)
        case crashes(Int), resigns(Int), starts, labels
    }

    private var chance: Chance
    private let wildness: Double
    /// In true seconds.
    private var now = 0.0
    private var due: [(at: Double, number: Int, what: Happening)] = []
    private var number = 0
    private var candidates: [Candidate] = []
    private var lease: (record: LeaseRecord, version: Int)?
    private var isRough = true

    private(set) var terms = 0
    private(set) var twoLed = false

    /// - Parameter wildness: by how much clocks may run too fast or too slow, as a share.
    init(seed: UInt64, wildness: Double) {
        chance = Chance(seed: seed)
        self.wildness = wildness
    }

    /// Ten rough minutes, then a quiet one. Returns whether somebody leads at the end.
    mutating func run() -> Bool {
        for _ in 0..<3 { plan(.starts, in: chance.upTo(20)) }
        for _ in 0..<20 { plan(.labels, in: chance.upTo(600)) }
        while let next = due.indices.min(by: {
            (due[$0].at, due[$0].number) < (due[$1].at, due[$1].number)
        }) {
            let (at, _, what) = due.remove(at: next)
            if at > 660 { break }
            if at > 600 { isRough = false }
            now = at
            happen(what)
            if leaders.count > 1 { twoLed = true }
        }
        return leaders.count == 1
    }

    private var leaders: [Int] {
        candidates.indices.filter {
            candidates[$0].isAlive && candidates[$0].election.leads(at: local($0))
        }
    }

    private func local(_ index: Int) -> Duration { .seconds(now * candidates[index].rate) }

    private mutating func plan(_ what: Happening, in seconds: Double) {
        number += 1
        due.append((now + seconds, number, what))
    }

    private mutating func happen(_ what: Happening) {
        switch what {
        case .starts: start()
        case .labels: lease?.version += 1
        case .crashes(let index):
            candidates[index].isAlive = false
            plan(.starts, in: chance.upTo(30))
        case .resigns(let index):
            // All its work has ended by now.
            candidates[index].isAlive = false
            if let act = candidates[index].election.release(time: candidates[index].wall) {
                ask(index, act)
            }
            plan(.starts, in: chance.upTo(30))
        case .arrives(let index, let question, let act):
            let outcome = serve(act)
            if isRough && chance.comes(1, in: 10) { return }
            plan(.answers(index, question: question, outcome), in: delay())
        case .answers(let index, let question, let outcome):
            guard candidates[index].isAlive, candidates[index].question == question else { return }
            take(outcome, index)
        }
    }

    private mutating func start() {
        let rate = 1 - wildness + chance.upTo(2 * wildness)
        let wall = Timestamp(seconds: Int64(chance.upTo(2_000_000_000)))
        candidates.append(
            Candidate(
                election: LeaderElection(.init(identity: "\(candidates.count)")), rate: rate,
                wall: wall))
        let index = candidates.count - 1
        let end = 20 + chance.upTo(200)
        if now + end < 600 {
            plan(chance.comes(1, in: 2) ? .crashes(index) : .resigns(index), in: end)
        }
        ask(index, candidates[index].election.act)
    }

    private mutating func take(_ outcome: LeaderElection.Outcome, _ index: Int) {
        let led = candidates[index].election.leads(at: local(index))
        // Wall clocks of bad machines jump, and come back to where they were.
        let wall = candidates[index].wall.advanced(bySeconds: Int(chance.upTo(4)) - 2)
        candidates[index].election.take(outcome, at: local(index), time: wall)
        if !led && candidates[index].election.leads(at: local(index)) { terms += 1 }
        ask(index, candidates[index].election.act)
    }

    private mutating func ask(_ index: Int, _ act: LeaderElection.Act) {
        candidates[index].question += 1
        let question = candidates[index].question
        if case .wait(let duration) = act {
            let seconds = duration / .seconds(1) / candidates[index].rate
            return plan(.answers(index, question: question, .waited), in: seconds)
        }
        plan(.answers(index, question: question, .failed), in: 5 / candidates[index].rate)
        // A question that nobody waits for any more may still arrive.
        if isRough && chance.comes(1, in: 10) { return }
        plan(.arrives(index, question: question, act), in: delay())
    }

    private mutating func delay() -> Double {
        guard isRough else { return 0.01 }
        switch chance.below(10) {
        case 0: return chance.upTo(40)
        case 1, 2: return chance.upTo(6)
        default: return chance.upTo(0.5)
        }
    }

    private mutating func serve(_ act: LeaderElection.Act) -> LeaderElection.Outcome {
        switch act {
        case .read:
            guard let lease else { return .absent }
            return .lease(lease.record, resourceVersion: "\(lease.version)")
        case .create(let record):
            if lease != nil { return .conflict }
            lease = (record, 1)
        case .write(let record, let version):
            guard let lease else { return .absent }
            guard version == "\(lease.version)" else { return .conflict }
            self.lease = (record, lease.version + 1)
        case .wait: return .waited
        }
        guard let lease else { return .absent }
        return .lease(lease.record, resourceVersion: "\(lease.version)")
    }
}

/// Numbers that look random and follow from a seed (SplitMix64).
struct Chance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
    mutating func comes(_ times: UInt64, in total: UInt64) -> Bool { below(total) < times }
    mutating func upTo(_ bound: Double) -> Double { Double(next() >> 11) / Double(1 << 53) * bound }
}
