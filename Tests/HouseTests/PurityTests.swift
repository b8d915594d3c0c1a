import Testing

struct `A pure room` {
    private let files = Repository.sources.filter { Rooms.pure.contains($0.room) }

    @Test func `takes time and chance as arguments`() {
        let patterns: [[String]] = [
            ["Date", "("], ["Date", ".", "now"], ["UUID", "("], ["ContinuousClock"],
            ["SuspendingClock"], ["SystemRandomNumberGenerator"], ["random", "("],
            ["randomElement", "("], ["shuffled", "("], ["clock_gettime"], ["gettimeofday"],
            ["getenv"], ["Task", ".", "sleep"],
        ]
        var offences: [Offence] = []
        for file in files {
            for words in patterns {
                offences += file.lines(with: words).map {
                    Offence(file.path, line: $0, words.joined())
                }
            }
            // `.now` on its own is the present; `seen.now` is an argument.
            offences += file.positions(of: [".", "now"]).map { file.tokens[$0] }
                .filter { dot in
                    let line = file.lines[dot.line - 1].drop { $0 == " " }
                    return dot.followsSpace && !line.hasPrefix(".now")
                }.map { Offence(file.path, line: $0.line, ".now") }
        }
        expectNone(
            offences,
            because: "A decision must be the same in production, in a test and in the simulation;"
                + " pass the instant or the number in.")
    }

    @Test func `reads no file, opens no socket and needs no Foundation`() {
        let excuses = Excuses([
            "Sources/Analysis/Evaluation+Operators.swift": "`**` of the condition language is pow"
        ])
        let offences = files.flatMap { file in
            file.imports.filter { Rooms.system.contains($0.module) }
                .map { Offence(file.path, line: $0.line, "imports \($0.module)") }
        }
        expectNone(
            excuses.applied(to: offences),
            because: "Without Foundation and libc a room cannot touch the world, whatever it says.")
    }

    @Test func `waits for nothing`() {
        let offences = files.flatMap { file in
            ["await", "actor"].flatMap { word in
                file.lines(with: word).map { Offence(file.path, line: $0, word) }
            }
        }
        expectNone(offences, because: "Values in, values out: who waits lives at an edge.")
    }
}
