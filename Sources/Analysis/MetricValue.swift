import Documents

/// What a metric provider measured, and what an expression of the condition language computes.
package indirect enum MetricValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case float(Double)
    case string(String)
    case list([MetricValue])
    case object([String: MetricValue])
    /// A map that an expression made, of which some key is no text.
    case map([MetricValue: MetricValue])
    case time(Timestamp)
    case duration(GoDuration)

    /// A vector or matrix of samples, labels dropped.
    package init(samples: [Double]) {
        self = .list(samples.map { .float($0) })
    }

    /// The value as its users read it in a measurement: numbers in full, lists as `[a,b]`.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .float(let value): plainDecimal(value)
        case .string(let value): value
        case .list(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object, .map: json(indent: nil)
        case .time(let value): value.rfc3339
        case .duration(let value): value.text
        }
    }

    /// The type name that upstream's messages use for such a value.
    package var typeName: String {
        switch self {
        case .null: "unknown"
        case .bool: "bool"
        case .int: "int"
        case .float: "float64"
        case .string: "string"
        case .list(let values):
            values.allSatisfy { if case .float = $0 { true } else { false } }
                ? "[]float64" : "[]interface {}"
        case .object: "map[string]interface {}"
        case .map: "map[interface {}]interface {}"
        case .time: "time.Time"
        case .duration: "time.Duration"
        }
    }

    /// Whether the two are of one type, all numbers being one; an absent value is of every type.
    func isComparable(to other: MetricValue) -> Bool {
        switch (self, other) {
        case (.null, _), (_, .null), (.bool, .bool), (.string, .string), (.list, .list),
            (.object, .object), (.map, .map), (.time, .time), (.duration, .duration):
            true
        default: number != nil && other.number != nil
        }
    }

    /// Any number as a double; nil for everything else.
    package var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }
}

extension MetricValue {
    /// A map of whatever its keys are.
    init(entries: [MetricValue: MetricValue]) {
        var members: [String: MetricValue] = [:]
        for (key, value) in entries {
            guard case .string(let name) = key else {
                self = .map(entries)
                return
            }
            members[name] = value
        }
        self = .object(members)
    }

    /// What it has under each key, sorted by what the keys look like; nil where it is no map.
    var entries: [(key: MetricValue, value: MetricValue)]? {
        switch self {
        case .object(let members):
            members.sorted { $0.key < $1.key }.map { (key: .string($0.key), value: $0.value) }
        case .map(let members): members.sorted { $0.key.text < $1.key.text }
        default: nil
        }
    }

    /// Whether a map can have something under it. NaN equals nothing, so that it finds nothing.
    var isKey: Bool {
        switch self {
        case .null, .bool, .int, .string, .time, .duration: true
        case .float(let number): !number.isNaN
        case .list, .object, .map: false
        }
    }

    /// The name that the language gives to its type.
    var kind: String {
        switch self {
        case .null: "nil"
        case .bool: "bool"
        case .int: "int"
        case .float: "float"
        case .string: "string"
        case .list: "array"
        case .object, .map: "map"
        case .time, .duration: typeName
        }
    }
}

extension MetricValue {
    /// Why this is no measurement of anything: nothing there, or only values that are no number.
    /// Nil where at least one value was measured.
    package var absence: String? {
        switch self {
        case .null: "the provider answered null"
        case .float(let value) where value.isNaN: "the value is NaN"
        case .list(let values) where values.isEmpty: "the query matched no series"
        case .list(let values) where values.allSatisfy { $0.number?.isNaN == true }:
            "every value is NaN"
        default: nil
        }
    }
}

/// A double with all its digits and without an exponent, as Go's `FormatFloat(x, 'f', -1, 64)`
/// writes it.
package func plainDecimal(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Swift prints the shortest digits that read back as the same double; only the exponent must be
    // unfolded.
    let text = "\(value.magnitude)"
    let parts = text.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var whole = String(mantissa[0])
    var fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    while exponent > 0 {
        whole += fraction.isEmpty ? "0" : String(fraction.removeFirst())
        exponent -= 1
    }
    while exponent < 0 {
        fraction = (whole.isEmpty ? "0" : String(whole.removeLast())) + fraction
        exponent += 1
    }
    whole = String(whole.drop { $0 == "0" })
    let sign = value.sign == .minus ? "-" : ""
    return sign + (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : ".\(fraction)")
}
