import Foundation
import Simulation
import Testing

/// What a play must not break: sentences that begin with the name of the law, `P3: …`.
typealias Laws = @Sendable (Transcript, Trial) throws -> [String]

/// The releases that a suite of laws plays: `make soak SEEDS=5000` looks further.
private func lawSeeds(_ usual: Int) -> Range<Int> {
    (environment("LAW_FROM") ?? 0)..<(environment("LAW_SEEDS") ?? usual)
}

private func environment(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
}

/// Plays a release for each seed, on all processors. Those that break a law are shown as short as
/// they can be made; with `KEEP_STORIES` set they are kept among the scenarios.
func expect(
    _ laws: @escaping Laws, seeds: Int = 200, of release: @escaping @Sendable (Int) -> Trial
) async throws {
    let seeds = lawSeeds(seeds)
    let workers = ProcessInfo.processInfo.activeProcessorCount
    let failing = try await withThrowingTaskGroup(of: [Int].self) { group in
        for worker in 0..<workers {
            group.addTask {
                try seeds.filter { seed in
                    guard seed % workers == worker else { return false }
                    let trial = release(seed)
                    return try laws(try trial.play(), trial) != []
                }
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    for seed in failing.sorted().prefix(3) {
        let short = try release(seed).shrunk(under: laws)
        let transcript = try short.play()
        let broken = try laws(transcript, short)
        Issue.record(
            """
            seed \(seed) of \(failing.count) failing ones: \(broken)
            LAW_FROM=\(seed) LAW_SEEDS=\(seed + 1) swift test --filter '\(thisTest)'
            \(short.text)\(transcript.text)
            """)
        if ProcessInfo.processInfo.environment["KEEP_STORIES"] != nil { try short.keep() }
    }
}

/// The name of the test that runs, as a filter takes it.
private var thisTest: String {
    let name = Test.current?.name ?? ""
    return name.prefix { $0 != "(" }.filter { $0 != "`" }
}

extension Trial {
    /// As many plays as shortening may take.
    private static let longestSearch = 600

    /// The release without all that it takes not to break the same law: pieces are left out one by
    /// one, until none can be spared.
    func shrunk(under laws: Laws) throws -> Trial {
        let whole = try play()
        let names = Set(try laws(whole, self).compactMap(\.lawName))
        var best = self, plays = 0, isShorter = true
        while isShorter, plays < Self.longestSearch {
            isShorter = false
            for shorter in best.withoutOnePiece where plays < Self.longestSearch {
                plays += 1
                let transcript = try shorter.play()
                let broken = try laws(transcript, shorter).compactMap(\.lawName)
                // A document that is refused without the piece ends badly for another reason.
                guard !names.isDisjoint(with: broken), transcript.isRefused == whole.isRefused
                else { continue }
                best = shorter
                isShorter = true
                break
            }
        }
        return best
    }

    private var withoutOnePiece: [Trial] {
        let lists: [WritableKeyPath<Trial, [String]>] = [\.events, \.steps, \.fields, \.spec]
        let shorter = lists.flatMap { list in
            self[keyPath: list].indices.map { index in
                var trial = self
                trial[keyPath: list].remove(at: index)
                return trial
            }
        }
        return shorter
            + faults.indices.map { index in
                var trial = self
                trial.faults.remove(at: index)
                return trial
            }
    }

    /// Becomes a scenario, whose transcript is recorded once the defect is mended.
    func keep() throws {
        let file = Scenario.folder.appending(path: "found-\(strategy)-\(seed).story")
        try "# What broke a law with seed \(seed): say here what it was.\n\(text)".write(
            to: file, atomically: true, encoding: .utf8)
    }
}

extension Transcript {
    fileprivate var isRefused: Bool { end?.message.hasPrefix("InvalidSpec") ?? false }
}

extension String {
    /// `P3` of `12 ms: P3: weight 50 on 0 of 2 pods`.
    fileprivate var lawName: String? {
        split(separator: ": ").first { $0.first?.isUppercase == true }.map(String.init)
    }
}
