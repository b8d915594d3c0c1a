import Analysis
import Documents

/// Moments and spans. Both are texts, as in every document: a moment of RFC 3339, a span of Go.
extension TemplateFunction {
    /// The moment of the rendering, seconds of others, and what `.time` has (§7.2).
    static let times: [String: TemplateFunction] = [
        "now": .init(0...0) { _, now in .string(now.rfc3339) },
        "unixEpoch": .init(1...1) { values, _ throws(FunctionFault) in
            .string("\(try moment(values[0]).seconds)")
        },
        "call": .init(1...2) { values, now throws(FunctionFault) in
            switch (values[0], values.count) {
            case (Self.nowOfTime, 1): return .string(now.rfc3339)
            case (Self.parseOfTime, 2): return .string(try moment(values[1]).rfc3339)
            default: throw FunctionFault("write call .time.Now, or call .time.Parse with a text")
            }
        },
    ]

    /// What templates see as `.time`.
    static let time: JSON = ["Now": nowOfTime, "Parse": parseOfTime]

    private static let nowOfTime: JSON = ["function": "time.Now"]
    private static let parseOfTime: JSON = ["function": "time.Parse"]

    /// What is asked of a moment or a span, behind a dot: the value itself comes first.
    static let methods: [String: TemplateFunction] = [
        "Format": .init(2...2) { values, _ throws(FunctionFault) in
            let form = try values[1].asText()
            guard form.utf8.count <= GoLayout.longest else {
                throw FunctionFault("a form of a time has at most \(GoLayout.longest) bytes")
            }
            return .string(GoLayout(form).text(of: try moment(values[0])))
        },
        "Unix": .init(1...1) { values, _ throws(FunctionFault) in
            .int(try moment(values[0]).seconds)
        },
        "UTC": .init(1...1) { values, _ throws(FunctionFault) in
            .string(try moment(values[0]).rfc3339)
        },
        "Before": .init(2...2) { values, _ throws(FunctionFault) in
            .bool(try moment(values[0]) < moment(values[1]))
        },
        "After": .init(2...2) { values, _ throws(FunctionFault) in
            .bool(try moment(values[0]) > moment(values[1]))
        },
        "Equal": .init(2...2) { values, _ throws(FunctionFault) in
            .bool(try moment(values[0]) == moment(values[1]))
        },
        "Sub": .init(2...2) { values, _ throws(FunctionFault) in
            let span = try moment(values[0]).milliseconds(since: moment(values[1]))
            return .string(GoDuration(milliseconds: span).text)
        },
        "Hours": .init(1...1) { values, _ throws(FunctionFault) in
            number(try span(values[0]) / 3.6e12)
        },
        "Minutes": .init(1...1) { values, _ throws(FunctionFault) in
            number(try span(values[0]) / 6e10)
        },
        "Seconds": .init(1...1) { values, _ throws(FunctionFault) in
            number(try span(values[0]) / 1e9)
        },
    ]

    private static func moment(_ value: JSON) throws(FunctionFault) -> Timestamp {
        guard let time = Timestamp(rfc3339: try value.asText()) else {
            throw FunctionFault("a text is no time of RFC 3339")
        }
        return time
    }

    /// In nanoseconds.
    private static func span(_ value: JSON) throws(FunctionFault) -> Double {
        guard let span = GoDuration(parsing: try value.asText()) else {
            throw FunctionFault("a text is no duration")
        }
        return Double(span.nanoseconds)
    }
}
