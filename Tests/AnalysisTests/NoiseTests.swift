import Documents
import Testing

@testable import Analysis

/// Whatever a person or a template writes ends as an answer or as an error.
struct `Any expression` {
    static let words = [
        "result", "result[0]", "(", ")", "[", "]", "{", "}", "#", "#index", ".", "?.", "..", ":",
        "?",
        "??", "+", "-", "*", "/", "%", "**", "<", ">=", "==", "!=", "!", "not", "in", "and", "or",
        "||", "&&", "|", ",", "matches", "contains", "1", "0.5", "9223372036854775807", "1e308",
        "'a'", "\"[\"", "true", "nil", "len(", "all(", "map(", "sum(", "max(", "mean(", "split(",
        "join(", "int(", "round(", "duration('1h')", "now()", "date(", "toJSON(", "fromJSON('[1]')",
        "#acc", "let x =", "x", ";", "reduce(", "sortBy(", "groupBy(", "sort(", "concat(", "'desc'",
        "take(", "keys(", "fromPairs(", "replace(", "repeat(", "indexOf(", "bitshl(", "get(",
    ]

    static let results: [MetricValue] = [
        .null, .float(.nan), .float(1e300), .list([]), MetricValue(samples: [.nan, 1, -.infinity]),
        .string("text"), .object(["a": .list([.string("b")])]), .int(.min),
    ]

    @Test func `of random words ends`() {
        var random = Seeded(state: 11)
        var parsed = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...12, using: &random)
            let words = (0..<count).map { _ in Self.words.randomElement(using: &random) ?? "1" }
            let result = Self.results.randomElement(using: &random) ?? .null
            do {
                let condition = try Condition(parsing: words.joined(separator: " "))
                parsed += 1
                _ = try condition.value(result: result, now: start)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        // The generator is only worth something when enough of it is an expression.
        #expect(parsed > 300)
    }

    @Test func `of random characters ends, with the place of a mistake inside of it`() {
        var random = Seeded(state: 12)
        let characters = Array("abcresult0189.'\"`\\#[](){}<>=!&|?:+-*/% \n_$é😀")
        for _ in 0..<5_000 {
            let count = Int.random(in: 0...30, using: &random)
            let text = String(
                (0..<count).map { _ in characters.randomElement(using: &random) ?? " " })
            do {
                _ = try Condition(parsing: text).value(result: .list([]), now: start)
            } catch {
                let last = text.unicodeScalars.count + 1
                #expect(error.position.map { (1...last).contains($0) } ?? true, "\(text)")
            }
        }
    }

    @Test func `with a random pattern ends`() {
        var random = Seeded(state: 13)
        let characters = Array("ab.*+?|()[]{}^$\\dwsbxpQ:-,19i<P")
        var compiled = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...14, using: &random)
            let text = String(
                (0..<count).map { _ in characters.randomElement(using: &random) ?? "a" })
            do {
                let pattern = try Pattern(text)
                compiled += 1
                _ = pattern.matches("abab a1-\n9")
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(compiled > 1_000)
    }
}
