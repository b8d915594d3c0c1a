import Analysis

/// Measurements that ended a run badly and that the server did not store.
///
/// Their rollout is told at once and gives traffic back, and with that it asks the run to end: a
/// run that measured nothing else would then end as successful, and say the opposite of what
/// happened. So they are counted first when the run is looked at again. A process that dies loses
/// them; what it told its rollout is stored there.
package actor Unstored {
    private var taken: [String: [Taken]] = [:]
    /// Runs in the order in which they came.
    private var order: [String] = []

    package init() {}

    func keep(_ measured: [Taken], of uid: String) {
        if taken[uid] == nil { order.append(uid) }
        taken[uid] = measured
        if order.count > longestList { taken[order.removeFirst()] = nil }
    }

    func kept(of uid: String) -> [Taken] { taken[uid] ?? [] }

    func forget(_ uid: String) {
        guard taken.removeValue(forKey: uid) != nil else { return }
        order.removeAll { $0 == uid }
    }
}

/// More runs than fail at once while a server stores nothing; the oldest are given up beyond it.
private let longestList = 1_000
