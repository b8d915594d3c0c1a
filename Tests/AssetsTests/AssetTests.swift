import Analysis
import Assets
import Documents
import Foundation
import Manifests
import Testing

private let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

struct `The files in the binary` {
    @Test(arguments: ["web", "analysis", "manifests"])
    func `are those of the folder, as they are there`(folder: String) throws {
        let place = root.appending(path: folder)
        let names = FileManager.default.enumerator(atPath: place.path)?
            .compactMap { $0 as? String }
        var onDisk: [String: String] = [:]
        for name in names ?? [] {
            let file = place.appending(path: name)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            else { continue }
            onDisk["\(folder)/\(name)"] = try String(contentsOf: file, encoding: .utf8)
        }
        let embedded = Dictionary(
            uniqueKeysWithValues: Asset.below("\(folder)/").map { ($0.path, $0.text) })
        #expect(!onDisk.isEmpty)
        #expect(embedded == onDisk)
    }

    @Test func `are found by their path only`() {
        #expect(Asset.named("web/style.css") != nil)
        #expect(Asset.named("style.css") == nil)
    }
}

struct `An analysis template in the binary` {
    @Test(arguments: Asset.below("analysis/").map(\.path))
    func `is free of findings, and its conditions are conditions`(path: String) throws {
        let asset = try #require(Asset.named(path))
        let documents = try Document.readAll(Array(asset.text.utf8), file: path)
        #expect(!documents.isEmpty)
        #expect(Lint.findings(in: documents, routers: []).isEmpty)
        for document in documents {
            for metric in try prepared(document).metrics {
                for condition in [metric.successCondition, metric.failureCondition]
                where !condition.isEmpty {
                    _ = try Condition(parsing: condition)
                }
            }
        }
    }
}

struct `An analysis of the examples` {
    @Test func `does not look back to the release before`() throws {
        var seen = 0
        for asset in Asset.below("manifests/examples/") where asset.path.hasSuffix(".yaml") {
            for document in try Document.readAll(Array(asset.text.utf8), file: asset.path)
            where document.value["kind"] == "AnalysisTemplate" {
                for metric in try prepared(document).metrics
                where metric.providerKind == "prometheus" {
                    let query = try #require(metric.provider["query"]?.string)
                    for window in query.matches(of: /\[([0-9smh]+)\]/) {
                        let window = try #require(GoDuration.parse(String(window.1)))
                        #expect(metric.initialDelayMilliseconds >= window, "\(asset.path)")
                        seen += 1
                    }
                }
            }
        }
        #expect(seen > 5)
    }
}

/// The run of a template, with any text for what a rollout has to give.
private func prepared(_ template: Document) throws -> PreparedRun {
    let spec = TemplateSpec(
        reading: Reader(template.value["spec"], findings: Reader.Findings()))
    return try RunSpec(
        metrics: spec.metrics,
        arguments: spec.arguments.map { Argument(name: $0.name, value: $0.value ?? "x") }
    ).prepared()
}

struct `A manifest in the binary` {
    @Test(arguments: Asset.below("manifests/").map(\.path).filter { $0.hasSuffix(".yaml") })
    func `is read without a complaint`(path: String) throws {
        let asset = try #require(Asset.named(path))
        let documents = try Document.readAll(Array(asset.text.utf8), file: path)
        #expect(!documents.isEmpty)
        #expect(documents.allSatisfy { $0.value["kind"]?.string?.isEmpty == false })
    }
}
