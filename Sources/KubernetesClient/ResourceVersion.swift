/// Compares two resource versions of objects of the same kind.
///
/// Since Kubernetes 1.35 they are promised to be decimal numbers that grow with each change, and
/// every server before it has kept to that. Nil where one of them is no such number; then only the
/// order of arrival is known.
func isResourceVersion(_ left: String, newerThan right: String) -> Bool? {
    guard let left = UInt64(left), let right = UInt64(right) else { return nil }
    return left > right
}
