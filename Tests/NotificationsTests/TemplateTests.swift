import Documents
import Testing

@testable import Notifications

struct `A template` {
    private let rollout: JSON = [
        "rollout": [
            "metadata": ["name": "shop", "labels": ["team": "web", "app": "shop"]],
            "spec": ["replicas": 4, "steps": [10, 30], "ratio": .number("0.5")],
            "status": ["phase": "Healthy", "abort": false],
            "holds": ["nothing": .null],
        ],
        "recipient": "releases",
    ]

    /// Holds: 7.2 templates.
    @Test(arguments: [
        ("plain", "plain"),
        ("{{.rollout.metadata.name}}", "shop"),
        ("a {{- .recipient -}} b", "areleasesb"),
        ("{{/* nothing */}}x{{- /* no */ -}} y", "xy"),
        ("{{.rollout.spec.replicas}} {{.rollout.spec.ratio}}", "4 0.5"),
        ("{{.rollout.missing}}", "<no value>"),
        ("{{.rollout.gone.name.more}}", "<no value>"),
        ("{{if .rollout.metadata.annotations.team}}a{{else}}b{{end}}", "b"),
        ("{{print .rollout.gone 1}}", "<nil> 1"), ("{{trim \"a\\r\\n\"}}", "a"),
        ("{{.rollout.metadata.labels}}", "map[app:shop team:web]"),
        ("{{.rollout.spec.steps}}", "[10 30]"),
        (
            "{{if .rollout.status.abort}}a{{else if eq .recipient \"releases\"}}b{{else}}c{{end}}",
            "b"
        ),
        ("{{if and .recipient (not .rollout.status.abort)}}yes{{end}}", "yes"),
        ("{{range .rollout.spec.steps}}{{.}};{{else}}none{{end}}", "10;30;"),
        ("{{range $i, $s := .rollout.spec.steps}}{{$i}}={{$s}} {{end}}", "0=10 1=30 "),
        ("{{range $k, $v := .rollout.metadata.labels}}{{$k}}:{{$v}} {{end}}", "app:shop team:web "),
        ("{{range .rollout.spec.steps}}{{if eq . 30}}{{break}}{{end}}{{.}}{{end}}", "10"),
        ("{{range .rollout.nothing}}a{{else}}none{{end}}", "none"),
        ("{{with .rollout.status}}{{.phase}} {{$.recipient}}{{end}}", "Healthy releases"),
        ("{{with .rollout.gone}}a{{else}}b{{end}}", "b"),
        ("{{$x := 1}}{{if true}}{{$x = 2}}{{end}}{{$x}}", "2"),
        ("{{define \"t\"}}<{{.}}>{{end}}{{template \"t\" .recipient}}", "<releases>"),
        ("{{block \"t\" .recipient}}<{{.}}>{{end}}", "<releases>"),
        ("{{(index .rollout.spec.steps 1)}}", "30"),
        ("{{(.rollout).metadata.name}}", "shop"),
        ("{{index .rollout.metadata.labels \"team\" | upper}}", "WEB"),
        ("{{ .recipient | trunc 3 | printf \"%05d-%s\" 7 | len }}", "9"),
        ("{{printf \"%-5s|%5.1f|%q|%v\" \"a\" 1.25 \"b\" true}}", "a    |  1.2|\"b\"|true"),
        ("{{printf \"%d%%\" 10}}", "10%"),
        ("{{default \"x\" .rollout.none}}{{.recipient | default \"x\"}}", "xreleases"),
        ("{{ternary \"a\" \"b\" .rollout.status.abort}}", "b"),
        ("{{.rollout.metadata.labels | toJson}}", "{\"app\":\"shop\",\"team\":\"web\"}"),
        ("{{ list \"a\" \"b\" | join \",\" }} {{ splitList \",\" \"c,d\" | last }}", "a,b d"),
        ("{{ replace \"o\" \"0\" \"foo\" }}{{ trimSuffix \".git\" \"a.git\" }}", "f00a"),
        ("{{ replace \"\\n\" \" \" \"a\\r\\nb\" | replace \"\\r\" \"\" }}", "a b"),
        ("{{ contains \"\\n\" \"a\\r\\nb\" }} {{ \"a\\r\\n\" | hasSuffix \"\\n\" }}", "true true"),
        ("{{ \"a\\r\\n\" | trimSuffix \"\\n\" | len }} {{ \"\\r\\nb\" | trunc 1 | len }}", "2 1"),
        ("{{ splitList \"\\n\" \"a\\r\\nb\" | len }} {{ \"\\r\\nb\" | substr 2 3 }}", "2 b"),
        ("{{ contains \"el\" \"hello\" }} {{ hasPrefix \"x\" \"hello\" }}", "true false"),
        ("{{ \"a\\nb\" | indent 2 }}{{ \"c\" | nindent 1 }}", "  a\n  b\n c"),
        ("{{ add 1 2 3 }} {{ sub 5 2 }} {{ div 7 2 }} {{ \"8\" | int | mul 2 }}", "6 3 3 16"),
        ("{{ lt 1 2 }} {{ ge \"b\" \"a\" }} {{ ne 1 2 }} {{ eq 1 2 1 }}", "true true true true"),
        ("{{ `raw \"text\"` | quote }}", "\"raw \\\"text\\\"\""),
        ("{{ \"<a&b>\" | html }} {{ \"a b/c\" | urlquery }}", "&lt;a&amp;b&gt; a+b%2Fc"),
        ("{{ now }}", "1970-01-01T00:00:00Z"),
        ("{{ dict \"a\" 1 \"b\" (list 2) | toJson }}", "{\"a\":1,\"b\":[2]}"),
        ("{{ \"YWI=\" | b64dec }}{{ fromJson \"[1,2]\" | len }}", "ab2"),
        ("{{ dig \"status\" \"phase\" \"?\" .rollout }}", "Healthy"),
    ])
    func `prints as Go does`(text: String, expected: String) throws {
        let template = try GoTemplate(parsing: text)
        #expect(try template.render(rollout, now: Timestamp(seconds: 0)) == expected)
    }

