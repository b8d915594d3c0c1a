/// The steps that extensions take (rollout-semantics §4.15). What they say comes with the snapshot,
/// what they are asked is an action; in between the status keeps how far each has come.
extension Draft {
    /// Takes down what the extension said that was asked last. An answer counts once: it belongs to
    /// a question that the status has not counted yet.
    mutating func takePluginAnswer() {
        guard let talk = seen.memory.talk, let answer = talk.answer,
            let place = status.plugins.firstIndex(where: {
                status.call($0).isRepeated(by: talk.call) && !$0.isFinished
            })
        else { return }
        let before = status.plugins[place].phase
        status.plugins[place].take(answer, at: seen.now.wholeSeconds)
        let entry = status.plugins[place]
        if entry.operation == .run,
            let end = status.plugins.firstIndex(where: {
                $0.index == entry.index && $0.operation != .run
            })
        {
            // Asked about its end it is told what it said last.
            status.plugins[end].state = entry.state
        }
        if entry.phase != before { tell(entry) }
    }

    /// How it stands with a step now (§7.5). One that is over has an event of its own.
    private mutating func tell(_ entry: PluginStatus) {
        let isWarning = entry.phase == .failed || entry.phase == .error
        if entry.operation == .run, entry.phase == .successful { return }
        let text = "\(title(entry)): \(entry.operation.rawValue) is \(entry.phase.rawValue)"
        events.append(
            Event(
                "StepPluginTransition",
                entry.message.isEmpty ? text : "\(text): \(entry.message)",
                isWarning: isWarning))
    }

    mutating func takePluginVerdict() {
        guard !status.isAborted, let index = status.currentStepIndex,
            let run = status.pluginRun(index), run.phase == .failed
        else { return }
        let cause = "\(title(run)) failed"
        abort(because: run.message.isEmpty ? cause : "\(cause): \(run.message)")
    }

    mutating func takePlugin(_ plugin: PluginStep, at index: Int) {
        guard let run = status.pluginRun(index) else {
            begin(plugin, at: index)
            return
        }
        if plugin.isDisabled, !run.isFinished { return pass(run, at: index) }
        switch run.phase {
        case .successful:
            complete(index)
        case .failed:
            note(.extensionFailing(run.name, run.message))
        case .running:
            note(.extensionRunning(run.name, run.message))
            ask(run)
        case .error:
            note(.extensionFailing(run.name, run.message))
            ask(run)
        }
    }

    private mutating func begin(_ plugin: PluginStep, at index: Int) {
        if status.plugins.contains(where: { $0.index == index && $0.isEnding }) {
            note(.extensionEnding(plugin.name))
            return
        }
        guard isWeightSettled(at: index) else { return }
        // Another attempt begins in another second: it is told from others by that.
        let former = status.plugins.filter { $0.index == index }.map(\.startedAt).max()
        let start = former.map { max(seen.now, $0.advanced(bySeconds: 1)) } ?? seen.now
        status.plugins.removeAll { $0.index == index }
        var run = PluginStatus(index: index, name: plugin.name, operation: .run, startedAt: start)
        if plugin.isDisabled {
            run.phase = .successful
            run.isDisabled = true
            run.finishedAt = run.startedAt
            status.plugins.append(run)
            complete(index)
            return
        }
        status.plugins.append(run)
        tell(run)
        note(.extensionRunning(run.name, ""))
        ask(run)
    }

    /// Switched off while it is under way: nobody waits for it any more.
    private mutating func pass(_ run: PluginStatus, at index: Int) {
        for place in status.plugins.indices where status.plugins[place] == run {
            status.plugins[place].phase = .successful
            status.plugins[place].isDisabled = true
            status.plugins[place].backoffSeconds = nil
            status.plugins[place].finishedAt = seen.now.wholeSeconds
        }
        complete(index)
    }

