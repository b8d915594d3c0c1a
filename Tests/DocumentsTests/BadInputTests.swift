import Documents
import Testing

private func refusal(_ text: String, limits: Limits = .manifest) -> DocumentError? {
    refusal(Array(text.utf8), limits: limits)
}

private func refusal(_ bytes: [UInt8], limits: Limits = .manifest) -> DocumentError? {
    #expect(throws: DocumentError.self) {
        try YAML.documents(in: bytes, file: "bad.yaml", limits: limits)
    }
}

struct `Bad YAML` {
    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "3:1: the key \"a\" is there twice", "remove one of the two"),
        ("x: {1: a, \"1\": b}", "1:11: the key \"1\" is there twice", "remove one of the two"),
        ("<<: {}\n<<: {}\n", "2:1: the key \"<<\" is there twice", "remove one of the two"),
        ("? [a]\n: 1\n", "1:3: a list as a key", "use text as the key"),
        ("~: 1\n", "1:1: null as a key", "write a name before the colon, or quote it"),
        (
            "a: {{args.x}}\n", "1:5: a mapping as a key",
            "use text as the key; put text with { in quotes"
        ),
        (
            "<<: 1\n", "1:1: << merges mappings only",
            "give it an alias of a mapping, or quote the key"
        ),
    ])
    func `in its keys is refused`(text: String, message: String, remedy: String) {
        #expect(refusal(text)?.description == "bad.yaml:\(message); \(remedy)")
    }

    @Test(arguments: ["a: *b\n", "a: [*b]", "a: &b [*b]", "a: &b 1\n---\na: *b\n"])
    func `with an alias of nothing is refused`(text: String) {
        #expect(refusal(text)?.message == "nothing is named &b before this")
    }

    @Test(arguments: [
        ("a:\n\t- b\n", "2:1: a tab where YAML wants spaces", "indent with spaces"),
        (
            "a: b: c\n", "1:5: mapping values are not allowed in this context",
            "put text that contains \": \" in quotes"
        ),
        (
            "a: @x\n",
            "1:4: found character that cannot start any token"
                + " while scanning for the next token", "put the text in quotes"
        ),
        (
            "{a: {b: 1}",
            "2:1: did not find expected ',' or '}'"
                + " while parsing a flow mapping that began at 1:1",
            "close the bracket, or separate by commas"
        ),
        (
            "a: 'b",
            "1:6: found unexpected end of stream"
                + " while scanning a quoted scalar that began at 1:4",
            "close the quote or bracket that is open"
        ),
    ])
    func `in its syntax is refused`(text: String, message: String, remedy: String) {
        #expect(refusal(text)?.description == "bad.yaml:\(message); \(remedy)")
    }

    @Test func `that is not UTF-8 is refused where it stops being so`() {
        let error = refusal(Array("a: 1\nb: é".utf8) + [0xFF])
        #expect(error?.description == "bad.yaml:2:5: not valid UTF-8; save the file as UTF-8")
        #expect(refusal([0xFF, 0xFE, 0x61, 0x00])?.offset == 0)
    }

    @Test func `with control characters is refused where they stand`() {
        #expect(refusal("a: 1\nb: \u{0}\n")?.place == Place(file: "bad.yaml", line: 2, column: 4))
        #expect(refusal("a: \u{7}\n")?.message == "control characters are not allowed")
    }

    @Test func `that expands its aliases without end is refused`() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(refusal(bomb)?.message == "the aliases expand to more than we read")
    }

    @Test func `that repeats a large text by aliases is refused`() {
        let text = String(repeating: "x", count: 100_000)
        let aliases = [String](repeating: "*a", count: 1000).joined(separator: ", ")
        #expect(
            refusal("a: &a \(text)\nb: [\(aliases)]")?.message
                == "the aliases expand to more than we read")
    }

    @Test func `that nests by aliases deeper than by hand is refused`() {
        var text = "a0: &a0 x\n"
        for level in 1...120 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(refusal(text)?.message == "nested more than 100 deep")
    }

    @Test func `that merges without end is refused`() {
        let members = (0..<600).map { "k\($0): 1" }.joined(separator: ", ")
        let merges = (0..<600).map { "m\($0): {<<: *a}" }.joined(separator: "\n")
        #expect(
            refusal("a: &a {\(members)}\n\(merges)\n")?.message
                == "the aliases expand to more than we read")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? "])
    func `that nests deeply is refused`(opening: String) {
        let error = refusal(String(repeating: opening, count: 100_000))
        #expect(error?.message == "nested more than 100 deep")
    }

    @Test func `that is huge is refused before it is read`() {
        let error = refusal([UInt8](repeating: UInt8(ascii: "a"), count: 4 << 20 | 1))
        #expect(error?.message == "4194305 bytes are more than the 4194304 we read")
    }

    @Test func `of too many values is refused`() {
        let limits = Limits(bytes: 100, depth: 9, nodes: 3)
        #expect(refusal("[1, 2, 3]", limits: limits)?.message == "more than 3 values")
    }
}

