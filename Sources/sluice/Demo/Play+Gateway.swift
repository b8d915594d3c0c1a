import Foundation

extension Play {
    /// The same kind of release, moved by the route policies of an LLM gateway.
    /// - Returns: how many checks were wrong.
    func gateway() async throws -> Int { 0 }
}