    /// Tells the extensions whose step nobody waits for any more: after an abort all that have done
    /// something, the last one first, else the one that is at work. One after the other, and each
    /// until it has heard it.
    mutating func endPlugins() {
        for run in status.plugins.reversed() where run.operation == .run {
            if let end = status.pluginEnd(run.index) {
                if end.isFinished { continue }
                return ask(end)
            }
            guard let operation = ending(of: run) else { continue }
            return ask(status.addPluginEnd(operation, of: run, at: seen.now))
        }
    }

    private func ending(of run: PluginStatus) -> PluginStatus.Operation? {
        if status.isAborted { return run.mayNeedAbort ? .abort : nil }
        let isPresent =
            isUpdating && !status.promoteFull && status.currentStepIndex == run.index
        return run.isFinished || isPresent ? nil : .terminate
    }

    /// Begins the steps anew: what was done counts no more, and what is to be ended still is.
    mutating func leavePlugins(by operation: PluginStatus.Operation) {
        for run in status.plugins where run.operation == .run && status.pluginEnd(run.index) == nil
        {
            if operation == .abort ? run.mayNeedAbort : !run.isFinished {
                status.addPluginEnd(operation, of: run, at: seen.now)
            }
        }
        let open = Set(status.plugins.filter(\.isEnding).map(\.index))
        status.plugins.removeAll { !open.contains($0.index) }
    }

    /// Asks when it is time to, unless somebody is being asked: the answer brings the next turn.
    private mutating func ask(_ entry: PluginStatus) {
        if let talk = seen.memory.talk, talk.answer == nil { return }
        if let updated = entry.updatedAt, let backoff = entry.backoffSeconds {
            let due = updated.advanced(bySeconds: backoff)
            guard due <= seen.now else { return look(at: due) }
        }
        actions.append(.askExtension(status.call(entry)))
    }

    private func title(_ entry: PluginStatus) -> String {
        "Step Plugin \(entry.index + 1) (\(entry.name))"
    }
}

extension Status {
    /// What became of the step with this index, unless it is being ended.
    func pluginRun(_ index: Int) -> PluginStatus? {
        guard pluginEnd(index) == nil else { return nil }
        return plugins.first { $0.index == index && $0.operation == .run }
    }

    func pluginEnd(_ index: Int) -> PluginStatus? {
        plugins.first { $0.index == index && $0.operation != .run }
    }

    @discardableResult
    fileprivate mutating func addPluginEnd(
        _ operation: PluginStatus.Operation, of run: PluginStatus, at now: Instant
    ) -> PluginStatus {
        var end = PluginStatus(
            index: run.index, name: run.name, operation: operation, startedAt: now)
        end.state = run.state
        plugins.append(end)
        return end
    }

    /// The next question about this entry.
    fileprivate func call(_ entry: PluginStatus) -> PluginCall {
        let run = plugins.first { $0.index == entry.index && $0.operation == .run }
        return PluginCall(
            index: entry.index, name: entry.name, operation: entry.operation,
            begun: run?.startedAt ?? entry.startedAt, execution: entry.executions + 1,
            state: entry.state)
    }
}

extension PluginStatus {
    /// Whether an extension has yet to be told that a step is over.
    fileprivate var isEnding: Bool { operation != .run && !isFinished }

    /// Whether there may be something to take back. A step that failed has nothing left.
    fileprivate var mayNeedAbort: Bool { !isDisabled && phase != .failed }

    fileprivate mutating func take(_ answer: PluginAnswer, at now: Instant) {
        executions += 1
        updatedAt = now
        message = answer.message
        state = answer.state ?? state
        phase = answer.phase
        if operation != .run {
            // The end of a step takes no time of its own.
            if phase == .running || (phase == .error && executions >= mostEndings) {
                phase = .failed
            }
        }
        switch phase {
        case .running: backoffSeconds = answer.againSeconds ?? retrySeconds
        case .error: backoffSeconds = retrySeconds
        case .successful, .failed:
            backoffSeconds = nil
            finishedAt = now
        }
    }
}

/// After so long an extension is asked again that did not say when, or gave no answer (§4.15).
private let retrySeconds = 30

/// How often an extension that is gone is told that its step is over: ten minutes, as long as a
/// release may make no progress. A person has to look then.
private let mostEndings = 20
