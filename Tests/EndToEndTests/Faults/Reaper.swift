import Serving

/// Ends a controller at one of its writes: the server has not seen it, or it has and the
/// controller has not heard.
actor Reaper {
    enum Side: CaseIterable, Sendable { case before, after }

    struct Plan: Sendable {
        /// Counted from 1.
        var write: Int
        var side: Side
        /// Kinds whose first writes come in this order, where they are under way together.
        var order: [String] = []
        /// Whether counting begins at the first bad answer, not at once.
        var waitsForAlarm = false
    }

    private var plan: Plan?
    private var isCounting = false
    /// What is to come before all else, as far as it has not come yet.
    private var order: [String] = []
    /// Writes that did not wait for their turn any longer.
    private(set) var impatient: [String] = []
    private var writes = 0
    private var life: Life?
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var last = ContinuousClock.now
    private(set) var hasStruck = false
    /// Whether all writes came in their order until the strike; without one, all that the order
    /// names.
    var hasComeInOrder: Bool { impatient.isEmpty && order.isEmpty }
    /// Whether there has to be another life.
    var isVacant: Bool { life == nil }
    /// What was written since the plan, a line each.
    private(set) var lines: [String] = []
    private(set) var trouble: (any Error)?

    /// Guards a process that has just begun.
    func guards(_ life: Life) { self.life = life }

    func follow(_ plan: Plan?) {
        self.plan = plan
        (isCounting, writes, hasStruck, impatient) = (false, 0, false, [])
        lines = [plan.map { "\($0)" } ?? "no plan"]
        if plan?.waitsForAlarm == false { begin() }
    }

    /// A bad answer is about to be given.
    func alarm() {
        if plan?.waitsForAlarm == true, !isCounting { begin() }
    }

    private func begin() {
        isCounting = true
        order = plan?.order ?? []
    }

    /// Whether nothing was written for some time.
    var isQuiet: Bool { last + .milliseconds(500) < .now }

    func pass(_ call: Call, _ forward: @Sendable () async -> Response) async -> Response {
        guard call.life == life?.number else { return Self.tooLate }
        guard call.isWrite else { return await forward() }
        await comeInOrder(call)
        await enter()
        defer { leave() }
        guard call.life == life?.number else { return Self.tooLate }
        last = .now
        if isCounting, !hasStruck { writes += 1 }
        let isTheOne = isCounting && !hasStruck && writes == plan?.write
        lines.append("\(call.description)\(isTheOne ? ", killed \(plan?.side ?? .before)" : "")")
        if isTheOne, plan?.side == .before {
            await strike()
            return Self.tooLate
        }
        let response = await forward()
        lines.append("  \(response.status)")
        order.removeAll { $0 == call.plural }
        if isTheOne { await strike() }
        return response
    }

    private static let tooLate = Response.text("nobody asks any more\n", status: 503)

    private func strike() async {
        guard let life else { return }
        self.life = nil
        do { try await life.kill() } catch { trouble = error }
        hasStruck = true
        order = []
    }

    /// Holds a write back for those that are to come first. They are under way already, so that
    /// one which does not come within this time never will.
    private func comeInOrder(_ call: Call) async {
        let limit = ContinuousClock.now + .seconds(20)
        while let first = order.first, first != call.plural, order.contains(call.plural) {
            guard limit > .now else {
                impatient.append("\(call.description) before \(first)")
                return
            }
            do { try await Task.sleep(for: .milliseconds(5)) } catch { return }
        }
    }

    /// One write at a time: the first and the second are then what they are called.
    private func enter() async {
        guard isTaken else {
            isTaken = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        last = .now
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
