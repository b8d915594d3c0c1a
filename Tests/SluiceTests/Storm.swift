import Controller
import Serving

@testable import sluice

/// Decides at which writes of the controller a command comes, and on which side of the write.
actor Storm {
    private let goal: Int
    private var random: Lehmer
    private var hand: StormHand?
    /// How many writes of each rollout pass before the next command; nil while one is on its way.
    private var waits: [String: Int?] = [:]
    /// When something last passed, for each rollout.
    private var passed: [String: ContinuousClock.Instant] = [:]
    private var number = 0
    private(set) var instants = 0
    private(set) var sent: [String: [StormHand.Sent]] = [:]
    var tally: [String: Int] {
        sent.values.flatMap(\.self).reduce(into: [:]) { $0[$1.command.word, default: 0] += 1 }
    }
    private(set) var failures: [String] = []

    init(goal: Int, seed: Int) {
        self.goal = goal
        random = Lehmer(seed)
    }

    func begin(_ names: [String], _ hand: StormHand) {
        self.hand = hand
        for name in names {
            waits[name] = 0
            passed[name] = .now
        }
    }

    /// One request of the controller on its way through.
    nonisolated func pass(
        _ request: Request, _ respond: @escaping @Sendable () async -> Serving.Response
    ) async -> Serving.Response {
        guard request.method != "GET" else { return await respond() }
        let name = ServedWrite(request, status: 0, at: .now).rollout
        switch await side(at: name) {
        case nil: return await respond()
        case .before:
            await strike(name, isInstant: true)
            return await respond()
        case .beside:
            async let command: Void = strike(name, isInstant: true)
            let response = await respond()
            await command
            return response
        case .after:
            let response = await respond()
            await strike(name, isInstant: true)
            return response
        }
    }

    private enum Side: CaseIterable { case before, beside, after }

    private func side(at name: String) -> Side? {
        passed[name] = .now
        guard instants < goal, let wait = waits[name], let wait else { return nil }
        waits[name] = .some(wait > 0 ? wait - 1 : nil)
        return wait > 0 ? nil : random.one(of: Side.allCases)
    }

    private func strike(_ name: String, isInstant: Bool) async {
        guard let hand else { return }
        number += 1
        var chance = Lehmer(random.next(0...1_000_000))
        do {
            if let sent = try await hand.send(to: name, &chance, number: number) {
                self.sent[name, default: []].append(sent)
                if isInstant { instants += 1 }
            }
        } catch {
            failures.append("\(name): \(error)")
        }
        passed[name] = .now
        waits[name] = random.next(0...2)
    }

    /// Where a rollout rests, there is no instant to hit: then one command sets it going again.
    func nudgeUntilOver() async throws {
        while instants < goal, failures.isEmpty {
            for name in waits.keys.sorted() {
                guard let wait = waits[name], wait != nil, let last = passed[name],
                    last + .milliseconds(60) < .now
                else { continue }
                waits[name] = .some(nil)
                await strike(name, isInstant: false)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
