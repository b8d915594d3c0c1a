import Documents
import KubernetesObjects
import Testing

@testable import Controller

struct `A line before a provider` {
    private func run(_ name: String) -> Reference {
        Reference(.analysisRuns, namespace: "web", name: name)
    }

    private let now = Timestamp(seconds: 1_767_225_600)

    /// Who of these is let in, asking one after the other.
    private func letIn(
        _ names: [String], _ lines: Lines, after seconds: Int
    ) async -> [String] {
        var letIn: [String] = []
        for name in names {
            let moment = now.advanced(bySeconds: seconds)
            if await lines.take("silent", for: run(name), at: moment) { letIn.append(name) }
        }
        return letIn
    }

    @Test func `lets in whoever came first, however often others ask`() async {
        let lines = Lines(workers: 4)
        #expect(await letIn(["a", "b", "c", "d"], lines, after: 0) == ["a", "b"])
        await lines.keep(only: [], for: run("a"))
        #expect(await letIn(["d", "e"], lines, after: 1) == [])
        #expect(await letIn(["c"], lines, after: 2) == ["c"])
        await lines.keep(only: [], for: run("b"))
        #expect(await letIn(["e", "d"], lines, after: 3) == ["d"])
    }

    /// Documents name as many hosts as they like.
    @Test func `is not kept where nobody waits`() async {
        let lines = Lines(workers: 2)
        for host in 0..<200 {
            let isLetIn = await lines.take("\(host)", for: run("a"), at: now)
            #expect(isLetIn)
            let isTurnedAway = await !lines.take("\(host)", for: run("b"), at: now)
            #expect(isTurnedAway)
            await lines.keep(only: [], for: run("a"))
        }
        #expect(await lines.waiting.count == 100)
        #expect(await lines.take("new", for: run("a"), at: now.advanced(bySeconds: 9)))
        #expect(await !lines.take("new", for: run("b"), at: now.advanced(bySeconds: 9)))
        #expect(await Set(lines.waiting.keys) == ["new"])
    }

    @Test func `does not wait for those who ask no more`() async {
        let lines = Lines(workers: 2)
        #expect(await letIn(["a", "gone"], lines, after: 0) == ["a"])
        #expect(await letIn(["b"], lines, after: 4) == [])
        await lines.keep(only: [], for: run("a"))
        #expect(await letIn(["b"], lines, after: 5) == ["b"])
    }
}
