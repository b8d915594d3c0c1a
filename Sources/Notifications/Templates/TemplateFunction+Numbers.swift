import Documents

extension TemplateFunction {
    /// Whole numbers, and what becomes one.
    static let numbers: [String: TemplateFunction] = [
        "int": integer, "int64": integer, "atoi": integer,
        "float64": .init(1...1) { values, _ throws(FunctionFault) in
            number(try values[0].asDouble())
        },
        "add": folding(1...many) { $0.addingReportingOverflow($1) },
        "sub": folding(2...2) { $0.subtractingReportingOverflow($1) },
        "mul": folding(1...many) { $0.multipliedReportingOverflow(by: $1) },
        "div": folding(2...2) { $0.dividedReportingOverflow(by: $1) },
        "mod": folding(2...2) { $0.remainderReportingOverflow(dividingBy: $1) },
        "add1": .init(1...1) { values, _ throws(FunctionFault) in
            .int(try exact(values[0].asInt().addingReportingOverflow(1)))
        },
        "max": folding(1...many) { (Swift.max($0, $1), false) },
        "min": folding(1...many) { (Swift.min($0, $1), false) },
        "round": .init(2...2) { values, _ throws(FunctionFault) in
            let places = try values[1].asInt()
            guard (0...15).contains(places) else { throw FunctionFault("takes 0 to 15 digits") }
            let factor = (0..<places).reduce(1.0) { factor, _ in factor * 10 }
            return number((try values[0].asDouble() * factor).rounded() / factor)
        },
        "floor": .init(1...1) { values, _ throws(FunctionFault) in
            number(try values[0].asDouble().rounded(.down))
        },
        "ceil": .init(1...1) { values, _ throws(FunctionFault) in
            number(try values[0].asDouble().rounded(.up))
        },
    ]

    private static let integer = TemplateFunction(1...1) { values, _ throws(FunctionFault) in
        .int(try values[0].asInt())
    }

    private static func folding(
        _ arity: ClosedRange<Int>,
        _ step: @escaping @Sendable (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    ) -> TemplateFunction {
        .init(arity) { values, _ throws(FunctionFault) in
            var result = try values[0].asInt()
            for value in values.dropFirst() { result = try exact(step(result, try value.asInt())) }
            return .int(result)
        }
    }
}

private func exact(
    _ result: (partialValue: Int64, overflow: Bool)
) throws(FunctionFault) -> Int64 {
    if result.overflow { throw FunctionFault("the result is no whole number of 64 bits") }
    return result.partialValue
}

/// A whole one where it is whole.
func number(_ value: Double) -> JSON {
    Int64(exactly: value).map(JSON.int) ?? .number("\(value)")
}
