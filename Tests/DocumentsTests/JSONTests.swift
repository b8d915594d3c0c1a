import Documents
import Testing

struct `A JSON text` {
    @Test func `comes back byte for byte when it was compact`() throws {
        let texts = [
            #"{"b":1,"a":[true,false,null,{}],"unknown":{"x":[]},"n":[0,-0,1.50,1E+2,-7]}"#,
            #"{"big":18446744073709551616,"min":-9223372036854775808,"max":9223372036854775807}"#,
            #""tab\t quote\" back\\ bell\u0007 \b\f\n\r é 😀 / <&>""#, "1.0", "-0", "null", "[]",
        ]
        for text in texts { #expect(try JSON(parsing: text).text == text) }
    }

    @Test func `reads integers of 64 bits as such and keeps the text of others`() throws {
        #expect(try JSON(parsing: "-9223372036854775808").int == .min)
        guard case .number("9223372036854775808") = try JSON(parsing: "9223372036854775808") else {
            Issue.record("not a number with its text")
            return
        }
        #expect(try JSON(parsing: "-9223372036854775809").int == nil)
        #expect(try JSON(parsing: "99999999999999999999999").double == 1e23)
        #expect(try JSON(parsing: "2.50").double == 2.5)
    }

    @Test func `reads every escape`() throws {
        let value = try JSON(parsing: #""\"\\\/\b\f\n\r\t\u00e9\uD83D\ude00x""#)
        #expect(value == "\"\\/\u{8}\u{C}\n\r\té😀x")
    }

    @Test func `may have white space around everything`() throws {
        let value = try JSON(parsing: "\r\n { \"a\" : [ 1 ,\t2 , { } , [ ] ] } \n")
        #expect(value == ["a": [1, 2, [:], []]])
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "\"\\", "\"\\u12", "[1", "[1,", "{\"a\"", "{\"a\":", "{\"a\":1",
        "tru", "-",
        "1.", "1e", "1e+",
    ])
    func `that ends too early is refused`(text: String) {
        let error = #expect(throws: DocumentError.self) { try JSON(parsing: text) }
        #expect(error?.offset == text.utf8.count || text == "tru")
    }

    @Test(arguments: [
        "01", "-01", "+1", ".5", "1.e3", "0x10", "1_000", "NaN", "Infinity", "1 2", "[1,]", "[,1]",
        "[1 2]",
        "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "True", "nul", "truee",
        "// c\n1",
        "\"a\nb\"", "\"\t\"", "\"\\x\"", "\"\\u12g4\"", "\u{FEFF}1", "]", "}", "[}", "{]", "1]",
        "\u{0}",
        "1\u{0}", "--1", "1e5.5", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "\"\\ud800x\"",
        "\"\\ud800\\ud800\"", "\"\\ud800\\n\"",
    ])
    func `that is no JSON is refused`(text: String) {
        let error = #expect(throws: DocumentError.self) { try JSON(parsing: text) }
        #expect(error?.place != nil)
        #expect(error?.remedy.isEmpty == false)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0x80, 0x22], [0xFF],
        ] as [[UInt8]])
    func `that is not UTF-8 is refused`(bytes: [UInt8]) {
        #expect(throws: DocumentError.self) { try JSON(parsing: bytes) }
    }

    @Test func `is refused with line, column and offset`() {
        let error = #expect(throws: DocumentError.self) {
            try JSON(parsing: "{\n  \"é\": 1,\n  \"ü\": x\n}", file: "a.json")
        }
        #expect(error?.place == Place(file: "a.json", line: 3, column: 8))
        #expect(error?.offset == 21)
        #expect(error?.description.hasPrefix("a.json:3:8: expected a value; ") == true)
    }

    @Test func `with the same key twice is refused at the second, unless the last shall win`()
        throws
    {
        let text = #"{"a": 1, "b": 2, "a": 3}"#
        let error = #expect(throws: DocumentError.self) { try JSON(parsing: text) }
        #expect(error?.message == "the key \"a\" is there twice")
        #expect(error?.offset == 17)
        #expect(try JSON(parsing: text, duplicateKeys: .lastWins).text == #"{"a":3,"b":2}"#)
    }

    @Test func `with the same key twice among many is refused`() {
        let members = (0..<1000).map { "\"k\($0)\":\($0)" } + ["\"k999\":0"]
        #expect(throws: DocumentError.self) {
            try JSON(parsing: "{\(members.joined(separator: ","))}")
        }
    }
}

