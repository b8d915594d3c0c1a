import Documents
import Testing

@testable import Analysis

struct `A condition` {
    static let now = Timestamp(seconds: 1_767_323_045)

    func holds(_ text: String, _ result: MetricValue = .null) throws -> Bool {
        try Condition(parsing: text).evaluate(result: result, now: Self.now)
    }

    func failure(_ text: String, _ result: MetricValue = .null) -> String? {
        do {
            _ = try holds(text, result)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "result[0] < 0.05", "result[0] <= 0.01", "result[0] >= 0.01 && result[0] != 1",
        "not (result[0] > 1)", "!(result[0] > 1)", "result[-1] == 0.01", "len(result) == 1",
        "all(result, {# < 0.05})", "all(result, # < 0.05)", "none(result, # > 1)",
        "any(result, # == 0.01)",
        "one(result, # == 0.01)", "count(result, # < 1) == 1", "len(filter(result, # < 1)) == 1",
        "find(result, # > 5) == nil", "sum(result) == 0.01", "map(result, # * 100)[0] == 1",
        "sum(result, # * 2) == 0.02", "max(result) == 0.01 and min(result) == 0.01",
        "mean(result) == 0.01 && median(result) == 0.01", "first(result) == last(result)",
        "0.01 in result", "2 not in result", "result[0:1] == [0.01]", "not isNaN(result[0])",
        "default(result, 0) == result", "isNil(1) == false", "result[0] < 0.05 ? true : false",
    ])
    func `holds for a vector`(_ text: String) throws {
        #expect(try holds(text, MetricValue(samples: [0.01])))
    }

    /// Holds: 5.7 language, 5.7 isNaN isInf asInt asFloat, 5.7 isNil and default, 5.7 NaN.
    @Test(arguments: [
        "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "2 ** 3 ** 2 == 512", "-2 ** 2 == -4", "7 % 4 == 3",
        "1 / 2 == 0.5",
        "0x10 == 16 && 1_000 == 1000 && 1e3 == 1000 && .5 == 0.5", "'a' + \"b\" == `ab`",
        "\"it's\\n\" == 'it\\'s\\n'", "(nil ?? 5) == 5", "[1, 2, 3] == 1..3",
        "2 in 1..3", "'foobar' contains 'oba'", "'foobar' startsWith 'foo'",
        "'foobar' endsWith 'bar'",
        "'v1.2.3' matches '^v[0-9]+([.][0-9]+){2}$'", "not ('a' matches 'b')", "'a' not in ['b']",
        "'k' in {k: 1}", "{a: 1}.a == 1", "{'a': {b: 2}}.a.b == 2", "{a: 1}['a'] == 1",
        "{}.x == nil",
        "nil?.x == nil", "abs(-3) == 3", "round(2.5) == 3 && floor(2.7) == 2 && ceil(2.1) == 3",
        "int('5') == 5 && float('1.5') == 1.5 && string(5) == '5'",
        "asInt('7') == 7 && asFloat('0.5') == 0.5",
        "trim('  a ') == 'a' && trim('__a__', '_') == 'a'",
        "upper('a') == 'A' && lower('A') == 'a'",
        "split('a,b', ',') == ['a', 'b']", "join(['a', 'b'], '-') == 'a-b'", "len('héllo') == 5",
        "isInf(1 / 0) && isNaN(0 / 0.0)", "0/0.0 != 0/0.0", "not (0/0.0 < 1) && not (0/0.0 >= 1)",
        "now() - duration('1h') < now()", "date('2026-01-02') < now()",
        "duration('90s') == duration('1m30s')",
        "fromJSON('{\"a\": [1]}').a[0] == 1", "toJSON({a: 1}) == '{\\n  \"a\": 1\\n}'",
        "[1,2,3] | filter(# > 1) | len() == 2", "all(1..3, #index < 3)", "all([{n: 1}], .n == 1)",
        "true || false && false", "1 < 2 == true", "isNil(1)", "default(1, 3) == 3",
        "/* none */ true // yes",
    ])
    func `holds without a result`(_ text: String) throws {
        #expect(try holds(text))
    }

    /// What a document holds has no type before it is there, so that a condition may ask for one
    /// or the other.
    /// Holds: 5.7 language.
    @Test(arguments: [
        "result.code == '200' || result.code == 200", "result.code != 'ok'",
        "result.list[0] == 1 || result.list[0] == 'a'", "result.list == ['a', true]",
        "result.code not in ['200', nil]", "default(result, 0) != 0", "result.list != {a: 1}",
        "any(result.list, # == true)", "fromJSON('{\"a\": 1}').a != 'x'",
    ])
    func `compares what a document holds with values of any type`(_ text: String) throws {
        let result: MetricValue = .object([
            "code": .float(200), "list": .list([.string("a"), .bool(true)]),
        ])
        #expect(try holds(text, result))
    }

