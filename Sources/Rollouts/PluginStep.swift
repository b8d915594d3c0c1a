/// A step that an extension takes, a program of somebody else (rollout-semantics §4.15). What it is
/// told stays in the document.
package struct PluginStep: Hashable, Sendable {
    package var name: String
    /// Whether the operator has switched the extension off: then its steps are passed.
    package var isDisabled: Bool

    package init(name: String, isDisabled: Bool = false) {
        self.name = name
        self.isDisabled = isDisabled
    }
}

/// An entry of `status.canary.stepPluginStatuses`: what one operation of one extension has come to.
package struct PluginStatus: Hashable, Sendable {
    /// What an extension is asked to do.
    package enum Operation: String, Hashable, Sendable {
        case run = "Run"
        /// Nobody waits for the step any more.
        case terminate = "Terminate"
        /// The release is given up: what the step did is to be taken back.
        case abort = "Abort"
    }

    /// How it stands.
    package enum Phase: String, Hashable, Sendable {
        case running = "Running"
        case successful = "Successful"
        case failed = "Failed"
        /// It gave no answer, and is asked again.
        case error = "Error"
    }

    package var index: Int
    package var name: String
    package var operation: Operation
    package var phase = Phase.running
    package var message = ""
    /// In whole seconds, as the wire has it: it tells this attempt from others.
    package var startedAt: Instant
    package var updatedAt: Instant?
    package var finishedAt: Instant?
    /// How long to wait before the extension is asked again; nil where it is not.
    package var backoffSeconds: Int?
    /// How often it has been asked.
    package var executions = 0
    package var isDisabled = false
    /// What the extension wants to be told again, as JSON; "" for nothing.
    package var state = ""

    package init(index: Int, name: String, operation: Operation, startedAt: Instant) {
        self.index = index
        self.name = name
        self.operation = operation
        self.startedAt = startedAt.wholeSeconds
    }

    var isFinished: Bool { finishedAt != nil }
}

/// One question to an extension: which attempt of which step, and the how many-th time.
package struct PluginCall: Hashable, Sendable {
    package var index: Int
    package var name: String
    package var operation: PluginStatus.Operation
    /// When the step was begun, which stays the same for its end.
    package var begun: Instant
    package var execution: Int
    /// What the extension wanted to be told, as JSON; "" for nothing.
    package var state: String

    package init(
        index: Int, name: String, operation: PluginStatus.Operation, begun: Instant,
        execution: Int, state: String = ""
    ) {
        self.index = index
        self.name = name
        self.operation = operation
        self.begun = begun
        self.execution = execution
        self.state = state
    }

    /// Whether this is the same question. A state may come back from the API server in another
    /// spelling.
    func isRepeated(by other: PluginCall) -> Bool {
        var other = other
        other.state = state
        return self == other
    }
}

/// What an extension said, or `error` and why it said nothing.
package struct PluginAnswer: Hashable, Sendable {
    package var phase: PluginStatus.Phase
    package var message: String
    /// When it wants to be asked again.
    package var againSeconds: Int?
    /// Nil where it stays as it was.
    package var state: String?

    package init(
        _ phase: PluginStatus.Phase, _ message: String = "", againSeconds: Int? = nil,
        state: String? = nil
    ) {
        self.phase = phase
        self.message = message
        self.againSeconds = againSeconds
        self.state = state
    }
}

/// The question that this process asked last for a rollout, and the answer once it has come. There
/// is one at a time, so that an extension never meets the end of a step before its beginning.
package struct PluginTalk: Hashable, Sendable {
    package var call: PluginCall
    package var answer: PluginAnswer?

    package init(_ call: PluginCall, answer: PluginAnswer? = nil) {
        self.call = call
        self.answer = answer
    }
}

extension Instant {
    /// This second.
    var wholeSeconds: Instant { Instant(milliseconds: milliseconds - milliseconds % 1_000) }
}