struct `The limits of a JSON text` {
    @Test func `hold for its bytes`() throws {
        let limits = Limits(bytes: 3, depth: 9, nodes: 9)
        #expect(try JSON(parsing: "123", limits: limits) == 123)
        #expect(throws: DocumentError.self) { try JSON(parsing: "1234", limits: limits) }
    }

    @Test func `hold for its depth`() throws {
        let limits = Limits(bytes: 99, depth: 2, nodes: 9)
        #expect(try JSON(parsing: "[{}]", limits: limits) == [[:]])
        let error = #expect(throws: DocumentError.self) { try JSON(parsing: "[[[", limits: limits) }
        #expect(error?.message == "nested more than 2 deep")
    }

    @Test func `hold for its values`() throws {
        let limits = Limits(bytes: 99, depth: 9, nodes: 3)
        #expect(try JSON(parsing: "[1,2]", limits: limits) == [1, 2])
        #expect(throws: DocumentError.self) { try JSON(parsing: "[1,2,3]", limits: limits) }
    }

    @Test func `keep deep nesting off the stack`() {
        let text = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: DocumentError.self) { try JSON(parsing: text) }
    }
}

struct `Written JSON` {
    let value: JSON = [
        "name": "a<b>&\u{2028}\u{2029}é\u{7F}", "list": [1, [], [:]], "none": .null,
    ]

    @Test func `is indented by two spaces`() {
        #expect(
            (["a": 1, "b": [1, ["c": .null]], "d": [:], "e": []] as JSON).indented == """
                {
                  "a": 1,
                  "b": [
                    1,
                    {
                      "c": null
                    }
                  ],
                  "d": {},
                  "e": []
                }
                """)
    }

    @Test func `escapes for Go what Go escapes`() {
        #expect(
            value.goText
                == #"{"name":"a\u003cb\u003e\u0026\u2028\u2029é"# + "\u{7F}"
                + #"","list":[1,[],{}],"none":null}"#)
    }

    @Test func `is appended to what is there`() {
        var bytes = Array("x".utf8)
        (["a"] as JSON).write(to: &bytes)
        #expect(bytes == Array(#"x["a"]"#.utf8))
    }
}

struct `A member of a JSON object` {
    /// While JSON could be written as `nil`, the first of these made a null.
    @Test(arguments: [(true, [:]), (false, ["a": "x"])] as [(Bool, JSON)])
    func `goes with nil`(isGone: Bool, left: JSON) {
        var json: JSON = ["a": 1]
        json["a"] = isGone ? nil : "x"
        #expect(json == left)
    }
}

struct `Equal JSON values` {
    @Test func `have the same hash`() throws {
        let pairs: [(JSON, JSON)] = [
            (1, .number("1.0")), (.number("1e2"), .number("100.0")),
            (["a": 1, "b": 2], ["b": .number("2.0"), "a": 1]),
        ]
        for (left, right) in pairs {
            #expect(left == right)
            #expect(left.hashValue == right.hashValue)
        }
    }

    @Test func `have the same members`() {
        #expect((["a": 1, "b": 2] as JSON) != ["a": 1])
        #expect((["a": 1, "b": 2] as JSON) != ["b": 1, "a": 2])
        #expect((["a": 1, "b": 2] as JSON) != ["a": 1, "c": 2])
    }
}
