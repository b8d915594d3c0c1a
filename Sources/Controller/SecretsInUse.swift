import Documents

/// The secrets that this process has resolved: whoever writes a text that leaves asks it for the
/// redactor. Secrets are taken out of measurements where they are measured; this is for texts of
/// others that repeat them later, in an event, an error or a log line.
package struct SecretsInUse: Sendable {
    /// Takes note of secrets that were resolved.
    package var add: @Sendable ([Secret]) -> Void
    /// The redactor that knows what was added.
    package var redactor: @Sendable () -> Redactor

    package init(
        add: @escaping @Sendable ([Secret]) -> Void, redactor: @escaping @Sendable () -> Redactor
    ) {
        self.add = add
        self.redactor = redactor
    }

    /// For who resolves none, or shows nothing.
    package static let none = SecretsInUse(add: { _ in }, redactor: { .none })
}

/// The latest secrets, as a value.
package struct KnownSecrets: Sendable {
    package private(set) var redactor = Redactor.none
    private var texts: [Secret] = []

    /// More secrets than metrics have arguments on any cluster. What falls out of use is forgotten,
    /// the oldest first.
    private static let limit = 256
    /// Shorter ones are ordinary words: taken out of every text they would leave little of it.
    /// Their own measurements hide them all the same.
    private static let shortest = 6
    /// No header carries more, and a long one would slow every text down.
    private static let longest = 16 << 10

    package init() {}

    /// Takes note of secrets that were resolved; those known already cost nothing.
    package mutating func add(_ secrets: [Secret]) {
        let known = Set(texts.map { $0.reveal() })
        let new = secrets.filter { secret in
            let text = secret.reveal()
            return (Self.shortest...Self.longest).contains(text.utf8.count) && !known.contains(text)
        }
        guard !new.isEmpty else { return }
        texts = (texts + new).suffix(Self.limit)
        redactor = Redactor(texts)
    }
}