    /// Holds: 7.2 templates.
    @Test(arguments: [
        ("{{call .time.Now}}", "1970-01-01T00:00:00Z"),
        ("{{(call .time.Now).Format \"Jan 2 15:04\"}}", "Jan 1 00:00"),
        ("{{((call .time.Now).Format \"2006\") | len}}", "4"),
        (
            "{{with call .time.Parse \"1970-01-01T01:01:30+01:00\"}}{{.Unix}} {{.UTC}}{{end}}",
            "90 1970-01-01T00:01:30Z"
        ),
        (
            "{{$t := call .time.Parse \"1970-01-01T00:01:30Z\"}}{{$t.Sub (call .time.Now)}}",
            "1m30s"
        ),
        ("{{((call .time.Now).Sub (call .time.Parse \"1969-12-31T22:30:00Z\")).Hours}}", "1.5"),
        ("{{(call .time.Now).Before (call .time.Parse \"1970-01-02T00:00:00Z\")}}", "true"),
        ("{{(call .time.Now).After (call .time.Now)}}", "false"),
        ("{{(call .time.Now).Equal (now)}}", "true"),
    ])
    func `knows moments and spans`(text: String, expected: String) throws {
        var data = rollout
        data["time"] = TemplateFunction.time
        let template = try GoTemplate(parsing: text)
        #expect(try template.render(data, now: Timestamp(seconds: 0)) == expected)
    }

    @Test(arguments: [
        ("a\n {{.x | sha256sum}}", "the function \"sha256sum\" is not supported (line 2, column 9"),
        ("{{.a.Format 1 2}}", ".Format takes 1 value, found 2 (line 1, column 3"),
        ("{{if .x}}", "{{if}} is not closed; add {{end}} (line 1, column 1"),
        ("{{end}}", "{{end}} without a block that it ends (line 1, column 1"),
        ("{{else}}", "{{else}} without an {{if}} (line 1, column 1"),
        ("{{$x}}", "the variable $x is not known here (line 1, column 3"),
        ("{{if $x := 1}}{{end}}{{$x}}", "the variable $x is not known here (line 1, column 24"),
        ("{{.x", "an action is not closed; end it with }} (line 1, column 1"),
        ("{{.a .b}}", "only a function takes arguments (line 1, column 3"),
        ("{{.a | .b}}", "only a function can stand behind | (line 1, column 8"),
        ("{{len}}", "len takes 1 value, found 0 (line 1, column 3"),
        ("{{printf \"%z\" 1}}", "printf: \"%z\" is not supported (line 1, column 3"),
        ("{{template \"t\"}}", "no template is called \"t\" (line 1, column 1"),
        ("{{break}}", "{{break}} outside of a {{range}} (line 1, column 1"),
        ("{{(.a}}", "( is not closed; add ) (line 1, column 3"),
        ("{{\"a}}", "a text is not closed; end it with \" (line 1, column 3"),
        ("{{010}}", "\"010\" is no number that is understood here (line 1, column 3"),
        ("{{1e3}}", "\"1e3\" is no number that is understood here (line 1, column 3"),
        ("{{}}", "a value is missing (line 1, column 1"),
        ("{{define \"x\"}}", "{{define}} is not closed; add {{end}} (line 1, column 1"),
    ])
    func `is refused with its place where it is not understood`(
        text: String, message: String
    ) throws {
        let fault = #expect(throws: TemplateFault.self) { try GoTemplate(parsing: text) }
        #expect(fault?.description == "\(message) of the template)")
    }

