import Documents
import Foundation
import KubernetesObjects
import Simulation

/// The example of a model API behind nginx, as it stands in `manifests`.
func modelAPI(steps: JSON? = nil) throws -> [Object] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../manifests/examples/model-api").standardized
    let files = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil
    )
    .filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }
    return try files.flatMap { file in
        try YAML.documents(in: [UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
            .map { document in
                var object = Object(document.value)
                if object.kind == "Rollout", let steps {
                    object["spec", "strategy", "canary", "steps"] = steps
                }
                return object
            }
    }
}

/// Plays `story` on the example.
func play(
    _ story: String, steps: JSON? = nil, change: (inout Player) -> Void = { _ in }
) throws -> Transcript {
    var player = Player(objects: try modelAPI(steps: steps), story: try Story(parsing: story))
    change(&player)
    return player.play()
}
