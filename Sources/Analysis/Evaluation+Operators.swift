import Documents
import Glibc

extension Evaluation {
    /// Whether two values are equal. Those of different types are not, and where the expression
    /// alone says so it is a mistake: `result.code == "200" || result.code == 200` is none.
    mutating func equality(
        _ name: String, _ left: Node, _ right: Node, at: Int
    ) throws(ConditionError) -> MetricValue {
        let one = try value(of: left), other = try value(of: right)
        if left.isTyped(of: result), right.isTyped(of: result), !one.isComparable(to: other) {
            throw mismatch(name, one, other, at: at)
        }
        return .bool(try equal(one, other, at: at) == (name == "=="))
    }

    /// An operator on two values that are already there.
    mutating func operate(
        _ name: String, _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch name {
        case "<", "<=", ">", ">=": return .bool(try ordered(name, left, right, at: at))
        case "in": return .bool(try member(left, of: right, at: at))
        case "matches", "contains", "startsWith", "endsWith":
            return .bool(try textMatch(name, left, right, at: at))
        case "..": return try range(left, right, at: at)
        default: return try arithmetic(name, left, right, at: at)
        }
    }

    private func mismatch(
        _ name: String, _ left: MetricValue, _ right: MetricValue, at: Int
    ) -> ConditionError {
        ConditionError(
            "invalid operation: \(name) (mismatched types \(left.typeName) and \(right.typeName))",
            at: at)
    }

    private mutating func equal(
        _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a == b
        case (.null, .null): return true
        case (.null, _), (_, .null): return false
        case (.bool(let a), .bool(let b)): return a == b
        case (.string(let a), .string(let b)):
            try spend(min(a.utf8.count, b.utf8.count) / Condition.Limit.bytesOfStep, at: at)
            return a == b
        case (.time(let a), .time(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.list(let a), .list(let b)):
            try spend(a.count, at: at)
            guard a.count == b.count else { return false }
            for (one, other) in zip(a, b) where !(try equal(one, other, at: at)) { return false }
            return true
        case (.object(let a), .object(let b)):
            try spend(a.count, at: at)
            guard a.count == b.count else { return false }
            for (key, one) in a {
                guard let other = b[key], try equal(one, other, at: at) else { return false }
            }
            return true
        case (.map(let a), .map(let b)):
            try spend(a.count, at: at)
            guard a.count == b.count else { return false }
            for (key, one) in a {
                guard let other = b[key], try equal(one, other, at: at) else { return false }
            }
            return true
        default:
            guard let a = left.number, let b = right.number else { return false }
            return a == b
        }
    }

