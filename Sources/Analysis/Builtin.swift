/// The functions of the condition language, by name.
enum Builtin {
    /// Those whose second argument is a closure over the elements of the first.
    static let closures: Set<String> = [
        "all", "any", "one", "none", "map", "filter", "find", "findIndex", "findLast",
        "findLastIndex", "count", "sum", "groupBy", "sortBy", reducing,
    ]

    /// The one whose closure also knows what came of the elements before, as `#acc`.
    static let reducing = "reduce"

    /// What may be asked of a time or a duration by a method of its own; others are operators. None
    /// but `Format` takes anything.
    static let methods: Set<String> = [
        "Year", "Month", "Day", "Hour", "Minute", "Second", "Weekday", "YearDay", "Unix",
        "UnixMilli", "UTC", "Format", "Hours", "Minutes", "Seconds", "Milliseconds", "Nanoseconds",
        "Abs", "String",
    ]

    private static let many = Int.max
    private static let arities: [String: ClosedRange<Int>] = [
        "all": 2...2, "any": 2...2, "one": 2...2, "none": 2...2, "map": 2...2, "filter": 2...2,
        "find": 2...2, "findIndex": 2...2, "findLast": 2...2, "findLastIndex": 2...2,
        "count": 1...2, "sum": 1...2, "groupBy": 2...2, "sortBy": 2...3, reducing: 2...3,
        "len": 1...1, "type": 1...1, "get": 2...2, "string": 1...1, "int": 1...1, "float": 1...1,
        "abs": 1...1, "round": 1...1, "floor": 1...1, "ceil": 1...1,
        "min": 1...many, "max": 1...many, "mean": 1...many, "median": 1...many,
        "first": 1...1, "last": 1...1, "take": 2...2, "sort": 1...2, "reverse": 1...1,
        "concat": 1...many, "keys": 1...1, "values": 1...1, "toPairs": 1...1, "fromPairs": 1...1,
        "trim": 1...2, "trimPrefix": 1...2, "trimSuffix": 1...2, "upper": 1...1, "lower": 1...1,
        "split": 2...3, "splitAfter": 2...3, "join": 1...2, "replace": 3...4, "repeat": 2...2,
        "indexOf": 2...2, "lastIndexOf": 2...2, "hasPrefix": 2...2, "hasSuffix": 2...2,
        "toJSON": 1...1, "fromJSON": 1...1, "toBase64": 1...1, "fromBase64": 1...1,
        "bitand": 2...2, "bitor": 2...2, "bitxor": 2...2, "bitnand": 2...2, "bitnot": 1...1,
        "bitshl": 2...2, "bitshr": 2...2, "bitushr": 2...2,
        "now": 0...0, "duration": 1...1, "date": 1...3,
        "asInt": 1...1, "asFloat": 1...1, "isNaN": 1...1, "isInf": 1...1, "isNil": 1...1,
        "default": 2...2,
    ]

    static let names = Set(arities.keys)

    static func arity(of name: String) -> ClosedRange<Int> { arities[name] ?? 0...0 }

    static func arityText(of name: String) -> String {
        let range = arity(of: name)
        let many = range.upperBound == Self.many
        let counts =
            many || range.count > 1
            ? "\(range.lowerBound) \(many ? "or more" : "to \(range.upperBound)")"
            : "\(range.lowerBound)"
        return "\(counts) argument\(range == 1...1 ? "" : "s")"
    }
}
