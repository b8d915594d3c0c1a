import Documents

/// A condition of a metric (`successCondition`, `failureCondition`), or the start or end of a range
/// query: an expression over `result`, parsed once and evaluated in bounded time.
package struct Condition: Sendable {
    package let text: String
    private let root: Node

    /// Refuses what cannot be parsed, with the position of the mistake.
    ///
    /// - Parameter members: those of an object as result that the expression knows by their own
    ///   names, instead of `result`. With `time` among them it knows Go's times and their methods.
    package init(parsing text: String, members: Set<String> = []) throws(ConditionError) {
        guard text.utf8.count <= Limit.bytes else {
            throw ConditionError("the expression is longer than \(Limit.bytes) bytes")
        }
        var parser = ExpressionParser(try tokens(of: text), members: members)
        self.text = text
        self.root = try parser.parse()
    }

    /// Whether the condition holds for `result`. Throws where it has no answer: a type that does
    /// not fit, an index that is out of range, an answer that is no boolean.
    package func evaluate(
        result: MetricValue, now: Timestamp
    ) throws(ConditionError) -> Bool {
        try answer(result: result, now: now).holds
    }

    /// The same, and whether the answer rests on a list of the result that has nothing in it.
    func answer(
        result: MetricValue, now: Timestamp
    ) throws(ConditionError) -> (holds: Bool, isOverNothing: Bool) {
        let (value, isOverNothing) = try computed(result: result, now: now)
        guard case .bool(let holds) = value else {
            throw ConditionError("expected bool, but got \(value.typeName)")
        }
        return (holds, isOverNothing)
    }

    /// What the expression computes, of any type.
    package func value(
        result: MetricValue, now: Timestamp
    ) throws(ConditionError) -> MetricValue {
        try computed(result: result, now: now).value
    }

    private func computed(
        result: MetricValue, now: Timestamp
    ) throws(ConditionError) -> (value: MetricValue, isOverNothing: Bool) {
        try root.check(result: result)
        var evaluation = Evaluation(result: result, now: now)
        let value = try evaluation.value(of: root)
        return (value, evaluation.isOverNothing)
    }

    /// Whether the expression itself asks if there is a value (`isNaN`, `len`, `isNil`, `default`,
    /// `??`, nil): only then may it call the absence of data a success.
    package var speaksOfAbsence: Bool { root.speaksOfAbsence }

    /// The bounds of one expression. Conditions are written by hand: what exceeds these is no
    /// condition.
    enum Limit {
        static let bytes = 10_000
        /// Nesting, which is the depth of recursion.
        static let depth = 200
        /// Nodes evaluated and values walked; about a second of work at the very worst.
        static let steps = 1_000_000
        /// Bytes of any text that an expression builds.
        static let textBytes = 1 << 20
        /// Bytes of text that are read or written in one step: all texts of an expression together
        /// take no more than sixteen megabytes.
        static let bytesOfStep = 16
        /// How deep a value may nest that an expression builds in a loop or gives a name: deeper
        /// than any answer (200) within any expression, and still no load for a stack.
        static let valueDepth = 500
    }
}

/// Why a condition cannot be parsed or evaluated.
package struct ConditionError: Error, Hashable, CustomStringConvertible {
    package let message: String
    /// The character of the expression, counted from 1; nil where it concerns the whole.
    package let position: Int?

    package init(_ message: String, at position: Int? = nil) {
        self.message = message
        self.position = position
    }

    package var description: String {
        position.map { "\(message) (at character \($0))" } ?? message
    }
}
