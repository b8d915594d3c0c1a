import Analysis
import Documents
import Foundation
import Testing

private let promtool = "/usr/bin/promtool"

/// What a query answers to series that are scraped each 15 s, at 2 min, in thousandths; nil for no
/// sample. Tried on Prometheus' own engine.
private struct QueryCase {
    let template: ReadyTemplate
    let series: [(String, String)]
    let thousandths: Int?

    func json() throws -> JSON {
        let query = try template.run().prepared().metrics.first?.provider["query"]?.string ?? ""
        let samples: [JSON] =
            thousandths.map { [["labels": "{}", "value": .int(Int64($0))]] } ?? []
        return [
            "interval": "15s",
            "input_series": .array(
                series.map { ["series": .string($0.0), "values": .string($0.1)] }),
            "promql_expr_test": [
                [
                    "expr": .string("round(1000 * (\(query)))"), "eval_time": "2m",
                    "exp_samples": .array(samples),
                ]
            ],
        ]
    }
}

private func errorRateCases(_ template: ReadyTemplate) -> [QueryCase] {
    let good = template.good[0], bad = template.bad[0]
    let foreign = (template.foreign, "0+50x10")
    func answers(_ series: [(String, String)], _ thousandths: Int?) -> QueryCase {
        QueryCase(template: template, series: series + [foreign], thousandths: thousandths)
    }
    return [
        answers([], nil),
        // Requests long ago, none in the window.
        answers([(good, "100x10")], nil),
        // Too few to judge.
        answers([(good, "0+1x10"), (bad, "0+1x10")], nil),
        answers([(good, "0+10x10")], 0),
        answers([(good, "0+23x10"), (bad, "0+2x10")], 80),
        answers([(bad, "0+10x10")], 1000),
        // The first errors are the first samples of their series: 5 of 45.
        answers([(good, "0+10x10"), (bad, "_x6 5x4")], 111),
        // A new pod, seen once: 10 of 50.
        answers([(good, "_x7 40x4"), (bad, "_x7 10x4")], 200),
        // A restart in the window: 15 good since, 5 bad since.
        answers([(good, "0+10x6 5 15 25"), (bad, "0+10x6 0 5 10")], 250),
        // A scrape failed exactly one window ago: 40 and 8 since, not all there ever were.
        answers([(good, "0+10x3 stale 50+10x6"), (bad, "500+2x3 stale 510+2x6")], 167),
    ]
}

private func latencyCases(_ template: ReadyTemplate) -> [QueryCase] {
    let unit = template.unitsPerSecond
    func histogram(_ labels: String, _ fast: String, _ all: String) -> [(String, String)] {
        let edges = unit == 1 ? ["0.1", "1", "+Inf"] : ["100", "1000", "+Inf"]
        let name = template.histogram
        return zip(edges, [fast, all, all]).map { edge, values in
            ("\(name)_bucket{\(labels),le=\"\(edge)\"}", values)
        } + [("\(name)_count{\(labels)}", all)]
    }
    func answers(_ series: [(String, String)], _ thousandths: Int?) -> QueryCase {
        let foreign = histogram(template.foreign, "0x10", "0+50x10")
        return QueryCase(template: template, series: series + foreign, thousandths: thousandths)
    }
    let canary = template.good[0]
    return [
        answers([], nil),
        answers(histogram(canary, "100x10", "100x10"), nil),
        answers(histogram(canary, "0+1x10", "0+1x10"), nil),
        answers(histogram(canary, "0+10x10", "0+10x10"), 95 * unit),
        answers(histogram(canary, "0x10", "0+10x10"), 955 * unit),
        answers(histogram(canary, "_x7 0x4", "_x7 40x4"), 955 * unit),
    ]
}

struct `The query of a ready template` {
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool)))
    func `answers as the template promises, on Prometheus' own engine`() throws {
        let cases =
            ReadyTemplate.errorRates.flatMap(errorRateCases)
            + ReadyTemplate.latencies.flatMap(latencyCases)
        // A gateway's refusals alone are errors too.
        let gateway = try #require(ReadyTemplate.errorRates.first { $0.bad.count > 1 })
        let refusals = QueryCase(
            template: gateway, series: [(gateway.good[0], "100x10"), (gateway.bad[1], "_x6 40x4")],
            thousandths: 1000)
        let document: JSON = [
            "rule_files": [],
            "tests": .array(try (cases + [refusals]).map { try $0.json() }),
        ]
        let file = FileManager.default.temporaryDirectory
            .appending(path: "templates-\(ProcessInfo.processInfo.processIdentifier).json")
        try Data(document.bytes).write(to: file)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: file) } }
        let tool = Process()
        tool.executableURL = URL(filePath: promtool)
        tool.arguments = ["test", "rules", file.path]
        let output = Pipe()
        tool.standardOutput = output
        tool.standardError = output
        try tool.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        tool.waitUntilExit()
        #expect(tool.terminationStatus == 0, "\(text)")
    }
}
