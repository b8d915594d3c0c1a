/// The functions of the condition language, by name.
enum Builtin {
    /// Those whose second argument is a closure over the elements of the first.
    static let closures: Set<String> = [
        "all", "any", "one", "none", "map", "filter", "find", "count", "sum",
    ]

    private static let many = Int.max
    private static let arities: [String: ClosedRange<Int>] = [
        "all": 2...2, "any": 2...2, "one": 2...2, "none": 2...2, "map": 2...2, "filter": 2...2,
        "find": 2...2, "count": 1...2, "sum": 1...2,
        "len": 1...1, "abs": 1...1, "int": 1...1, "float": 1...1, "string": 1...1,
        "round": 1...1, "floor": 1...1, "ceil": 1...1, "first": 1...1, "last": 1...1,
        "min": 1...many, "max": 1...many, "mean": 1...many, "median": 1...many,
        "trim": 1...2, "upper": 1...1, "lower": 1...1, "split": 2...3, "join": 1...2,
        "asInt": 1...1, "asFloat": 1...1, "isNaN": 1...1, "isInf": 1...1, "isNil": 1...1,
        "default": 2...2, "now": 0...0, "duration": 1...1, "date": 1...1,
        "toJSON": 1...1, "fromJSON": 1...1,
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
