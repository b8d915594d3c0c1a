import Documents
import Testing

@testable import Analysis

struct `A function of the condition language` {
    func value(_ text: String, _ result: MetricValue = .null) throws -> MetricValue {
        try Condition(parsing: text).value(result: result, now: start)
    }

    func failure(_ text: String, _ result: MetricValue = .null) -> ConditionError? {
        do {
            _ = try value(text, result)
            return nil
        } catch {
            return error as? ConditionError
        }
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "find([1, 2, 3, 2], # > 1) == 2", "findIndex([1, 2, 3, 2], # > 1) == 1",
        "findLast([1, 2, 3, 2], # > 1) == 2", "findLastIndex([1, 2, 3, 2], # > 1) == 3",
        "findLast([1, 4, 3], # > 2) == 3", "findIndex([1], # > 1) == nil",
        "findLast([], true) == nil", "findLastIndex([1], # > 1) == nil",
        "groupBy(1..9, # % 2)[0] == [2, 4, 6, 8]", "groupBy(1..3, # > 1)[true] == [2, 3]",
        "groupBy(1..3, # > 1 ? nil : '')[nil] == [2, 3]", "len(groupBy(1..9, # % 3)) == 3",
        "groupBy([{k: 'a', v: 1}, {k: 'b', v: 2}], .k).b[0].v == 2", "groupBy([], #) == {}",
        "1 in groupBy([1, 2], #) && 3 not in groupBy([1, 2], #)",
        "groupBy([1, 2], #) == groupBy([2, 1], #)", "groupBy([1, 2], #)['1'] == nil",
        "sortBy([{n: 2}, {n: 1}], .n)[0].n == 1", "sortBy([{n: 2}, {n: 1}], 'n')[0].n == 1",
        "sortBy([{n: 1}, {n: 2}], 'n', 'desc')[0].n == 2",
        "sortBy([3, 1, 2], -#) == [3, 2, 1]", "sortBy([], 'n') == []",
        "map(sortBy([{n: 1, k: 'b'}, {n: 1, k: 'a'}], .n, 'desc'), .k) == ['b', 'a']",
        "reduce(1..9, # + #acc, 0) == 45", "reduce(1..9, # + #acc) == 45",
        "reduce([], 5, 0) == 0", "reduce(1..3, #acc + #index, 0) == 3",
        "reduce([7, 1, 1], #index, 0) == 2", "reduce([[1], [2]], concat(#acc, #)) == [1, 2]",
        "reduce([1, 2], #acc + sum(map([3], # * 2)), 0) == 12",
    ])
    func `over the elements of a list holds`(_ text: String) throws {
        #expect(try value(text) == .bool(true))
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "type(nil) == 'nil'", "type(true) == 'bool'", "type(1) == 'int'", "type(1.5) == 'float'",
        "type('') == 'string'", "type([1]) == 'array'", "type({}) == 'map'",
        "type(groupBy([1], #)) == 'map'", "type(now()) == 'time.Time'",
        "type(duration('1s')) == 'time.Duration'",
        "get([1, 2], 1) == 2", "get([1, 2], -1) == 2", "get([1, 2], 9) == nil",
        "get([], 0) == nil", "get({a: 1}, 'a') == 1", "get({a: 1}, 'b') == nil",
        "get(nil, 'a') == nil", "get(groupBy([1], #), 1) == [1]",
        "take([1, 2, 3], 2) == [1, 2]", "take([1], 9) == [1]", "take([1], 0) == []",
        "keys({b: 1, a: 2}) == ['a', 'b']", "values({b: 1, a: 2}) == [2, 1]", "keys({}) == []",
        "0 in keys(groupBy(1..4, # % 2))", "'0' not in keys(groupBy(1..4, # % 2))",
        "toPairs({a: 1, b: 2}) == [['a', 1], ['b', 2]]", "len(toPairs({})) == 0",
        "fromPairs([['a', 1], ['b', 2]]) == {a: 1, b: 2}", "fromPairs([[1, 'x']])[1] == 'x'",
        "fromPairs(toPairs({a: 1})) == {a: 1}", "fromPairs([]) == {}",
        "concat([1], [2, 3], []) == [1, 2, 3]", "concat([1]) == [1]",
        "reverse([1, 2, 3]) == [3, 2, 1]", "reverse([]) == []",
        "sort([3, 1, 2]) == [1, 2, 3]", "sort([3, 1, 2], 'desc') == [3, 2, 1]", "sort([]) == []",
        "sort(['b', 'a', 'B']) == ['B', 'a', 'b']", "sort([2, 1.5]) == [1.5, 2]",
        "sort([2, 1], 'asc') == [1, 2]", "last(sort([0 / 0.0, 2, 1])) == 2",
        "isNaN(sort([2, 0 / 0.0, 1])[0])",
        "sort([duration('2s'), duration('1s')])[0] == duration('1s')",
        "sort([now(), date('2020-01-01')])[0] == date('2020-01-01')",
        "toJSON(groupBy([1], #)) == '{\\n  \"1\": [\\n    1\\n  ]\\n}'",
    ])
    func `of lists and maps holds`(_ text: String) throws {
        #expect(try value(text) == .bool(true))
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "trimPrefix('v1.2', 'v') == '1.2'", "trimPrefix('1.2', 'v') == '1.2'",
        "trimPrefix(' a ') == 'a '", "trimSuffix('a.txt', '.txt') == 'a'",
        "trimSuffix(' a ') == ' a'", "trimSuffix('é', 'é') == ''", "trimPrefix('', '') == ''",
        "split('', '') == []", "split('héy', '') == ['h', 'é', 'y']", "split('', ',') == ['']",
        "split('a,b,c', ',', 2) == ['a', 'b,c']", "split('a,b', ',', -1) == ['a', 'b']",
        "split('a,b', ',', 0) == []", "split('ab', '', 1) == ['ab']",
        "split('a\\r\\nb', '\\n') == ['a\\r', 'b']",
        "splitAfter('a,b,c', ',') == ['a,', 'b,', 'c']",
        "splitAfter('a,b,c', ',', 2) == ['a,', 'b,c']", "splitAfter('', '') == []",
        "replace('a,b,c', ',', ';') == 'a;b;c'", "replace('a,b,c', ',', ';', 1) == 'a;b,c'",
        "replace('aaa', 'aa', 'b') == 'ba'", "replace('aé', '', '-') == '-a-é-'",
        "replace('ab', '', '-', 2) == '-a-b'", "replace('', '', 'x') == 'x'",
        "replace('ab', 'b', '') == 'a'", "replace('ab', 'a', 'b', 0) == 'ab'",
        "replace('ab', 'a', 'b', -1) == 'bb'", "replace('ab', 'x', 'y') == 'ab'",
        "repeat('ab', 3) == 'ababab'", "repeat('ab', 0) == ''", "repeat('', 1000000) == ''",
        "indexOf('a,b,a', 'a') == 0", "lastIndexOf('a,b,a', 'a') == 4", "indexOf('a', 'b') == -1",
        "lastIndexOf('a', 'b') == -1", "indexOf('éa', 'a') == 2", "indexOf('abc', '') == 0",
        "lastIndexOf('abc', '') == 3", "indexOf('', '') == 0", "indexOf('a', 'ab') == -1",
        "hasPrefix('v2.1', 'v2')", "!hasPrefix('v2', 'v2.1')", "hasPrefix('a', '')",
        "hasSuffix('a.txt', '.txt')", "!hasSuffix('a', 'b')", "hasSuffix('', '')",
        "toBase64('hello') == 'aGVsbG8='", "fromBase64('aGVsbG8=') == 'hello'",
        "toBase64('') == '' && fromBase64('') == ''", "'abcd'[1:3] == 'bc'", "'abc'[-1:] == 'c'",
        "'abc'[:9] == 'abc' && 'abc'[2:1] == ''",
    ])
    func `of texts holds`(_ text: String) throws {
        #expect(try value(text) == .bool(true))
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "bitand(0b1010, 0b1100) == 0b1000", "bitor(0b1010, 0b1100) == 0b1110",
        "bitxor(0b1010, 0b1100) == 0b110", "bitnand(0b1010, 0b1100) == 0b10",
        "bitnot(0b1010) == -0b1011", "bitshl(0b101101, 2) == 0b10110100",
        "bitshr(0b101101, 2) == 0b1011", "bitushr(-0b101, 2) == 4611686018427387902",
        "bitshl(1, 64) == 0", "bitshr(-1, 99) == -1", "bitushr(-1, 64) == 0",
    ])
    func `of bits holds`(_ text: String) throws {
        #expect(try value(text) == .bool(true))
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "let x = 42; x * 2 == 84", "let x = 1; let y = x + 1; x + y == 3",
        "let e = result[0]; e < 0.05", "let r = result; len(r) == 1 && r[-1] == 0.01",
        "let low = 0; all(result, {let high = 1; # > low && # < high})",
        "(let x = 1; x) + (let x = 2; x) == 3", "let a = let b = 1; b; a == 1",
        "let x = 3 > 2 ? 'a' : 'b'; x == 'a'", "let f = 2; [1, 2] | map(# * f) | sum() == 6",
        "let x = [1, 2] | map(# + 1); x == [2, 3]", "let ok = {a: {b: 1}}; ok?.a.b == 1",
        "let a = 1; true ? let b = a; b == 1 : false", "$env.result == result",
        "'result' in $env && 'x' not in $env", "get($env, 'result')[0] == 0.01",
        "now().Sub(now() - duration('90s')).Seconds() == 90", "duration('90m').Hours() == 1.5",
    ])
    func `may be given names`(_ text: String) throws {
        #expect(try value(text, MetricValue(samples: [0.01])) == .bool(true))
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        "date('2023-08-14').Year() == 2023", "date('15:04:05').Minute() == 4",
        "date('14.08.2023', '02.01.2006') == date('2023-08-14')",
        "date('2023-08-14 15:04', '2006-01-02 15:04', 'UTC').Hour() == 15",
        "date('Mon, 02 Jan 2006 15:04:05 MST').Unix() == 1136214245",
        "date('02 Jan 06 15:04 MST') == date('Monday, 02-Jan-06 15:04:00 MST')",
        "date('1:05AM', '3:04PM').Hour() == 1", "date('12:30AM', '3:04PM').Hour() == 0",
        "date('2024 366', '2006 002').Month() == 12", "date('69', '06').Year() == 1969",
        "date('2023-08-14T10:00:00+02:00').Hour() == 8", "date('2023-08-14').Weekday() == 1",
        "date('2023-08-14T01:02:03.456Z').Format('Jan _2 15:04:05.000') == 'Aug 14 01:02:03.456'",
        "date('2023-08-14').Format('Monday, 2 January 06 03:04pm Z07:00 -0700 MST') == "
            + "'Monday, 14 August 23 12:00am Z +0000 UTC'",
        "date('2023-03-05').YearDay() == 64", "date('2023-08-14').Day() == 14",
        "date('2024-01-01').Equal(date('2024-01-01 00:00:00'))",
        "date('2024-01-01 00:00:09').Second() == 9 && now().UTC() == now()",
        "date('1970-01-02').UnixMilli() == 86400000", "duration('2ms').Nanoseconds() == 2000000",
        "duration('-90s').Abs() == duration('90s')", "duration('1500ms').Milliseconds() == 1500",
        "duration('90s').String() == '1m30s'",
        "date('2024-01-01').String() == '2024-01-01 00:00:00 +0000 UTC'",
    ])
    func `of times holds`(_ text: String) throws {
        #expect(try value(text) == .bool(true))
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        ("findLast(1, true)", 1), ("groupBy([[1]], #)", 1), ("groupBy([0 / 0.0], #)", 1),
        ("sortBy([1, 'a'], #)", 1), ("sortBy([1, 2], #, 'up')", 1), ("sortBy([{}], 'n', 1)", 1),
        ("sortBy([{n: 1}, {}], 'n')", 1), ("reduce([], #acc)", 1), ("get(1, 2)", 1),
        ("get([1], 'a')", 1), ("get({a: 1}, 0)", 1), ("take('abc', 1)", 1), ("take([1], -1)", 1),
        ("take([1], 1.0)", 1), ("keys([1])", 1), ("values(nil)", 1), ("toPairs('a')", 1),
        ("fromPairs({a: 1})", 1), ("fromPairs([1])", 1), ("fromPairs([['a']])", 1),
        ("fromPairs([[[1], 2]])", 1), ("concat([1], 2)", 1), ("reverse('abc')", 1),
        ("sort([1, 'a'])", 1), ("sort([true, false])", 1), ("sort([1], 'up')", 1),
        ("sort([1], 2)", 1), ("sort({a: 1})", 1), ("trimPrefix(1, 'a')", 1),
        ("trimSuffix('a', 1)", 1), ("split('a', 1)", 1), ("split('a', ',', '1')", 1),
        ("splitAfter(nil, ',')", 1), ("replace('a', 'b', 1)", 1),
        ("replace('a', 'b', 'c', nil)", 1), ("repeat('a', -1)", 1), ("repeat('a', 1.5)", 1),
        ("repeat(1, 1)", 1),
        ("indexOf('a', nil)", 1), ("lastIndexOf(1, 'a')", 1), ("hasPrefix(nil, 'a')", 1),
        ("hasSuffix('a', 1)", 1), ("toBase64(1)", 1), ("fromBase64('?')", 1),
        ("fromBase64('/w==')", 1), ("bitand(1, 1.0)", 1), ("bitor('a', 1)", 1),
        ("bitxor(1, nil)", 1), ("bitnand(true, 1)", 1), ("bitnot(1.0)", 1), ("bitshl(1, -1)", 1),
        ("bitshr(1, -1)", 1), ("bitushr(1, -1)", 1), ("1 + 'abc'[0:'a']", 10),
        ("date('2023-02-30')", 1), ("date('x', '2006')", 1), ("date('1', 2)", 1),
        ("date('10:00', '15:04', 'Europe/Paris')", 1), ("now().Hours()", 6),
        ("1 + duration('1s').Year()", 19), ("now().Format(1)", 6), ("'a'.Day()", 4),
        ("date('x', repeat('-', 201))", 1), ("now().Format(repeat('-', 201))", 6),
    ])
    func `refuses what it cannot take, where it stands`(_ text: String, _ position: Int) {
        #expect(failure(text)?.position == position, "\(failure(text)?.message ?? "taken")")
    }

    /// Holds: 5.7 language.
    @Test(arguments: [
        ("take([1])", 1), ("sort()", 1), ("concat()", 1), ("replace('a', 'b')", 1),
        ("bitnot(1, 2)", 1), ("reduce([1])", 1), ("findIndex([1])", 1), ("sortBy([1])", 1),
        ("reduce([1], #acc, 0, 1)", 1), ("map([1], #acc)", 10),
        ("reduce([1], any([2], # > #acc))", 26), ("#acc", 1), ("let x = 1", 10),
        ("let x; 1", 6), ("let x = 1; y", 12), ("let result = 1; 2", 5), ("let len = 1; 2", 5),
        ("let in = 1; 2", 5), ("let true = 1; 2", 5), ("let x = 1; let x = 2; x", 16),
        ("(let x = 1; x) + x", 18), ("1 + let x = 1; x", 5), ("let", 1), ("let 1 = 2; 3", 1),
        ("1; 2", 2), ("result.Sub(1)", 7), ("let r = result; r.Sub(1)", 18),
        ("now().Zone()", 6), ("result[0] = 1", 11),
    ])
    func `names the place of a mistake in how it is written`(_ text: String, _ position: Int) {
        #expect {
            try Condition(parsing: text)
        } throws: { ($0 as? ConditionError)?.position == position }
    }

    /// Holds: 5.7 language.
    @Test func `is known, each that has a name`() throws {
        for name in Builtin.names {
            let count = Builtin.arity(of: name).lowerBound
            let arguments = repeatElement("'a'", count: count).joined(separator: ", ")
            let message = failure("\(name)(\(arguments))")?.message ?? ""
            #expect(!message.contains("unknown"), "\(name): \(message)")
        }
    }

    @Test(arguments: [
        "repeat('x', 2000000) == ''", "repeat('x', 9223372036854775807) == ''",
        "repeat('ab', 9223372036854775807) == ''",
        "len(map(1..1000, repeat('x', 100000))) > 0",
        "len(map(1..100, let x = repeat('x', 1000000); x + x)) > 0",
        "len(replace(repeat('a', 1000000), 'a', repeat('b', 1000))) > 0",
        "len(replace(repeat('a', 2000), '', repeat('b', 1000))) > 0",
        "indexOf(repeat('a', 1000000), repeat('a', 500000) + 'b') > 0",
        "let a = 1..200000; max(a, a, a, a, a, a) > 0",
        "let a = 1..1000; len(concat(a, a)) > 0 && len(map(1..1000, concat(a, a))) > 0",
        "let a = 1..100000; len(map(1..100, sort(a))) > 0",
        "len(string(map(1..1000, map(1..900, result)))) > 0",
        "let a = repeat('x', 1000000); len(sort(map(1..10000, a))) > 0",
        "let a = repeat('x', 1000000); len(groupBy(1..10000, a)) > 0",
        "let a = repeat('x', 1000000); all(1..10000, a + 'y' > a)",
        "let a = repeat('[', 1000000); fromJSON(a) == 1",
        "let a = '[' + repeat('1,', 500000) + '1]'; len(map(1..10, fromJSON(a))) > 0",
        "let a = repeat('x', 1000000); all(1..10000, trim('y', a) == 'y')",
        "let a = repeat('x', 1000000); all(1..10000, replace('y', 'z', a) == 'y')",
        "let a = repeat('1', 1000000); all(1..10000, float(a) > 0)",
        "let a = repeat('x', 1000000); let m = {b: 1}; all(1..10000, m[a] == nil && a not in m)",
        "let a = 1..100000; all(1..10000, len(a[1:]) > 0)",
        "reduce(1..100, concat(#acc, #acc), [1]) == []", "reduce(1..100, #acc + #acc, 'x') == ''",
        "reduce(1..100, [#acc, #acc], 1) == []", "reduce(1..100000, [#acc], 1) == []",
        "let a = [1, 1]; let b = [a, a, a, a, a, a, a, a]; let c = [b, b, b, b, b, b, b, b]; "
            + "let d = [c, c, c, c, c, c, c, c]; let e = [d, d, d, d, d, d, d, d]; "
            + "let f = [e, e, e, e, e, e, e, e]; let g = [f, f, f, f, f, f, f, f]; g == g",
        "let a = 1..300000; len(toJSON([[[[[[[[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]]]]]]])) > 0",
    ])
    func `holds nobody up`(_ text: String) throws {
        let message = failure(text, MetricValue(samples: Array(repeating: 1, count: 100)))?.message
        #expect(
            ["steps", "bytes", "nests", "nested", "fromJSON"].contains {
                message?.contains($0) == true
            }, "\(message ?? "done")")
    }

    /// Holds: 5.7 language.
    @Test func `over a list of the result that is empty is seen to be over nothing`() throws {
        let result = MetricValue.object(["errors": .list([])])
        for text in [
            "all(result.errors, # < 1)", "let e = result.errors; all(e, # < 1)",
            "let r = result; all(r.errors, # < 1)", "all($env.result.errors, # < 1)",
            "reduce(result.errors, #acc + #, 0) < 1", "all(sort(result.errors), # < 1)",
            "len(sortBy(result.errors, #)) == 0 && all(sortBy(result.errors, #), # < 1)",
        ] {
            let answer = try Condition(parsing: text).answer(result: result, now: start)
            #expect(answer.holds && answer.isOverNothing, "\(text)")
        }
        #expect(try Condition(parsing: "let r = result; len(r) == 0").speaksOfAbsence)
        #expect(try !Condition(parsing: "let n = 1; len([n]) == 1").speaksOfAbsence)
    }
}
