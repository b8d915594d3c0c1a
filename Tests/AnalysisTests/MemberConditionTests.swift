import Analysis
import Documents
import Testing

struct `A condition over an object` {
    private let values: MetricValue = .object([
        "rollout": .object(["name": .string("shop"), "at": .string("1970-01-01T00:00:00Z")]),
        "time": .null,
    ])

    private func value(_ text: String) throws -> MetricValue {
        let condition = try Condition(parsing: text, members: ["rollout", "time"])
        return try condition.value(result: values, now: Timestamp(seconds: 90))
    }

    @Test(arguments: [
        ("rollout.name == 'shop'", MetricValue.bool(true)), ("rollout.gone", .null),
        ("isNil(rollout.gone)", .bool(true)), ("isNil(rollout.name)", .bool(false)),
        ("default(rollout.gone, 'x')", .string("x")), ("rollout.gone ?? 1", .int(1)),
        ("time.Now().Sub(time.Parse(rollout.at)).Seconds()", .float(90)),
        ("time.Now().Sub(time.Parse(rollout.at)).Minutes() > 1", .bool(true)),
        ("time.Parse(rollout.at).Before(time.Now())", .bool(true)),
        ("time.Parse(rollout.at).Add(duration('2m')).After(time.Now())", .bool(true)),
        ("any([1, 2], # > 1)", .bool(true)),
    ])
    func `knows its members by their names`(text: String, expected: MetricValue) throws {
        #expect(try value(text) == expected)
    }

    @Test(arguments: [
        ("result", "unknown name \"result\": only \"rollout\", \"time\" are known"),
        ("time", "unexpected the end, expected \".\""),
        ("time.Zone()", "time knows Now() and Parse(text)"),
        ("rollout.name.Trim()", "methods cannot be called"),
    ])
    func `refuses what it does not know`(text: String, message: String) {
        let error = #expect(throws: ConditionError.self) {
            try Condition(parsing: text, members: ["rollout", "time"])
        }
        #expect(error?.message == message)
    }

    @Test func `of a metric knows the result alone`() {
        for text in ["rollout", "time.Now()", "result.Sub(1)"] {
            #expect(throws: ConditionError.self) { try Condition(parsing: text) }
        }
    }
}