    @Test(arguments: [
        (
            "{{.rollout.holds.nothing.name}}",
            "there is no .rollout.holds.nothing to take .name from"
        ),
        ("{{.recipient.name}}", "a string has no field .name"),
        ("{{.recipient.Unix}}", "Unix: a text is no time of RFC 3339"),
        ("{{call .recipient}}", "call: write call .time.Now, or call .time.Parse with a text"),
        ("{{index .rollout.spec.steps 5}}", "index: no such element in a list of 2"),
        ("{{eq .recipient 1}}", "eq: cannot compare a string with an integer"),
        ("{{div 1 0}}", "div: the result is no whole number of 64 bits"),
        ("{{range .recipient}}{{end}}", "range can't go over a string"),
        ("{{fail \"no\"}}", "fail: no"),
    ])
    func `says what does not fit its data`(text: String, message: String) throws {
        let template = try GoTemplate(parsing: text)
        let fault = #expect(throws: TemplateFault.self) {
            try template.render(rollout, now: Timestamp(seconds: 0))
        }
        #expect(fault?.message == message)
    }

    @Test(arguments: [
        "{{define \"a\"}}{{template \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}",
        "{{$x := \"aaaaaaaa\"}}{{range until 100}}{{$x = print $x $x}}{{end}}",
        "{{$x := list 1}}{{range until 100}}{{$x = list $x $x}}{{end}}",
        "{{range until 10000}}{{range until 10000}}.{{end}}{{end}}",
        "{{repeat 1000000000 \"aaaa\"}}",
        "{{repeat 1000 \"a\" | replace \"a\" (repeat 9999 \"b\")}}",
        "{{range until 9999}}{{repeat 9999 \"x\"}}{{end}}", "{{indent 99999 \"a\"}}",
    ])
    func `ends within bounds`(text: String) throws {
        let template = try GoTemplate(parsing: text)
        #expect(throws: TemplateFault.self) {
            try template.render(rollout, now: Timestamp(seconds: 0))
        }
    }

    @Test func `is refused where it nests without end`() {
        for text in [
            String(repeating: "{{if 1}}", count: 5_000),
            "{{" + String(repeating: "(", count: 5_000),
            "{{if 1}}" + String(repeating: "{{else if 1}}", count: 3_000) + "{{end}}",
            String(repeating: "a", count: 100_000),
        ] {
            #expect(throws: TemplateFault.self) { try GoTemplate(parsing: text) }
        }
    }

    /// Made of the words of the language, so that much of it parses.
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `of any words ends with a text or a fault`(seed: UInt64) {
        var generator = SplitMix(state: seed)
        let words =
            [
                "{{", "}}", "{{-", "-}}", "if ", "range ", "with ", "end", "else", "define \"a\"",
                "template \"a\" .", ".rollout", ".spec", ".", "$x", " := ", " = ", "|", "(", ")",
                "\"t\"",
                "`r`", "12", "-3", "1.5", "nil", "true", " ", "\n", "{{end}}", "{{else}}", "/*",
                "*/",
            ] + TemplateFunction.all.keys.sorted().map { "\($0) " }
        for _ in 0..<300 {
            let count = Int.random(in: 1...14, using: &generator)
            var text = "{{"
            for _ in 0..<count { text += words.randomElement(using: &generator) ?? "" }
            text += "}}"
            do throws(TemplateFault) {
                let result = try GoTemplate(parsing: text).render(
                    rollout, now: Timestamp(seconds: 0))
                #expect(result.utf8.count <= GoTemplate.Limit.textBytes)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }
}

/// The same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
