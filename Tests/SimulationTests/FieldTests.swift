import Documents
import Foundation
import KubernetesObjects
import Manifests
import Simulation
import Testing
import Traffic

/// Documents in the shapes that people have them, in `Scenarios/field`.
struct `A set of documents of the field` {
    private static let folder = Scenario.folder.appending(path: "field")

    static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .map { $0.deletingPathExtension().lastPathComponent }.sorted()
        }
    }

    private static func documents(
        _ name: String, with changes: [(String, String)] = []
    ) throws -> [Document] {
        let file = folder.appending(path: "\(name).yaml")
        let text = try changes.reduce(String(contentsOf: file, encoding: .utf8)) { text, change in
            text.replacing(change.0, with: change.1)
        }
        return try YAML.documents(in: [UInt8](text.utf8), file: file.lastPathComponent)
    }

    /// What is refused in which file, by the fields that are named. What is not here is followed.
    static let refused: [String: Set<String>] = [
        "job": ["plugin"], "traefik": ["traefik"],
    ]

    /// Holds: 8.0 lint, 4.15 refused.
    @Test(arguments: try names.filter { $0 != "unknown-fields" })
    func `has nothing wrong with it but what is not done`(name: String) throws {
        let findings = Lint.findings(
            in: try Self.documents(name), routers: RouterKind.all, isComplete: true)
        let known = Self.refused[name] ?? []
        let others = findings.filter { finding in
            !known.contains { finding.path.description.contains($0) }
        }
        #expect(others.map(\.description) == [])
        let followed = known.filter { field in
            !findings.contains { $0.path.description.contains(field) }
        }
        #expect(followed.isEmpty, "\(followed) are not refused any more")
        #expect(findings.allSatisfy { $0.place != nil })
    }

    /// Holds: 8.0 lint.
    @Test func `is told of each field that nobody knows`() throws {
        let findings = Lint.findings(
            in: try Self.documents("unknown-fields"), routers: RouterKind.all, isComplete: true)
        #expect(
            findings.map(\.path.description).sorted() == [
                "spec.canaryPercent", "spec.strategy.canary.stepz",
            ])
    }

    /// What a simulation has nobody for, and what is played in its place: a program of somebody
    /// else's, an API that was given up.
    private static let changes = [
        "job": [("- plugin: {name: example/step, config: {aggressiveness: low}}", "")],
        "traefik": [("traefik.containo.us", "traefik.io")],
    ]

    /// Of those that wait for a person; to the others a new image comes by itself.
    private static let promotions = [
        "istio-subsets": "10s image reviews:3\n1200s promote",
        "smi": "10s image quotes:2\n60s promote",
    ]

    private func play(
        _ name: String, _ story: String?, answers: [String: Story.Answering] = [:]
    ) throws -> Transcript {
        let good: [String: Story.Answering] = [
            "success-rate": .value(0.99), "restarts": .value(0), "smoke": .value(0),
            "answers": .document(["errors": 0, "ready": true]),
            "experimental-latency": .value(0.2), "compare": .value(1), "load-test": .value(0),
        ]
        let told = try story.map { try Story(parsing: $0) }
        return try Player(
            documents: Self.documents(name, with: Self.changes[name] ?? []), story: told,
            metrics: good.merging(answers) { $1 }
        ).play()
    }

    @Test(arguments: try names.filter { $0 != "unknown-fields" })
    func `is promoted`(name: String) throws {
        let transcript = try play(name, Self.promotions[name])
        #expect(transcript.ends.values.map(\.phase) == ["Healthy"], "\(transcript.text)")
        #expect(transcript.end?.weight == 0)
        #expect(transcript.end?.pods.keys.sorted() == [2])
        #expect(transcript.broken == [])
    }

    /// By what is measured, or by a person.
    static let bad: [(String, String?, [String: Story.Answering])] = [
        ("analysis-args", nil, ["answers": .document(["errors": 1, "ready": true])]),
        ("experiment", nil, ["compare": .value(2)]), ("job", nil, ["load-test": .value(1)]),
        ("istio-subsets", "10s image reviews:3\n60s abort", [:]),
        ("smi", "10s image quotes:2\n60s abort", [:]),
    ]

    @Test(arguments: bad)
    func `is given back when it turns bad`(
        name: String, story: String?, answers: [String: Story.Answering]
    ) throws {
        let transcript = try play(name, story, answers: answers)
        #expect(transcript.ends.values.map(\.phase) == ["Degraded"], "\(transcript.text)")
        #expect(transcript.end?.weight == 0)
        #expect(transcript.end?.pods.keys.sorted() == [1])
        #expect(transcript.broken == [])
    }
}
