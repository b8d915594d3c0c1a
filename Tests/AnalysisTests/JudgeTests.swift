import Documents
import Testing

@testable import Analysis

struct `A judgement` {
    func phase(_ value: MetricValue, _ success: String, _ failure: String = "") -> RunPhase {
        judge(value, success: success, failure: failure, now: start).phase
    }

    /// Holds: 5.7 both conditions.
    @Test func `follows the table of two conditions`() {
        let value = MetricValue.float(5)
        #expect(phase(value, "") == .successful)
        #expect(phase(value, "result < 10") == .successful)
        #expect(phase(value, "result < 1") == .failed)
        #expect(phase(value, "", "result > 1") == .failed)
        #expect(phase(value, "", "result > 10") == .successful)
        #expect(phase(value, "result < 10", "result > 1") == .failed)
        #expect(phase(value, "result < 10", "result > 9") == .successful)
        #expect(phase(value, "result < 1", "result > 9") == .inconclusive)
    }

    @Test func `is an error where a condition has no answer`() {
        let judgement = judge(.list([]), success: "result[0] < 1", failure: "", now: start)
        #expect(judgement.phase == .error)
        #expect(
            judgement.message == "no data: the query matched no series; "
                + "index out of range: 0 (array length is 0) (at character 8)")
        #expect(phase(.float(1), "result <") == .error)
        #expect(phase(.float(1), "result < 2", "frob(result)") == .error)
    }

    /// Holds: 5.7 no data, 5.7 NaN.
    /// Holds: 9.3 no data.
    @Test func `says that there is no data, and never takes it for success`() {
        let nan = MetricValue(samples: [.nan])
        #expect(
            judge(nan, success: "result[0] < 1", failure: "", now: start)
                == Judgement(.failed, "no data: every value is NaN"))
        #expect(
            judge(nan, success: "", failure: "result[0] > 1", now: start)
                == Judgement(.inconclusive, "no data: every value is NaN"))
        #expect(phase(.list([]), "all(result, # < 1)") == .inconclusive)
        #expect(phase(.list([]), "") == .inconclusive)
        #expect(phase(.null, "", "result != nil && result > 1") == .inconclusive)
        #expect(phase(nan, "", "!isNaN(result[0]) && result[0] > 0.05") == .inconclusive)
    }

    @Test func `takes a list inside for no data where nothing is in it`() {
        let empty = MetricValue.object(["data": .object(["result": .list([])])])
        let some = MetricValue.object(["data": .object(["result": .list([.float(0.5)])])])
        let good = "all(result.data.result, # < 1)"
        #expect(phase(some, good) == .successful)
        #expect(phase(empty, good) == .inconclusive)
        #expect(phase(empty, "", "any(result.data.result, # > 1)") == .inconclusive)
        #expect(phase(empty, "len(result.data.result) == 0 || \(good)") == .successful)
        // What the condition itself leaves out is there.
        #expect(phase(some, "none(filter(result.data.result, # > 1), true)") == .successful)
    }

    /// Holds: 5.7 no data.
    @Test func `takes no data for success where the condition itself asks for it`() {
        let nan = MetricValue(samples: [.nan])
        #expect(phase(nan, "isNaN(result[0]) || result[0] < 1") == .successful)
        #expect(phase(.list([]), "len(result) == 0 || result[0] < 1") == .successful)
    }

    /// Holds: 5.7 NaN.
    /// Holds: 9.3 no data.
    @Test func `is never successful for NaN under a plain success condition`() {
        var random = Seeded(state: 7)
        let operators = ["<", "<=", ">", ">=", "=="]
        for _ in 0..<200 {
            let threshold = Double.random(in: -5...5, using: &random)
            let condition =
                "result[0] \(operators.randomElement(using: &random) ?? "<") \(threshold)"
            #expect(phase(MetricValue(samples: [.nan]), condition) == .failed)
        }
    }
}

struct `A measured value` {
    @Test(arguments: [
        (0.05, "0.05"), (5, "5"), (1e21, "1000000000000000000000"), (1.5e-7, "0.00000015"),
        (-2.5, "-2.5"),
        (123_456_789.125, "123456789.125"), (1.2345e20, "123450000000000000000"), (0, "0"),
        (-0.0, "-0"),
        (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        (0.1 + 0.2, "0.30000000000000004"),
    ])
    func `is written without an exponent`(_ value: Double, _ text: String) {
        #expect(MetricValue.float(value).text == text)
    }

    @Test func `is written as a list where it is a vector`() {
        #expect(MetricValue(samples: [0.5, 1, .nan]).text == "[0.5,1,NaN]")
        #expect(MetricValue.list([]).text == "[]")
    }
}
