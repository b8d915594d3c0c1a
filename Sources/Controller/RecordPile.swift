import History

/// Records on their way to the disk: whoever has some lays them down without waiting for it, and
/// whoever writes takes many at once.
actor RecordPile {
    /// More records than this are dropped, the oldest first: the cluster knows what they said, and
    /// they are projected again when this process starts anew, or another one.
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
        if records.count > Self.limit {
            // An eighth more, so that the others do not move up for each that comes.
            let excess = records.count - Self.limit * 7 / 8
            records.removeFirst(excess)
            dropped += excess
        }
        ringing.yield()
    }

    /// The oldest records, none where none are left; and how many were dropped since the last time.
    func take() -> (records: [Record], dropped: Int) {
        let taken = Array(records.prefix(Self.batch))
        records.removeFirst(taken.count)
        defer { dropped = 0 }
        return (taken, dropped)
    }
}
