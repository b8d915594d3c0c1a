import Curl
import KubernetesObjects

/// Collects changes until their reader comes for them.
final class ChangeFeed: Sendable {
    fileprivate struct State: Sendable {
        var pending: [ObjectKey: Change] = [:]
        /// The keys of `pending` in the order in which they first changed; those before `first` are
        /// read.
        var order: [ObjectKey] = []
        var first = 0
        var reader: CheckedContinuation<Change?, Never>?
        var isCancelled = false
    }

    private enum Step {
        case change(Change)
        case end
        case wait
    }

    private let state = Lock(State())

    func add(_ change: Change, of key: ObjectKey) {
        let reader: CheckedContinuation<Change?, Never>? = state.withLock { state in
            if let reader = state.reader {
                state.reader = nil
                return reader
            }
            if let earlier = state.pending[key] {
                state.pending[key] = Change(old: earlier.old, new: change.new)
            } else {
                state.pending[key] = change
                state.order.append(key)
            }
            return nil
        }
        reader?.resume(returning: change)
    }

    func next() async -> Change? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { reader in
                let step: Step = state.withLock { state in
                    // A second reader would wait for ever: it gets the end instead.
                    if state.isCancelled || state.reader != nil { return .end }
                    if let change = state.takeFirst() { return .change(change) }
                    state.reader = reader
                    return .wait
                }
                switch step {
                case .change(let change): reader.resume(returning: change)
                case .end: reader.resume(returning: nil)
                case .wait: break
                }
            }
        } onCancel: {
            let reader = state.withLock { state in
                state.isCancelled = true
                defer { state.reader = nil }
                return state.reader
            }
            reader?.resume(returning: nil)
        }
    }
}

extension ChangeFeed.State {
    fileprivate mutating func takeFirst() -> Change? {
        while first < order.count {
            let key = order[first]
            first += 1
            if first == order.count {
                order.removeAll(keepingCapacity: true)
                first = 0
            } else if first > 1024 {
                order.removeFirst(first)
                first = 0
            }
            // Created and deleted before anybody looked: nothing happened.
            if let change = pending.removeValue(forKey: key), change.old != nil || change.new != nil
            {
                return change
            }
        }
        return nil
    }
}
