import Documents
import Testing

struct `Every JSON value` {
    @Test(arguments: 0..<8)
    func `written as JSON reads back to the same text`(chapter: UInt64) throws {
        for seed in chapter * 100..<(chapter + 1) * 100 {
            var random = RandomJSON(seed: seed)
            let value = random.value()
            #expect(try JSON(parsing: value.text).text == value.text, "seed \(seed)")
            #expect(try JSON(parsing: value.indented).text == value.text, "seed \(seed)")
            #expect(try JSON(parsing: value.goText).text == value.text, "seed \(seed)")
        }
    }

    @Test(arguments: 0..<8)
    func `written as YAML reads back as the same value`(chapter: UInt64) throws {
        for seed in chapter * 100..<(chapter + 1) * 100 {
            var random = RandomJSON(seed: seed)
            let value = random.value()
            let text = YAML.text(of: value)
            let documents = try YAML.documents(in: Array(text.utf8), file: "law.yaml")
            // The bytes, not only the value: equal texts of Swift may differ in them.
            #expect((documents.first?.value ?? .null).text == value.text, "seed \(seed)\n\(text)")
            #expect(documents.count <= 1)
        }
    }

    @Test(arguments: 0..<4)
    func `has a place for each of its parts when it was read`(chapter: UInt64) throws {
        for seed in chapter * 100..<(chapter + 1) * 100 {
            var random = RandomJSON(seed: seed)
            let text = YAML.text(of: ["root": random.value()])
            let document = try #require(YAML.documents(in: Array(text.utf8), file: "a").first)
            let lines = text.utf8.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            for path in paths(in: document.value) {
                let place = try #require(document.place(of: path))
                #expect(lines.indices.contains(place.line - 1))
            }
        }
    }

    private func paths(in value: JSON, at path: Path = .root) -> [Path] {
        switch value {
        case .array(let values):
            [path] + values.enumerated().flatMap { paths(in: $1, at: path.appending($0)) }
        case .object(let object):
            [path] + object.members.flatMap { paths(in: $0.value, at: path.appending($0.key)) }
        default: [path]
        }
    }
}

struct `A value that shares its memory` {
    @Test(arguments: 0..<UInt64(10))
    func `says what it said before`(chapter: UInt64) {
        var compactor = Compactor()
        for seed in chapter * 100..<chapter * 100 + 100 {
            var random = RandomJSON(seed: seed)
            let (first, second) = (random.value(), random.value())
            #expect(first.sharing(second).text == first.text)
            #expect(first.sharing(first).text == first.text)
            let pair = JSON.array([first, second, ["long-enough-to-be-shared": first]])
            let other = JSON.array([second, second, ["long-enough-to-be-shared": second]])
            #expect(pair.sharing(other).text == pair.text)
            #expect(compactor.compact(pair).text == pair.text)
        }
    }

    @Test func `keeps how it was written`() throws {
        for (own, other) in [
            (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#), ("[1.0]", "[1]"), ("[1]", "[1.0]"),
            ("[\"e\u{301}\"]", "[\"\u{e9}\"]"), (#"{"a":[1,2,3]}"#, #"{"a":[1,2]}"#),
        ] {
            #expect(try JSON(parsing: own).sharing(JSON(parsing: other)).text == own)
        }
    }
}

struct `Cut or changed text` {
    @Test(arguments: 0..<4)
    func `is read or refused, never more`(chapter: UInt64) {
        for seed in chapter * 100..<(chapter + 1) * 100 {
            var random = RandomJSON(seed: seed)
            var bytes = Array(YAML.text(of: random.value()).utf8)
            for _ in 0..<3 where !bytes.isEmpty {
                let position = Int.random(in: bytes.indices, using: &random.generator)
                bytes[position] = UInt8.random(in: 0...255, using: &random.generator)
            }
            do throws(DocumentError) {
                for document in try YAML.documents(in: bytes, file: "cut.yaml") {
                    let text = YAML.text(of: document.value)
                    #expect(throws: Never.self) {
                        try YAML.documents(in: Array(text.utf8), file: "again.yaml")
                    }
                }
            } catch {
                #expect(error.place != nil && !error.remedy.isEmpty)
            }
        }
    }
}
