import History

/// Records on their way to the disk: whoever has some lays them down without waiting for it, and
/// whoever writes takes many at once.
actor RecordPile {
    /// More records than this are dropped, the oldest first: a process that starts anew projects
    /// again what the cluster still knows of them.
    static let limit = 20_000
    /// So many are taken at once: a transaction for each would be slower than a busy controller.
    private static let batch = 500

    /// Rings when there is something to take.
    nonisolated let bell: AsyncStream<Void>
    private let ringing: AsyncStream<Void>.Continuation
    private var records: [Record] = []
    private var dropped = 0

    init() {
        (bell, ringing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ new: [Record]) {
        guard !new.isEmpty else { return }
        records += new
        makeRoom()
        ringing.yield()
    }

    /// Lays records back that could not be written.
    func putBack(_ old: [Record]) {
        records = old + records
        makeRoom()
        ringing.yield()
    }

    private func makeRoom() {
        if records.count > Self.limit {
            // An eighth more, so that the others do not move up for each that comes.
            let excess = records.count - Self.limit * 7 / 8
            records.removeFirst(excess)
            dropped += excess
        }
    }

    /// The oldest records, none where none are left; and how many were dropped since the last time.
    func take() -> (records: [Record], dropped: Int) {
        let taken = Array(records.prefix(Self.batch))
        records.removeFirst(taken.count)
        defer { dropped = 0 }
        return (taken, dropped)
    }
}
