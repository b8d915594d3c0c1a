import Controller
import Documents
import KubernetesObjects
import Manifests

/// What an operator asks for, by whom and why.
struct Order: Hashable, Sendable {
    /// One, or several images for one write.
    var commands: [OperatorCommand]
    var actor: String
    var reason: String?

    /// The command as histories name it.
    var words: String {
        commands.map { command in
            switch command {
            case .undo(let revision?): "undo --to-revision \(revision)"
            case .setImage(let container, let image): "set image \(container)=\(image)"
            default: command.word
            }
        }.joined(separator: ", ")
    }

    /// The writes on the rollout as it is now; those of several images are one.
    func writes(
        on rollout: Object, replicaSets: [Object], workload: WorkloadSeen = .missing
    ) throws(CommandRefusal) -> [Write] {
        var writes: [Write] = []
        for command in commands {
            let more = try command.writes(
                on: rollout, replicaSets: replicaSets, workload: workload)
            guard case .patch(.json(let first)) = writes.last?.act, let last = writes.indices.last,
                case .patch(.json(let second)) = more.first?.act, more.count == 1
            else {
                writes += more
                continue
            }
            writes[last].act = .patch(.json(first + second.filter { !first.contains($0) }))
        }
        return writes
    }
}

/// Brings one order to the API server: looks, notes who asked, and writes; again where somebody
/// else wrote in between, as long as the order still means what it meant when it was given.
struct Delivery: Sendable {
    var cluster: Cluster
    var order: Order
    /// For messages.
    var server: String
    var now: @Sendable () -> Timestamp
    /// Waits before the attempt of that number.
    var pause: @Sendable (Int) async throws -> Void

    /// With a busy controller a few attempts meet another writer; more than this is no accident.
    static let attemptLimit = 10

    /// What became of an order.
    struct Receipt: Hashable, Sendable {
        var text: String
        /// Something that is not as it should be, though the order was delivered.
        var warning: String?
    }

    func send(to key: RolloutKey) async throws(CommandFailure) -> Receipt {
        let seen = try await rollout(key)
        let meaning = Meaning(of: order, in: seen)
        var present = seen
        var note: Note?
        for attempt in 1...Self.attemptLimit {
            if attempt > 1 {
                try await wait(attempt)
                present = try await rollout(key)
            }
            try check(meaning, against: present)
            if order.waitsForController(on: present) { continue }
            if order.isDone(on: present) { return Receipt(text: "\(subject(key)): nothing to do") }
            var writes = try await writes(on: present)
            if writes.isEmpty { return Receipt(text: "\(subject(key)): nothing to do") }
            if note == nil && !order.isUrgent {
                note = await noted(on: present)
                guard let note else { continue }
                present = note.rollout
                writes = try await self.writes(on: present)
            }
            guard try await carryOut(writes, key, since: present) else { continue }
            if order.isUrgent { note = await noted(on: present) }
            let text = "\(subject(key)): \(order.outcome(on: present))"
            return Receipt(text: text, warning: note?.warning)
        }
        if order.waitsForController(on: present) {
            throw CommandFailure(
                "the controller has not seen the last edit of \(subject(key)) yet",
                remedy: "check that a controller runs, and try again")
        }
        throw CommandFailure(
            "\(subject(key)) changed \(Self.attemptLimit) times while \(order.words) was sent",
            remedy: "look at it with sluice get \(key.name), and try again")
    }

    private func subject(_ key: RolloutKey) -> String { "rollout \(key)" }

    /// - Returns: false where somebody else wrote in between, and the whole has to be looked at
    ///   again.
    private func carryOut(
        _ writes: [Write], _ key: RolloutKey, since present: Object
    ) async throws(CommandFailure) -> Bool {
        var isBegun = false
        do throws(ClusterError) {
            for write in writes {
                _ = try await cluster.write(write)
                isBegun = true
            }
            return true
        } catch {
            // Said again it would be carried out twice: only the user's own pause is left.
            if isBegun {
                throw CommandFailure(
                    "\(subject(key)): \(order.words) is taken, and spec.paused still holds it:"
                        + " \(error)", remedy: "sluice resume \(key.name)")
            }
            switch error {
            case .conflict: return false
            case .refused(let text), .refusedAs(_, let text):
                // A JSON patch whose test fails is refused, not in conflict.
                if writes.contains(where: \.isTested),
                    try await rollout(key).resourceVersion != present.resourceVersion
                {
                    return false
                }
                throw CommandFailure(
                    "\(subject(key)): \(order.words) is refused: \(text)",
                    remedy: "ask for the right to write it, or correct what the message names")
            case .notFound(let text), .alreadyExists(let text), .ending(let text):
                throw CommandFailure("\(subject(key)): \(text)")
            case .unreachable(let text):
                throw CommandFailure(
                    "\(server) did not answer: \(text)",
                    remedy: "\(order.words) may have arrived: look with sluice get \(key.name)")
            }
        }
    }

