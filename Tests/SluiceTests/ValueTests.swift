import Documents
import KubernetesObjects
import Manifests
import Simulation
import Testing

@testable import sluice

struct `A time limit` {
    @Test(arguments: [("5m", 300_000), ("1h30m", 5_400_000), ("45", 45_000), ("0", 0)])
    func `is a duration or seconds`(text: String, milliseconds: Int64) {
        #expect(TimeLimit(argument: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: ["", "-1", "-5m", "5 minutes", "9223372036854775807", "800h"])
    func `is nothing else`(text: String) {
        #expect(TimeLimit(argument: text) == nil)
    }

    @Test func `is shown as people write it`() {
        let texts = ([300, 5_400, 7_200, 90] as [Int64]).map { "\(TimeLimit(seconds: $0))" }
        #expect(texts == ["5m", "1h30m", "2h", "1m30s"])
    }
}

struct `A port` {
    @Test func `is a number that fits, and nothing else`() {
        let texts = ["0", "8080", "65535", "65536", "99999", "-1", "80x", ""]
        #expect(
            texts.map { PortNumber(argument: $0)?.value } == [0, 8080, 65_535]
                + Array(
                    repeating: nil, count: 5))
    }
}

struct `The name of a rollout` {
    @Test(arguments: ["shop", "rollout/shop", "ro/shop", "Rollout/shop"])
    func `may carry its kind`(text: String) {
        #expect(RolloutName(argument: text)?.text == "shop")
    }

    @Test(arguments: ["", "../shop", "pod/shop", "a/b/shop", "Shop", "rollout/"])
    func `is no path and no other kind`(text: String) {
        #expect(RolloutName(argument: text) == nil)
    }
}

struct `An image of a container` {
    @Test func `follows the first equals sign`() {
        let image = ContainerImage(argument: "app=registry:5000/shop:v2@sha256:ab=")
        #expect(image?.container == "app")
        #expect(image?.image == "registry:5000/shop:v2@sha256:ab=")
    }

    @Test(arguments: ["app", "app=", "=shop:v2", "app=shop v2"]) func `is whole`(text: String) {
        #expect(ContainerImage(argument: text) == nil)
    }
}

struct `Text on a terminal` {
    @Test func `cannot move the cursor or turn the direction`() {
        #expect(shown("a\u{1B}[2Jb\r\nc\u{202E}d") == "a [2Jb  c\u{FFFD}d")
    }

    @Test func `has colours only where somebody sees and wants them`() {
        #expect(Palette.suits(isTerminal: true, environment: ["TERM": "xterm"]))
        #expect(!Palette.suits(isTerminal: false, environment: [:]))
        #expect(!Palette.suits(isTerminal: true, environment: ["NO_COLOR": "1"]))
        #expect(!Palette.suits(isTerminal: true, environment: ["TERM": "dumb"]))
        #expect(Palette(isColoured: true).paint("x", .bad) == "\u{1B}[31mx\u{1B}[0m")
    }
}

struct `A table` {
    @Test func `aligns its columns and ends no line with blanks`() {
        let table = Columns(
            head: ["NAME", "IMAGE", "AGE"], rows: [["a", "shop:v2", "5s"], ["longer", "", ""]])
        #expect(
            table.lines(.plain) == [
                "NAME     IMAGE     AGE", "a        shop:v2   5s", "longer",
            ])
    }

    @Test func `is as wide with colours as without`() {
        let table = Columns(rows: [[Columns.Cell("a", .good), "b"]])
        #expect(table.lines(Palette(isColoured: true)) == ["\u{1B}[32ma\u{1B}[0m   b"])
    }
}

struct `A document that is shown` {
    @Test func `hides values of the environment wherever they stand`() throws {
        let json = try parsed(
            """
            metadata:
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: '{"value":"canary-7"}'
            spec:
              template:
                spec:
                  initContainers: [{name: i, env: [{name: A, value: canary-7}]}]
                  containers:
                    - name: app
                      env: [{name: B, value: canary-7}, {name: C, valueFrom: {fieldRef: \
                      {fieldPath: x}}}]
            """)[0]
        let text = json.hidingEnvironment.text
        #expect(!text.contains("canary-7"))
        #expect(text.contains(#"{"name":"C","valueFrom":{"fieldRef":{"fieldPath":"x"}}}"#))
    }
}

struct `Lines of several pods` {
    @Test func `begin with the pod and come whole`() {
        var lines = PrefixedLines(prefix: "[a] ")
        #expect(lines.taking(Array("on".utf8)) == [])
        #expect(lines.taking(Array("e\ntwo\nth".utf8)) == Array("[a] one\n[a] two\n".utf8))
        #expect(lines.rest() == Array("[a] th\n".utf8))
        #expect(lines.rest() == [])
    }

    @Test func `of one pod come as they are`() {
        var lines = PrefixedLines(prefix: "")
        #expect(lines.taking([1, 2]) == [1, 2])
    }
}

struct `What a metric answers` {
    @Test func `is a number, a document, nothing or an error`() {
        #expect(MetricAnswer(argument: "errors=0.01")?.answering == .value(0.01))
        #expect(MetricAnswer(argument: "errors=none")?.answering == .noData)
        #expect(MetricAnswer(argument: "errors=error")?.answering == .error)
        let odd = MetricAnswer(argument: #"health={"query": "a=b"}"#)
        #expect(odd?.name == "health" && odd?.answering == .document(["query": "a=b"]))
        #expect(MetricAnswer(argument: "errors=many") == nil)
        #expect(MetricAnswer(argument: "=1") == nil)
    }
}

struct `A number with the digits that tell` {
    @Test(arguments: [
        (0.00123456, "0.001235"), (0.25, "0.25"), (12.3456, "12.35"), (123_456.7, "123457"),
        (0, "0"), (-0.5, "-0.5"),
    ])
    func `has four of them`(number: Double, text: String) {
        #expect(significant(number) == text)
    }
}

struct `The rollouts that are asked for` {
    @Test(
        arguments: [
            ([], []), (["shop"], ["shop"]), (["rollouts"], []), (["ro", "shop"], ["shop"]),
            (["rollout", "rollout"], ["rollout"]), (["rollout/shop"], ["shop"]),
            (["shop", "web"], ["shop", "web"]),
        ] as [([String], [String])])
    func `may be named as kubectl names them`(words: [String], names: [String]) {
        #expect(words.compactMap { RolloutName(argument: $0) }.withoutKind.map(\.text) == names)
    }
}
