import Documents
import KubernetesObjects
import Testing

/// A controller that may do less than it should, for a while: it says what it lacks, and does the
/// rest when it may again.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes controller that loses its rights` {
    /// Side by side, each in a namespace of its own: what takes the time is waiting.
    @Test func `says so, and ends every release when it has them again`() async throws {
        try await Kubernetes.with { try await $0.define() }
        let up = [
            ["patch rollouts/status", "create replicasets"],
            ["patch replicasets", "patch services", "create events"],
            // The third release of a lane is the first with more ReplicaSets than are kept.
            ["patch ingresses", "create analysisruns", "delete replicasets"],
        ]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for rights in up { group.addTask { try await goUp(lacking: rights) } }
            group.addTask {
                try await goBack(
                    lacking: ["patch ingresses", "patch rollouts/status", "patch analysisruns"])
            }
            group.addTask { try await goBlind() }
            group.addTask { try await beginBlind() }
            group.addTask { try await goWithoutCredentials() }
            group.addTask { try await goWithoutLease() }
            group.addTask { try await goWithoutSecret() }
            try await group.waitForAll()
        }
    }

    private func goUp(lacking rights: [String]) async throws {
        try await play { story, role, life in
            for right in rights {
                let lack = Lack(of: right, role, life)
                try await lack.begin()
                var turns = lack.turns
                // What is only tidied is said when the release has ended.
                turns.isOver = { lack.wasSaid }
                try await story.tell(.good, turns)
            }
        }
    }

    /// The right is gone when the bad answer comes.
    private func goBack(lacking rights: [String]) async throws {
        try await play { story, role, life in
            for right in rights {
                let lack = Lack(of: right, role, life)
                var turns = lack.turns
                turns.beforeBadAnswer = {
                    do { try await lack.begin() } catch { Issue.record(error) }
                }
                try await story.tell(.bad, turns)
                #expect(lack.wasSaid, "\(right)")
            }
        }
    }

    /// What was seen before is still known, and what changes is not.
    private func goBlind() async throws {
        let trouble = Trouble()
        try await play(trouble.cutsWatches) { story, role, life in
            let lack = Lack(of: "watch rollouts", role, life)
            try await lack.begin()
            _ = try await eventually("a word about what is not seen", seconds: 60) {
                lack.wasSaid ? true : nil
            }
            try await story.tell(.good, lack.turns)
        }
    }

    /// A controller that starts like this does nothing before it knows what there is.
    private func beginBlind() async throws {
        try await play { story, role, life in
            for right in ["list rollouts", "list replicasets"] {
                await story.lane.endControllers()
                try await role.lacks(right)
                let next = try await story.lane.startController()
                let lack = Lack(of: right, role, next)
                try await lack.begin(beforeAll: true)
                try await story.tell(.good, lack.turns)
                #expect(lack.wasSaid, "\(right)")
            }
        }
    }

    /// Who cannot hold on to the lease stops deciding, and goes on when it can again.
    private func goWithoutLease() async throws {
        try await play(competes: true) { story, role, life in
            let lack = Lack(of: "patch leases", role, life)
            try await lack.begin()
            _ = try await eventually("it to lead no more", seconds: 60) {
                lack.wasSaid && life.program.errors.contains("leading no more") ? true : nil
            }
            try await story.tell(.good, lack.turns)
        }
    }

    /// A measurement that has not its Secret is an error, and what nobody judges is given back.
    private func goWithoutSecret() async throws {
        try await play { story, role, _ in
            try await story.lane.askWithSecret()
            try await role.lacks("get secrets")
            try await story.tell(.good, endsAs: .away)
            let runs = story.lane.record.present(.analysisRuns).values.map { $0.json.text }
            #expect(runs.contains { $0.contains("Secret asking cannot be read") }, "\(runs)")
            try await role.lacks(nil)
            try await story.tell(.good)
        }
    }

    private func play(
        _ fault: @escaping Fault = { _, forward in await forward() }, competes: Bool = false,
        _ act: @escaping @Sendable (inout Story, Role, Life) async throws -> Void
    ) async throws {
        try await Lane.with(fault, as: Role.user) { lane in
            let role = try await Role(in: lane)
            let life = try await lane.startController(competes: competes)
            var story = Story(lane)
            story.notes = { [life.program.errors] }
            try await story.tell(.good)
            try await act(&story, role, life)
        }
    }

    /// The token is worth nothing any more; then there is another one in its file.
    private func goWithoutCredentials() async throws {
        try await Lane.with { lane in
            let role = try await Role(in: lane)
            let token = try await TokenFile(in: lane)
            try await token.take("first")
            let life = try await lane.startController(
                goesStraight: true, kubeconfig: TokenFile.kubeconfig)
            var story = Story(lane)
            story.notes = { [life.program.errors] }
            try await story.tell(.good)
            try await token.void("first")
            let lack = Lack(saidAs: ["Unauthorized"], role, life)
            try await lack.begin()
            var turns = Story.Turns()
            turns.meanwhile = {
                if try await lack.endOnceSaid() { try await token.take("second") }
            }
            try await story.tell(.good, turns)
            #expect(lack.wasSaid)
        }
    }
}