struct `A document with wrong fields` {
    private func findings(_ text: String, _ read: (Reader) -> Void) throws -> [String] {
        let document = try #require(YAML.documents(in: Array(text.utf8), file: "r.yaml").first)
        let findings = Reader.Findings()
        read(Reader(document.value, findings: findings))
        return document.placing(findings.all).map(\.description)
    }

    @Test func `has all of them named with place, path and remedy, in their order`() throws {
        let text = """
            spec:
              replicas: three
              paused: 1
              steps:
              - setWieght: 10
              - setWeight: 101
              labels: [a]
              extra: x
            """
        let findings = try findings(text) { root in
            let spec = root["spec"]
            spec.allowOnly(["replicas", "paused", "steps", "labels"])
            _ = (spec["replicas"].int(), spec["paused"].bool(), spec["labels"].strings())
            for step in spec["steps"].elements() {
                step.allowOnly(["setWeight"])
                _ = step["setWeight"].int(in: 0...100)
            }
            _ = root["metadata"]["name"].requiredString()
        }
        #expect(
            findings == [
                "r.yaml:1:1: metadata.name: is missing; add metadata.name with a string",
                "r.yaml:2:13: spec.replicas: expected a whole number, found a string;"
                    + " write a whole number here",
                "r.yaml:3:11: spec.paused: expected true or false, found an integer;"
                    + " write true or false here",
                "r.yaml:5:5: spec.steps[0].setWieght: unknown field \"setWieght\";"
                    + " did you mean setWeight?",
                "r.yaml:6:16: spec.steps[1].setWeight: 101 is out of range;"
                    + " use a whole number from 0 to 100",
                "r.yaml:7:11: spec.labels: expected an object, found a list; write an object here",
                "r.yaml:8:3: spec.extra: unknown field \"extra\";"
                    + " remove it, or use one of: labels, paused, replicas, steps",
            ])
    }

    /// A stranger may send a hundred thousand.
    @Test func `has no more guessed at than somebody mends`() {
        let slips = Reader.Findings()
        let members = (0..<60).map { ("setWeight\($0)", JSON.null) }
        Reader(.object(JSONObject(members)), findings: slips).allowOnly(["setWeight"])
        let guessed = slips.all.filter { $0.remedy == "did you mean setWeight?" }
        #expect(slips.all.count == 60 && guessed.count == 50)
    }

    @Test func `has every wrong type named`() throws {
        let text = "{s: 1, b: x, i: 1.5, d: x, l: {}, o: [], m: {a: 1}}"
        let findings = try findings(text) { root in
            _ = (root["s"].string(), root["b"].bool(), root["i"].int(), root["d"].double())
            _ = (root["l"].elements().count, root["o"].members().count, root["m"].strings())
        }
        #expect(findings.count == 7)
        #expect(findings.allSatisfy { $0.contains(": expected ") })
    }

    @Test func `takes null for absent`() throws {
        let findings = try findings("{a: null, b: ~}") { root in
            #expect(root["a"].string() == nil && root["b"].elements().isEmpty)
            #expect(!root["a"].isPresent)
        }
        #expect(findings.isEmpty)
    }
}
