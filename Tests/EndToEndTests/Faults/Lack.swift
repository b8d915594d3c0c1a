import Synchronization

/// Something that a controller may not do, until it has said so.
final class Lack: Sendable {
    private let right: String?
    /// What the server answers, and the controller has to repeat.
    private let words: [String]
    private let role: Role
    private let program: Program
    private let state = Mutex(State())

    private struct State: Sendable {
        var hasBegun = false
        var hasEnded = false
        var wasSaid = false
        /// How much the controller had said before.
        var before = 0
    }

    init(saidAs words: [String], of right: String? = nil, _ role: Role, _ life: Life) {
        self.right = right
        self.words = words
        self.role = role
        program = life.program
    }

    convenience init(of right: String, _ role: Role, _ life: Life) {
        let parts = right.split(separator: " ").map(String.init)
        self.init(saidAs: ["cannot \(parts[0]) resource", parts[1]], of: right, role, life)
    }

    /// Once.
    ///
    /// - Parameter beforeAll: whether everything that the controller says counts, from its start.
    func begin(beforeAll: Bool = false) async throws {
        let said = beforeAll ? 0 : program.errors.utf8.count
        let isFirst = state.withLock { state in
            defer { state.hasBegun = true }
            if !state.hasBegun { state.before = said }
            return !state.hasBegun
        }
        if isFirst, let right { try await role.lacks(right) }
    }

    var wasSaid: Bool {
        let before = state.withLock { $0.hasBegun && !$0.wasSaid ? $0.before : nil }
        guard let before else { return state.withLock { $0.wasSaid } }
        let lines = String(decoding: program.errors.utf8.dropFirst(before), as: UTF8.self)
            .split(separator: "\n")
        let isSaid = lines.contains { line in words.allSatisfy { line.contains($0) } }
        if isSaid { state.withLock { $0.wasSaid = true } }
        return isSaid
    }

    /// Whether it has ended with this.
    @discardableResult
    func endOnceSaid() async throws -> Bool {
        guard wasSaid else { return false }
        let isLast = state.withLock { state in
            defer { state.hasEnded = true }
            return !state.hasEnded
        }
        if isLast, right != nil { try await role.lacks(nil) }
        return isLast
    }

    /// A story in which it ends once it was said.
    var turns: Story.Turns {
        var turns = Story.Turns()
        turns.meanwhile = { try await self.endOnceSaid() }
        return turns
    }
}
