import Documents
import Foundation
import KubernetesObjects
import Simulation

/// A file of `Scenarios`: what it is about, how its rollout differs from the example, and its
/// story.
///
///     # What it shows.
///     spec: {replicas: 5}
///     faults: [killBefore(12)]
///     ---
///     10s  image model-api:v2
struct Scenario {
    private(set) var player: Player

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Scenarios")

    static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.pathExtension == "story" }
                .map { $0.deletingPathExtension().lastPathComponent }.sorted()
        }
    }

    init(_ name: String) throws {
        let file = Self.folder.appending(path: "\(name).story")
        try self.init(text: String(contentsOf: file, encoding: .utf8), name: name)
    }

    init(text: String, name: String = "story") throws {
        var head = "", body = text
        if let cut = text.range(of: "\n---\n") {
            head = String(text[..<cut.lowerBound])
            body = String(text[cut.upperBound...])
        }
        let header = try YAML.documents(in: [UInt8](head.utf8), file: name).first?.value ?? [:]
        let objects = try modelAPI().map { object in
            guard object.kind == "Rollout", let spec = header["spec"] else { return object }
            return Object(object.json.merged(with: ["spec": spec]))
        }
        let absent = Set(header["without"]?.array?.compactMap(\.string) ?? [])
        let added = (header["objects"]?.array ?? []).map { Object($0) }
        let replaced = Set(added.map { "\($0.kind)/\($0.name)" })
        let kept = objects.filter {
            !absent.contains($0.kind) && !replaced.contains("\($0.kind)/\($0.name)")
        }
        player = Player(objects: kept + added, story: try Story(parsing: body))
        player.faults = (header["faults"]?.array ?? []).compactMap(\.string)
            .compactMap { SimulatedFault($0) }
        player.timing.podStartSeconds = header["podStartSeconds"]?.int ?? 2
        player.takesRolloutsFirst = header["takesRolloutsFirst"]?.bool ?? false
    }
}

extension SimulatedFault {
    /// `killBefore(12)`, as it describes itself: how a scenario names what goes wrong.
    init?(_ text: String) {
        let words = text.split(whereSeparator: { "()".contains($0) }).map(String.init)
        guard words.count == 2, let write = Int(words[1]) else { return nil }
        switch words[0] {
        case "killBefore": self = .killBefore(write)
        case "killAfter": self = .killAfter(write)
        case "refuse": self = .refuse(write)
        case "forbid": self = .forbid(write)
        case "loseAnswer": self = .loseAnswer(write)
        case "holdBack": self = .holdBack(write)
        default: return nil
        }
    }
}

/// The rollout that the stories are about: a model API behind nginx.
func modelAPI() throws -> [Object] { try readModelAPI.get() }

/// Read once: laws by seed play it a thousand times.
private let readModelAPI = Result {
    try documents(in: [Scenario.folder.appending(path: "model-api.yaml")]).map { Object($0.value) }
}

/// The example as it stands in `manifests`.
func example(_ name: String) throws -> [Document] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../manifests/examples/\(name)").standardized
    let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
    return try documents(
        in: files.filter {
            $0.pathExtension == "yaml" && $0.lastPathComponent != "kustomization.yaml"
        }.sorted { $0.path < $1.path })
}

private func documents(in files: [URL]) throws -> [Document] {
    try files.flatMap { file in
        try YAML.documents(in: [UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
    }
}
