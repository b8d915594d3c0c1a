import Documents
import Foundation
import History
import Rollouts
import Serving
import StatusPage
import Testing

/// Whole pages, compared byte by byte with the files of `Golden`. After a change that is meant,
/// write them anew with `RECORD_GOLDEN=1 swift test --filter StatusPageTests`, look at each in a
/// browser, and read the difference.
struct `A page as a whole` {
    @Test(arguments: Situation.named.keys.sorted())
    func `shows a rollout as it was drawn`(name: String) async throws {
        let situation = try #require(Situation.named[name])
        let source = PageSource.made(
            of: [situation.view], records: name == "aborted" ? Record.story : [])
        let page = try await answer(source, "/rollouts/\(situation.namespace)/\(situation.name)")
        #expect(page.status == 200)
        try expect(page.text, isGolden: name)
    }

    @Test func `lists rollouts as it was drawn`() async throws {
        let views = Situation.named.values.map(\.view)
        let problems = [
            "manifests/shop/checkout.yaml:14:9: the key \"image\" is there twice; remove one"
        ]
        let page = try await answer(.made(of: views, problems: problems), "/")
        try expect(page.text, isGolden: "list")
    }

    @Test func `shows the experiments of a rollout, and answers them as JSON`() async throws {
        var view = Situation.paused.view
        var status = ExperimentStatus()
        status.phase = .failed
        status.message = "too many errors"
        status.templates = [.init(name: "baseline")]
        status.templates[0].phase = .running
        status.templates[0].serviceName = "checkout-baseline"
        status.analyses = [.init(name: "compare", run: "checkout-compare", phase: .failed)]
        view.experiments = [
            ExperimentView(
                name: "checkout-trial", created: Timestamp(milliseconds: 0), status: status)
        ]
        let page = try await answer(.made(of: [view]), "/rollouts/shop/checkout").text
        let parts = [
            "checkout-trial", "too many errors", "<b>baseline</b>", "service checkout-baseline",
            "analysis run checkout-compare",
        ]
        for part in parts { #expect(page.contains(part)) }
        let json = try await answer(.made(of: [view]), "/api/rollouts/shop/checkout").text
        let found = try JSON(parsing: json)["experiments"]?[0]
        #expect(found?["phase"] == "Failed" && found?["templates"]?[0]?["status"] == "Running")
    }

    @Test func `lists nothing as it was drawn`() async throws {
        try expect(try await answer(.made(of: []), "/").text, isGolden: "empty")
    }

    @Test func `says as it was drawn that nothing is there`() async throws {
        let page = try await answer(.made(of: []), "/rollouts/shop/none")
        #expect(page.status == 404)
        try expect(page.text, isGolden: "not-found")
    }
}

private func expect(
    _ text: String, isGolden name: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    let file = folder.appending(path: "\(name).html")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
    let golden = try String(contentsOf: file, encoding: .utf8)
    let firstDifference = zip(
        text.split(separator: "\n", omittingEmptySubsequences: false),
        golden.split(separator: "\n", omittingEmptySubsequences: false)
    ).first { $0 != $1 }
    #expect(
        text == golden,
        "\(name).html differs at: \(firstDifference.map { "\($0.0)" } ?? "its end")",
        sourceLocation: sourceLocation)
}
