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

    private static func documents(_ name: String) throws -> [Document] {
        let file = folder.appending(path: "\(name).yaml")
        return try YAML.documents(
            in: [UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
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

    static let ends = [
        ("alb-ping-pong", "Healthy"), ("analysis-args", "Degraded"), ("blue-green", "Healthy"),
        ("experiment", "Healthy"), ("gateway-api", "Healthy"), ("istio-hosts", "Healthy"),
        ("istio-subsets", "Paused"), ("nginx-helm", "Healthy"), ("plain-with-hpa", "Healthy"),
        ("smi", "Paused"), ("workload-ref", "Healthy"),
    ]

    /// The one that ends badly needs a Secret, and a simulation has none.
    @Test(arguments: ends) func `is played to its end`(name: String, phase: String) throws {
        let answers: [String: Double] = [
            "success-rate": 0.99, "restarts": 0, "smoke": 0, "experimental-latency": 0.2,
            "compare": 1,
        ]
        let transcript = try Player(
            documents: Self.documents(name), metrics: answers.mapValues { .value($0) }
        ).play()
        #expect(transcript.ends.values.map(\.phase) == [phase], "\(transcript.text)")
        #expect(transcript.broken == [])
    }
}
