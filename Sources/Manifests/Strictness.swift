import Documents

/// What happens to fields that the API does not have.
package enum Strictness: Sendable {
    /// Each is a finding: a typing error should be seen before it is applied.
    case lint
    /// They are passed over, as API servers prune them, and so is what Argo Rollouts takes and we
    /// would have otherwise. What the API has and we do not do is refused all the same.
    case controller
}

extension Strictness {
    /// None yet, of a document that is read so.
    var findings: Reader.Findings { Reader.Findings(namesUnknownFields: self == .lint) }
}

extension Reader {
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
