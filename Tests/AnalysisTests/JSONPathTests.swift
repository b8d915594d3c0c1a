import Documents
import Testing

@testable import Analysis

struct `A JSON path` {
    let document = """
        {"items":[{"name":"a","n":1,"tags":["x","y"]},{"name":"b","n":2,"m":{"n":3}}],
        "a.b":{"c d":true},"empty":[],"none":null}
        """

    func first(_ path: String) throws -> JSON {
        try JSONPath(parsing: path).first(in: JSON(parsing: document))
    }

    /// Holds: 5.11 jsonPath.
    @Test(
        arguments: [
            ("{$.items[0].name}", "a"), ("{.items[1].n}", 2), ("{items[0].n}", 1),
            ("{ $.items[-1].name }", "b"), ("{@.items[0]['name']}", "a"),
            ("{$['a.b'][\"c d\"]}", true), ("{.a\\.b['c d']}", true), ("{$.items[*].n}", 1),
            ("{$.items.*.name}", "a"), ("{$.items[1:2].name}", "b"), ("{$.items[-1:].n}", 2),
            ("{$.items[0:2:2].name}", "a"), ("{$.items[1,0].name}", "b"),
            ("{$.items[0]['n','name']}", 1), ("{$..m}", ["n": 3]), ("{..tags[1]}", "y"),
            ("{$.items[?(@.n>1)].name}", "b"), ("{$.items[?(@.n >= 2)].n}", 2),
            ("{$.items[?(@.name=='b')].m.n}", 3), ("{$.items[?(@.name != \"a\")].n}", 2),
            ("{$.items[?(@.m)].name}", "b"), ("{$.items[?(@.m.n==3)].name}", "b"),
            ("{$.items[?(@.name < \"b\")].n}", 1), ("{$.items[?(@.tags[0]==\"x\")].n}", 1),
        ] as [(String, JSON)])
    func `leads to its first value`(_ path: String, _ value: JSON) throws {
        #expect(try first(path) == value)
    }

    @Test func `may lead to null, and to all`() throws {
        #expect(try first("{$.none}").isNull)
        #expect(try first("{$}") == JSON(parsing: document))
        #expect(try JSONPath(parsing: "{$}").isWhole && JSONPath(parsing: "{}").isWhole)
        #expect(try JSONPath(parsing: "{.}").isWhole && !JSONPath(parsing: "{.a}").isWhole)
    }

    @Test(arguments: [
        ("{$.nobody}", "nobody is not found"), ("{$.items.name}", "name is not found"),
        ("{$.items[2]}", "array index out of bounds: index 2, length 2"),
        ("{$.items[-3]}", "array index out of bounds: index -3, length 2"),
        ("{$.a\\.b[0]}", "an object has no element 0"), ("{$.items[*].m}", "m is not found"),
        ("{$.empty[*]}", "nothing matches"), ("{$..nobody}", "nothing matches"),
        ("{$.items[?(@.n>5)]}", "nothing matches"),
        ("{$.items[?(@.n>\"a\")]}", "an integer and a string cannot be compared"),
    ])
    func `that leads nowhere says where it ended`(_ path: String, _ message: String) throws {
        let error = #expect(throws: JSONPathError.self) { try first(path) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        "", "$.a", "{$.a", "{$.a}b", "a{$.a}", "{$.a}{$.b}", "{$.a $.b}", "{range .items[*]}",
        "{$.a[}", "{$.a[]}", "{$.a['b}", "{$.a[x]}", "{$.a[1:2:0]}", "{$.a[1:2:-1]}",
        "{$.a[9999999999]}", "{$.a[?(@.b)}", "{$.a[?@.b]}", "{$.a[?(@.b==1 && @.c)]}",
        "{$.a[?(@.b=~\"x\")]}", "{$.a[?(@.b==)]}", "{$.a..}", "{$.a.}b", "{$a}", "{$.\\",
    ])
    func `is refused where it is none`(_ path: String) {
        #expect(throws: JSONPathError.self) { try JSONPath(parsing: path) }
    }

    @Test func `of any characters is a path or an error`() {
        let signs = Array("{}$@.[]()?*,:'\"=!<>-019ab \\")
        var state: UInt64 = 7
        for _ in 0..<20_000 {
            let text = String(
                (0..<12).map { _ in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return signs[Int(state >> 33) % signs.count]
                })
            // What can be read can be followed too, and neither traps.
            let path = Result { try JSONPath(parsing: "{$\(text)}") }
            if case .success(let path) = path {
                _ = Result { try path.first(in: ["a": [["b": 1], 0], "b": "a"]) }
            }
        }
        let deep = String(repeating: "[?(@", count: 1_000)
        #expect(throws: JSONPathError.self) { try JSONPath(parsing: "{$\(deep)}") }
    }

    @Test func `gives up on a document that it multiplies`() throws {
        let wide = JSON.array(Array(repeating: .array(Array(repeating: 1, count: 400)), count: 300))
        let error = #expect(throws: JSONPathError.self) {
            try JSONPath(parsing: "{$..*}").first(in: wide)
        }
        #expect(error?.description == "more than 100000 values match")
    }
}
