/// Two services that take turns in leading to stable (rollout-semantics §6.8): a promotion moves no
/// selector of a service that has traffic.
package enum PingPong: String, Hashable, Sendable {
    case ping, pong

    /// The other of the two.
    package var other: PingPong { self == .ping ? .pong : .ping }
}
