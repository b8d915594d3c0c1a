import Documents

/// What happens to fields that the API does not have.
package enum Strictness: Sendable {
    /// Each is a finding: a typing error should be seen before it is applied.
    case lint
    /// They are passed over, as API servers prune them. What the API has and we do not do is
    /// refused all the same.
    case controller
}

extension Reader {
    /// Notes members outside of `known` when linting.
    func allowOnly(_ known: Set<String>, _ strictness: Strictness) {
        if strictness == .lint { allowOnly(known) }
    }

    /// A count: a whole number that is not negative.
    func count() -> Int? {
        guard let value = int() else { return nil }
        if value < 0 {
            invalid("must be greater than or equal to 0", remedy: "use 0 or a larger number")
            return nil
        }
        return value
    }
}