    /// Holds: 5.7 result types.
    @Test func `refuses an index on a scalar, also where it is never evaluated`() {
        #expect(
            failure("result[0] > 1", .float(1))?.contains("type float64[int] is undefined") == true)
        #expect(failure("true || result[0] > 1", .float(1)) != nil)
        #expect(failure("result.errors > 1", .float(1))?.contains("has no field errors") == true)
    }

    /// Holds: 5.10 empty vector, 5.7 isNil and default.
    @Test func `has no answer for an index beyond the vector`() {
        let message = failure("result[0] < 0.05", .list([]))
        #expect(message == "index out of range: 0 (array length is 0) (at character 8)")
        #expect(failure("default(result[0], 0) < 1", .list([])) != nil)
    }

    /// Holds: 5.7 boolean.
    @Test func `must be a boolean`() {
        #expect(failure("result[0]", MetricValue(samples: [1])) == "expected bool, but got float64")
        #expect(failure("'yes'") == "expected bool, but got string")
        #expect(failure("1 && true") != nil)
    }

    @Test(arguments: [
        "result < 5", "result == 'a'", "'a' < 1", "len(1)", "all(1, true)", "-'a'", "1 % 0",
        "9223372036854775807 + 1 > 0",
        "int('x') > 0", "mean([]) < 1", "max([]) < 1", "nil.x", "fromJSON('{')",
        "duration('x') > now()",
        "date('x') > now()", "'a' matches '('", "sum(['a']) > 0", "not 1", "asFloat('x') > 0",
        "result > 'a'", "result[0] == 'a'", "len(result) == '1'", "1 + 1 != 'a'", "(1 > 0) == 1",
    ])
    func `is an error where types or values do not fit`(_ text: String) {
        #expect(failure(text, MetricValue(samples: [1])) != nil)
    }

    @Test(arguments: [
        ("", 1), ("result[0] <", 12), ("result[0 < 1", 13), ("foo > 1", 1), ("frob(1)", 1),
        ("1 2", 3), ("'abc", 1),
        ("# > 1", 1), ("1 = 2", 3), ("len()", 1), ("len(1, 2)", 1), ("result.x()", 7), ("(1", 3),
        ("1 ?? 2 > 1", 8),
        ("@", 1), ("0xZZ", 1), ("12abc", 1), ("true ? 1", 9), ("/* x", 1), ("'\\q'", 2),
    ])
    func `names the place of a mistake`(_ text: String, _ position: Int) {
        #expect {
            try Condition(parsing: text)
        } throws: { ($0 as? ConditionError)?.position == position }
    }

    @Test func `is bounded in length, depth, steps and text`() {
        #expect(failure(String(repeating: "1", count: 10_001))?.contains("longer than") == true)
        let deep =
            String(repeating: "(", count: 3_000) + "true" + String(repeating: ")", count: 3_000)
        #expect(failure(deep)?.contains("nested deeper") == true)
        #expect(
            failure("true" + String(repeating: " && true", count: 1_000))?.contains("nested")
                == true)
        #expect(failure(String(repeating: "-", count: 5_000) + "1 > 0")?.contains("nested") == true)
        let nested = "all(1..2000, all(1..2000, all(1..2000, # > 0)))"
        #expect(failure(nested)?.contains("steps") == true)
        #expect(failure("1..9999999 == []")?.contains("too long") == true)
        let long = String(repeating: "x", count: 9_000)
        #expect(failure("len(join(map(1..1000, '\(long)'))) > 0")?.contains("bytes") == true)
    }

    @Test func `knows whether it speaks of absence`() throws {
        #expect(try Condition(parsing: "isNaN(result[0]) || result[0] < 1").speaksOfAbsence)
        #expect(try Condition(parsing: "len(result) == 0 || result[0] < 1").speaksOfAbsence)
        #expect(try !Condition(parsing: "all(result, # < 1)").speaksOfAbsence)
    }
}

struct `A pattern` {
    /// Holds: 5.7 language.
    @Test(arguments: [
        ("a.c", "xabcx", true), ("^a.c$", "xabcx", false), ("a|b|c", "xxc", true),
        ("^(foo|bar)+$", "foobarfoo", true),
        ("^(foo|bar)+$", "foobaz", false), ("^a{2,3}$", "aaaa", false), ("^a{2,3}$", "aaa", true),
        ("^a{2}$", "aa", true),
        ("^a{2,}$", "aaaaa", true), ("x*", "", true), ("^x+$", "", false),
        ("(?i)ERROR", "an error", true),
        ("\\bcat\\b", "a cat!", true), ("\\bcat\\b", "concat", false), ("^[^0-9]+$", "abc", true),
        ("^[a-c\\d-]+$", "a-1", true),
        ("^[[:alpha:]]+$", "abc", true), ("^\\w+\\s\\S+$", "a b", true),
        ("error-.*", "error-rate", true),
        ("^$", "", true), ("a{,2}", "a{,2}", true), ("^(a|b(c|d))e$", "bde", true),
        ("^(?:ab)?c$", "c", true),
        ("\\.", "a", false), ("[]a]", "]", true), ("^.$", "\n", false), ("(?s)^.$", "\n", true),
        ("\\x41", "A", true),
    ])
    func `matches as RE2 does`(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try Pattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        "(", ")", "[a", "*a", "a{2,1}", "a{1001}", "\\", "\\p{L}", "(?=a)", "[z-a]",
        "(((((a{100}){100}){100})))",
    ])
    func `refuses what is none`(_ pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
    }

    @Test func `takes no longer for a hostile pattern`() throws {
        let hostile = try Pattern("^(a+)+$")
        #expect(!hostile.matches(String(repeating: "a", count: 2_000) + "b"))
    }
}
