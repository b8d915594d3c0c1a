import Documents
import Testing

private func read(_ text: String, limits: Limits = .manifest) throws -> JSON {
    let documents = try YAML.documents(in: Array(text.utf8), file: "a.yaml", limits: limits)
    return documents.first?.value ?? .null
}

struct `A YAML scalar` {
    @Test(
        arguments: [
            ("true", true), ("False", false), ("TRUE", true), ("~", .null), ("null", .null),
            ("", .null),
            ("0", 0),
            ("-17", -17), ("+17", 17), ("0x1F", 31), ("0o17", 15), ("0644", 420),
            ("9223372036854775807", 9_223_372_036_854_775_807),
            ("yes", "yes"), ("No", "No"), ("on", "on"), ("OFF", "OFF"), ("y", "y"), ("'1'", "1"),
            ("\"true\"", "true"),
            ("''", ""), ("1.2.3", "1.2.3"), ("1_000", "1_000"), ("1e", "1e"), (".", "."),
            ("+", "+"),
            ("0x", "0x"), ("0xfg", "0xfg"), ("0x-1", "0x-1"), ("1m30s", "1m30s"),
            ("2026-01-02", "2026-01-02"),
            ("!!str 1", "1"), ("! 1", "1"), ("!!int 7", 7), ("!!float 7", 7), ("a b", "a b"),
        ] as [(String, JSON)])
    func `is what Kubernetes takes it for`(text: String, value: JSON) throws {
        #expect(try read("a: \(text)\n")["a"] ?? nil == value)
    }

    @Test(arguments: [
        ("1.50", "1.50"), (".5", "0.5"), ("5.", "5.0"), ("+1.5", "1.5"), ("-.5e3", "-0.5e3"),
        ("1e3", "1e3"),
        ("01.5", "1.5"), ("08", "8"), ("18446744073709551616", "18446744073709551616"),
        ("-0", "-0"),
    ])
    func `that is a fraction or large keeps its digits`(text: String, number: String) throws {
        #expect(try read("[\(text)]").text == "[\(number)]")
    }

    @Test(arguments: [
        ".inf", "-.Inf", ".nan", "!!int a", "!!bool 1", "!!binary YQ==", "!x 1", "!!set {a}",
    ])
    func `that JSON cannot hold is refused`(text: String) {
        let error = #expect(throws: DocumentError.self) { try read("a: \(text)") }
        #expect(error?.place == Place(file: "a.yaml", line: 1, column: 4))
    }
}

struct `A YAML stream` {
    @Test func `holds documents, of which empty ones are left out`() throws {
        let text = "# nothing\n---\na: 1\n---\n# nothing\n---\n---\n- b\n...\n"
        let documents = try YAML.documents(in: Array(text.utf8), file: "a.yaml")
        #expect(documents.map(\.value) == [["a": 1], ["b"]])
        #expect(documents.map { $0.place(of: .root)?.line } == [3, 8])
    }

    @Test(arguments: ["", "\n", "# only a comment\n", "---\n", "\u{FEFF}"])
    func `may be empty`(text: String) throws {
        #expect(try YAML.documents(in: Array(text.utf8), file: "a.yaml").isEmpty)
    }

    @Test func `may begin with a byte order mark and end lines as Windows does`() throws {
        #expect(try read("\u{FEFF}a: 1\r\nb:\r\n- 2\r\n") == ["a": 1, "b": [2]])
    }

    @Test func `knows the places of values and keys`() throws {
        let text = "spec:\n  steps:\n  - setWeight: 10\n  - {pause: {}}\n"
        let document = try #require(YAML.documents(in: Array(text.utf8), file: "r.yaml").first)
        let steps = Path([.key("spec"), .key("steps")])
        #expect(
            document.place(of: steps.appending(0).appending("setWeight"))?.description
                == "r.yaml:3:16")
        #expect(document.placeOfKey(at: steps)?.description == "r.yaml:2:3")
        #expect(
            document.place(of: steps.appending(1).appending("pause"))?.description == "r.yaml:4:13")
        #expect(document.place(of: steps.appending(7).appending("x"))?.description == "r.yaml:3:3")
        #expect(document.placeOfKey(at: steps.appending("x"))?.description == "r.yaml:3:3")
    }

    @Test func `expands anchors and merges`() throws {
        let text = """
            base: &base {a: 1, b: {c: 2}}
            other: &other {a: 3, d: 4}
            one: {<<: *base, a: 9}
            two: {<<: [*base, *other], e: *base}
            """
        let value = try read(text)
        #expect(value["one"] == ["a": 9, "b": ["c": 2]])
        #expect(value["two"] == ["e": ["a": 1, "b": ["c": 2]], "a": 1, "b": ["c": 2], "d": 4])
    }

    @Test func `places merged members where they were written`() throws {
        let text = "base: &b\n  a: 1\none:\n  <<: *b\n  c: 2\n"
        let document = try #require(YAML.documents(in: Array(text.utf8), file: "a").first)
        #expect(document.place(of: Path([.key("one"), .key("a")]))?.line == 2)
        #expect(document.placeOfKey(at: Path([.key("one"), .key("c")]))?.line == 5)
    }

    @Test func `has keys of text, numbers and booleans`() throws {
        #expect(
            try read("{1: a, true: b, 1.50: c, on: d, \"~\": e}").object?.keys == [
                "1", "true", "1.50", "on", "~",
            ])
    }
}

struct `YAML from a JSON file` {
    @Test func `is read strictly and with places`() throws {
        let text = "{\n\t\"a\": [1,\n\t\t2]}"
        let document = try #require(Document.readAll(Array(text.utf8), file: "a.json").first)
        #expect(document.value == ["a": [1, 2]])
        #expect(
            document.place(of: Path([.key("a"), .index(1)]))
                == Place(file: "a.json", line: 3, column: 3))
        #expect(throws: DocumentError.self) {
            try Document.readAll(Array("a: 1".utf8), file: "a.json")
        }
        #expect(try Document.readAll(Array("a: 1".utf8), file: "a.yml").count == 1)
    }

    @Test func `goes without places where it is no YAML`() throws {
        let document = try #require(
            Document.readAll(Array(#"["\ud83d\ude00"]"#.utf8), file: "a.json").first)
        #expect(document.value == ["😀"])
        #expect(document.place(of: .root) == nil)
    }
}

struct `Written YAML` {
    @Test func `reads like that of kubectl`() {
        let value: JSON = [
            "apiVersion": "argoproj.io/v1alpha1",
            "metadata": ["labels": ["on": "yes", "n": "1"], "x": [:]],
            "list": [["name": "a", "args": ["--port=80", "-c", "a: b"]], [1, 2], []],
            "time": "2026-01-02T03:04:05Z", "script": "set -e\necho hi\n", "note": "a\nb",
            "none": .null,
        ]
        #expect(
            YAML.text(of: value) == """
                apiVersion: argoproj.io/v1alpha1
                metadata:
                  labels:
                    "on": "yes"
                    "n": "1"
                  x: {}
                list:
                - name: a
                  args:
                  - --port=80
                  - -c
                  - "a: b"
                - - 1
                  - 2
                - []
                time: "2026-01-02T03:04:05Z"
                script: |
                  set -e
                  echo hi
                note: |-
                  a
                  b
                none: null

                """)
    }

    @Test func `of keys longer than libyaml looks ahead reads back`() throws {
        let key = String(repeating: "k", count: 2000)
        let value = JSON.object(JSONObject([(key, ["a": [[:], ["b": 1]]]), (key + "2", [1])]))
        #expect(try read(YAML.text(of: value)) == value)
    }
}
