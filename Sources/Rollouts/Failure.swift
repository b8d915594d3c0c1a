/// Why a ReplicaSet lacks pods, as its own condition says it.
package struct Failure: Hashable, Sendable {
    package var reason: String
    package var message: String

    package init(reason: String, message: String) {
        self.reason = reason
        self.message = message
    }
}