    /// The rollout with the note on it, or what kept the note away.
    private struct Note {
        var rollout: Object
        var warning: String?
    }

    /// Leaves the note of who asked and why. That it cannot be left is no reason to refuse the
    /// command. It goes before a command only while nothing has changed, so that no command is
    /// noted that is not sent; nil where something has.
    private func noted(on rollout: Object) async -> Note? {
        let note = CommandNote(
            command: order.words, actor: order.actor, reason: order.reason,
            revision: rollout.number(Keys.revision), at: now())
        var write = note.write(on: rollout)
        if case .patch(.merge(var body)) = write.act, !order.isUrgent {
            body.set(.string(rollout.resourceVersion), at: ["metadata", "resourceVersion"])
            write.act = .patch(.merge(body))
        }
        do throws(ClusterError) {
            return Note(rollout: try await cluster.write(write) ?? rollout)
        } catch {
            if case .conflict = error, !order.isUrgent { return nil }
            return Note(rollout: rollout, warning: "who asked and why was not noted: \(error)")
        }
    }

    private func writes(on rollout: Object) async throws(CommandFailure) -> [Write] {
        var sets: [Object] = []
        if order.needsReplicaSets {
            do throws(ClusterError) {
                sets = try await cluster.holdings(.replicaSets, rollout).own
            } catch {
                throw CommandFailure("the revisions of \(rollout.name) cannot be read: \(error)")
            }
        }
        let workload = try await workload(of: rollout)
        do throws(CommandRefusal) {
            if let refusal = order.refusal(on: rollout) { throw refusal }
            return try order.writes(on: rollout, replicaSets: sets, workload: workload)
        } catch {
            throw CommandFailure(error.description, remedy: order.remedy(rollout.name))
        }
    }

    /// What the rollout takes its template from, for orders that change the template.
    private func workload(of rollout: Object) async throws(CommandFailure) -> WorkloadSeen {
        guard order.changesTemplate, let reference = WorkloadDocument.reference(in: rollout) else {
            return .missing
        }
        do throws(ClusterError) {
            return try await cluster.get(reference).map { .found($0) } ?? .missing
        } catch {
            throw CommandFailure("\(reference) cannot be read from \(server): \(error)")
        }
    }

    private func rollout(_ key: RolloutKey) async throws(CommandFailure) -> Object {
        let found: Object?
        do throws(ClusterError) {
            found = try await cluster.get(key.reference)
        } catch {
            throw CommandFailure(
                "\(subject(key)) cannot be read from \(server): \(error)",
                remedy: "check --context and your rights")
        }
        guard let found else {
            throw CommandFailure(
                "\(subject(key)) is not there",
                remedy: "look at the list: sluice get -A, or name another --namespace")
        }
        return found
    }

    private func wait(_ attempt: Int) async throws(CommandFailure) {
        do {
            try await pause(attempt)
        } catch {
            throw CommandFailure("cancelled")
        }
    }

    private func check(
        _ meaning: Meaning, against present: Object
    ) throws(CommandFailure) {
        guard Meaning(of: order, in: present) != meaning else { return }
        throw CommandFailure(
            "rollout \(present.name) moved on while \(order.words) was sent, so that it would do "
                + "something else now; nothing was done",
            remedy: "look at it with sluice get \(present.name), and ask again if you still want it"
        )
    }
}

/// What an order means depends on where the rollout stands. As long as this is the same, it means
/// the same.
struct Meaning: Hashable, Sendable {
    private var uid = ""
    private var template: JSON = .null
    private var step: Int?
    private var pauses: JSON = .null

    init(of order: Order, in rollout: Object) {
        uid = rollout.uid
        for command in order.commands {
            switch command {
            case .promote, .resume:
                template = rollout.knownTemplate
                step = rollout.status?["currentStepIndex"]?.int
                pauses = rollout.status?["pauseConditions"] ?? .null
            case .promoteFull, .abort, .retry, .undo(nil):
                template = rollout.knownTemplate
            case .pause, .undo, .setImage, .scale, .restart: break
            }
        }
    }
}

extension Object {
    /// The template of this rollout; where it stands elsewhere, the hash of the one that the
    /// controller has seen.
    fileprivate var knownTemplate: JSON {
        spec?["template"] ?? status?["currentPodHash"] ?? .null
    }
}

extension Write {
    /// Whether it is a JSON patch, which may test before it changes.
    fileprivate var isTested: Bool {
        if case .patch(.json) = act { true } else { false }
    }
}
