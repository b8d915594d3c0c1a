import Documents
import Extensions

/// What extensions divide traffic by: each order is followed at once, and read as it was given.
actor SimulatedMesh {
    private var standing: [JSON: JSON] = [:]

    /// Asks it in place of the extensions of these names.
    nonisolated func caller(of names: Set<String>) -> ExtensionCaller {
        ExtensionCaller(played: names) { name, question in
            await self.answer(.array([.string(name), question["rollout"] ?? .null]), question)
        }
    }

    private func answer(_ key: JSON, _ question: JSON) -> JSON {
        var said = standing[key] ?? ["weight": 0, "routes": []]
        for member in ["weight", "routes", "number"] {
            said[member] = question[member] ?? said[member]
        }
        standing[key] = said
        return said
    }
}
