import Documents

extension Evaluation {
    /// A builtin that takes values.
    mutating func call(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue {
        for case .string(let text) in values { try spendReading(text, at: at) }
        switch name {
        case "now": return .time(now)
        // Upstream tests the whole result here, whatever the argument is; conditions rely on it.
        case "isNil": return .bool(result == .null)
        case "default": return result == .null ? values[1] : result
        case "len": return .int(try length(of: values[0], at: at))
        case "isNaN": return .bool(try number(values[0], for: name, at: at).isNaN)
        case "isInf": return .bool(try number(values[0], for: name, at: at).isInfinite)
        case "abs", "round", "floor", "ceil": return try rounded(name, values[0], at: at)
        case "min", "max", "mean", "median": return try statistic(name, values, at: at)
        case "int", "asInt": return .int(try integer(values[0], for: name, at: at))
        case "float", "asFloat": return .float(try float(values[0], for: name, at: at))
        case "toJSON":
            try spendWalk(over: values[0], at: at)
            let text = values[0].json(indent: 2)
            try spendText(text.utf8.count, at: at)
            return .string(text)
        case "type": return .string(values[0].kind)
        case _ where name.hasPrefix("."): return try method(name, values, at: at)
        case _ where name.hasPrefix("bit"): return .int(try bits(name, values, at: at))
        default:
            if let value = try collective(name, values, at: at) { return value }
            return try textual(name, values, at: at)
        }
    }

    func refused(_ name: String, _ value: MetricValue, at: Int) -> ConditionError {
        ConditionError("invalid argument for \(name) (type \(value.typeName))", at: at)
    }

    /// The functions on the bits of integers.
    private func bits(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> Int {
        var numbers: [Int] = []
        for value in values {
            guard case .int(let number) = value else { throw refused(name, value, at: at) }
            numbers.append(number)
        }
        let x = numbers[0], y = numbers.last ?? 0
        if ["bitshl", "bitshr", "bitushr"].contains(name), y < 0 {
            throw ConditionError("\(name): negative shift count \(y)", at: at)
        }
        switch name {
        case "bitand": return x & y
        case "bitor": return x | y
        case "bitxor": return x ^ y
        case "bitnand": return x & ~y
        case "bitnot": return ~x
        case "bitshl": return x << y
        case "bitshr": return x >> y
        default: return Int(bitPattern: UInt(bitPattern: x) >> UInt(y))
        }
    }

    private func number(
        _ value: MetricValue, for name: String, at: Int
    ) throws(ConditionError) -> Double {
        guard let number = value.number else { throw refused(name, value, at: at) }
        return number
    }

    private func length(of value: MetricValue, at: Int) throws(ConditionError) -> Int {
        switch value {
        case .list(let values): return values.count
        case .object(let members): return members.count
        case .map(let members): return members.count
        case .string(let text): return text.unicodeScalars.count
        default: throw refused("len", value, at: at)
        }
    }

    private func rounded(
        _ name: String, _ value: MetricValue, at: Int
    ) throws(ConditionError) -> MetricValue {
        if case .int(let whole) = value {
            if name != "abs" { return .float(Double(whole)) }
            guard whole != .min else { throw ConditionError("integer overflow", at: at) }
            return .int(abs(whole))
        }
        let number = try number(value, for: name, at: at)
        switch name {
        case "abs": return .float(number.magnitude)
        case "round": return .float(number.rounded(.toNearestOrAwayFromZero))
        case "floor": return .float(number.rounded(.down))
        default: return .float(number.rounded(.up))
        }
    }

    /// min, max, mean and median over numbers and lists of numbers. Of nothing they have no value:
    /// an error, where upstream's mean answers 0, because no data must not look like a good number.
    private mutating func statistic(
        _ name: String, _ values: [MetricValue], at: Int
    ) throws(ConditionError) -> MetricValue {
        let flat = try flat(values, for: name, at: at)
        var numbers: [Double] = []
        for value in flat { numbers.append(try number(value, for: name, at: at)) }
        guard let first = numbers.first else {
            throw ConditionError("\(name) of no values", at: at)
        }
        // NaN among the samples is contagious: it must not vanish between two comparisons.
        if numbers.contains(where: \.isNaN) { return .float(.nan) }
        switch name {
        case "mean": return .float(numbers.reduce(0, +) / Double(numbers.count))
        case "median":
            numbers.sort()
            let middle = numbers.count / 2
            let isOdd = !numbers.count.isMultiple(of: 2)
            return .float(isOdd ? numbers[middle] : (numbers[middle - 1] + numbers[middle]) / 2)
        default:
            let wanted = numbers.reduce(first) { name == "min" ? min($0, $1) : max($0, $1) }
            return flat.first { $0.number == wanted } ?? .float(wanted)
        }
    }

    private func integer(
        _ value: MetricValue, for name: String, at: Int
    ) throws(ConditionError) -> Int {
        switch value {
        case .int(let whole): return whole
        case .float(let number):
            guard let whole = Int(exactly: number.rounded(.towardZero)) else {
                throw ConditionError("\(name): \(plainDecimal(number)) is no integer", at: at)
            }
            return whole
        case .string(let text):
            guard let whole = Int(text) else {
                throw ConditionError("\(name): cannot read \(quoted(text)) as an integer", at: at)
            }
            return whole
        default: throw refused(name, value, at: at)
        }
    }

    private func float(
        _ value: MetricValue, for name: String, at: Int
    ) throws(ConditionError) -> Double {
        guard case .string(let text) = value else { return try number(value, for: name, at: at) }
        guard let number = Double(text) else {
            throw ConditionError("\(name): cannot read \(quoted(text)) as a number", at: at)
        }
        return number
    }
}
