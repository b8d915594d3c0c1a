/// Why a kubeconfig does not lead to an API server: what is wrong, where, and what to do about it.
package struct KubeconfigError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String
    package let remedy: String

    package init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    package var description: String { "\(message); \(remedy)" }
}