    private mutating func ordered(
        _ name: String, _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> Bool {
        func holds<T: Comparable>(_ a: T, _ b: T) -> Bool {
            switch name {
            case "<": a < b
            case "<=": a <= b
            case ">": a > b
            default: a >= b
            }
        }
        switch (left, right) {
        case (.int(let a), .int(let b)): return holds(a, b)
        // Bytes, as Go compares, not Unicode collation.
        case (.string(let a), .string(let b)):
            try spend(min(a.utf8.count, b.utf8.count) / Condition.Limit.bytesOfStep, at: at)
            if name.hasSuffix("=") && a == b { return true }
            let less = a.utf8.lexicographicallyPrecedes(b.utf8)
            return name.hasPrefix("<") ? less : !less && a != b
        case (.time(let a), .time(let b)): return holds(a, b)
        case (.duration(let a), .duration(let b)): return holds(a, b)
        default:
            guard let a = left.number, let b = right.number else {
                throw mismatch(name, left, right, at: at)
            }
            return holds(a, b)
        }
    }

    private mutating func member(
        _ value: MetricValue, of container: MetricValue, at: Int
    ) throws(ConditionError) -> Bool {
        switch (value, container) {
        case (_, .null): return false
        case (_, .list(let values)):
            try spend(values.count, at: at)
            for element in values where try equal(value, element, at: at) { return true }
            return false
        case (.string(let key), .object(let members)):
            try spendReading(key, at: at)
            return members[key] != nil
        case (_, .map(let members)) where value.isKey:
            try spendWalk(over: value, at: at)
            return members[value] != nil
        default: throw mismatch("in", value, container, at: at)
        }
    }

    private mutating func textMatch(
        _ name: String, _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> Bool {
        if case .null = left { return false }
        guard case .string(let text) = left, case .string(let wanted) = right else {
            throw mismatch(name, left, right, at: at)
        }
        try spend((text.utf8.count + wanted.utf8.count) / 64, at: at)
        switch name {
        case "startsWith": return text.utf8.starts(with: wanted.utf8)
        case "endsWith": return text.utf8.reversed().starts(with: wanted.utf8.reversed())
        case "contains": return text.utf8.contains(wanted.utf8)
        default:
            do {
                let pattern = try Pattern(wanted)
                try spend(text.utf8.count * pattern.size / 16, at: at)
                return pattern.matches(text)
            } catch let error as PatternError {
                throw ConditionError("\(error)", at: at)
            } catch let error as ConditionError {
                throw error
            } catch {
                throw ConditionError("\(error)", at: at)
            }
        }
    }

    private mutating func range(
        _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        guard case .int(let from) = left, case .int(let to) = right else {
            throw mismatch("..", left, right, at: at)
        }
        guard from <= to else { return .list([]) }
        let (length, overflow) = to.subtractingReportingOverflow(from)
        guard !overflow, length < Condition.Limit.steps else {
            throw ConditionError("the range is too long", at: at)
        }
        try spend(length, at: at)
        return .list((from...to).map { .int($0) })
    }

    private mutating func arithmetic(
        _ name: String, _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        switch (left, right) {
        case (.int(let a), .int(let b)) where ["+", "-", "*", "%"].contains(name):
            return .int(try whole(name, a, b, at: at))
        case (.string(let a), .string(let b)) where name == "+":
            try spendText(a.utf8.count + b.utf8.count, at: at)
            return .string(a + b)
        case (.time, _), (.duration, _), (_, .duration):
            return try timeArithmetic(name, left, right, at: at)
        default:
            guard let a = left.number, let b = right.number else {
                throw mismatch(name, left, right, at: at)
            }
            switch name {
            case "+": return .float(a + b)
            case "-": return .float(a - b)
            case "*": return .float(a * b)
            case "/": return .float(a / b)
            case "**": return .float(pow(a, b))
            default: throw mismatch(name, left, right, at: at)
            }
        }
    }

    private func whole(_ name: String, _ a: Int, _ b: Int, at: Int) throws(ConditionError) -> Int {
        if name == "%" && b == 0 { throw ConditionError("integer divide by zero", at: at) }
        let (value, overflow) =
            switch name {
            case "+": a.addingReportingOverflow(b)
            case "-": a.subtractingReportingOverflow(b)
            case "*": a.multipliedReportingOverflow(by: b)
            default: a.remainderReportingOverflow(dividingBy: b)
            }
        if overflow { throw ConditionError("integer overflow", at: at) }
        return value
    }

    private func timeArithmetic(
        _ name: String, _ left: MetricValue, _ right: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        func sum(_ a: Int64, _ b: Int64) throws(ConditionError) -> Int64 {
            let (value, overflow) =
                name == "-" ? a.subtractingReportingOverflow(b) : a.addingReportingOverflow(b)
            if overflow { throw ConditionError("time overflow", at: at) }
            return value
        }
        switch (left, right) {
        case (.time(let time), .duration(let span)) where name == "+" || name == "-":
            return .time(Timestamp(milliseconds: try sum(time.milliseconds, span.milliseconds)))
        case (.duration(let span), .time(let time)) where name == "+":
            return .time(Timestamp(milliseconds: try sum(time.milliseconds, span.milliseconds)))
        case (.time(let a), .time(let b)) where name == "-":
            return .duration(GoDuration(milliseconds: try sum(a.milliseconds, b.milliseconds)))
        case (.duration(let a), .duration(let b)) where name == "+" || name == "-":
            return .duration(GoDuration(nanoseconds: try sum(a.nanoseconds, b.nanoseconds)))
        default: throw mismatch(name, left, right, at: at)
        }
    }
}
