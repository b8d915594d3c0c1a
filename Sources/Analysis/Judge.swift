import Documents

/// What one measured value means: a phase, and in words why.
package struct Judgement: Hashable, Sendable {
    /// Successful, Failed, Inconclusive or Error.
    package let phase: RunPhase
    /// Empty where the phase says it all.
    package let message: String

    package init(_ phase: RunPhase, _ message: String = "") {
        self.phase = phase
        self.message = message
    }
}

/// Judges `value` by a metric's two conditions; an empty one is absent.
///
/// A condition that cannot be parsed or evaluated is an Error, never a verdict. Where nothing was
/// measured (no series, only NaN, a list inside that is empty) the message says so, and a success
/// is only taken from a success condition that itself asks whether there is a value
/// (`isNaN(result[0]) || …`, `len(result) == 0 || …`). A failure condition that asks
/// (`!isNaN(result[0]) && …`) says what is not bad, and nothing of what is good. Any other success
/// becomes Inconclusive, since no data is neither good nor bad. Conditions: rollout semantics,
/// section 5.7.
package func judge(
    _ value: MetricValue, success: String, failure: String, now: Timestamp
) -> Judgement {
    var absence = value.absence.map { "no data: \($0)" }
    do {
        let success = success.isEmpty ? nil : try Condition(parsing: success)
        let failure = failure.isEmpty ? nil : try Condition(parsing: failure)
        let succeeds = try success.map { try $0.answer(result: value, now: now) }
        let fails = try failure.map { try $0.answer(result: value, now: now) }
        let phase = outcome(succeeds: succeeds?.holds, fails: fails?.holds)
        if absence == nil, [succeeds, fails].contains(where: { $0?.isOverNothing == true }) {
            absence = "no data: the condition goes over a list that has nothing in it"
        }
        let isGuarded = success?.speaksOfAbsence ?? false
        if let absence, phase == .successful, !isGuarded {
            return Judgement(.inconclusive, absence)
        }
        return Judgement(phase, absence ?? "")
    } catch {
        let parts = [absence, "\(error)"].compactMap { $0 }
        return Judgement(.error, parts.joined(separator: "; "))
    }
}

private func outcome(succeeds: Bool?, fails: Bool?) -> RunPhase {
    switch (succeeds, fails) {
    case (nil, nil): .successful
    case (let success?, nil): success ? .successful : .failed
    case (nil, let failure?): failure ? .failed : .successful
    case (_, true?): .failed
    case (true?, _): .successful
    default: .inconclusive
    }
}
