import Documents
import KubernetesObjects
import Rollouts

/// Labels and annotations for pods: `canaryMetadata`, `stableMetadata`, `previewMetadata` and
/// `activeMetadata` (rollout-semantics §4.14).
struct PodMetadata: Hashable {
    /// By the names of the maps in a pod's metadata.
    var maps: [String: [String: String]]

    static let names = ["labels", "annotations"]

    init(_ maps: [String: [String: String]] = [:]) {
        self.maps = maps.filter { !$0.value.isEmpty }
    }

    /// Reads what `text` wrote, or Argo Rollouts; what is neither counts as nothing.
    init(text: String?) {
        var maps: [String: [String: String]] = [:]
        if let text,
            case .success(let json) = Result(catching: { () throws(DocumentError) in
                try JSON(parsing: text)
            })
        {
            for name in Self.names { maps[name] = json[name]?.strings }
        }
        self.init(maps)
    }

    /// The same text for the same metadata; "" for none.
    var text: String {
        if maps.isEmpty { return "" }
        var json = JSON.object(JSONObject())
        for name in Self.names { json[name] = maps[name].map(JSON.init(strings:)) }
        return json.text
    }

    subscript(map: String) -> [String: String] { maps[map] ?? [:] }

    /// The keys of both.
    func union(_ other: PodMetadata) -> PodMetadata {
        PodMetadata(maps.merging(other.maps) { $0.merging($1) { own, _ in own } })
    }
}

extension RolloutParser {
    /// Reads metadata for pods. What would take a pod away from its ReplicaSet is refused.
    func podMetadata(_ reader: Reader) -> String {
        reader.allowOnly(Set(PodMetadata.names))
        let metadata = PodMetadata([
            "labels": reader["labels"].strings(), "annotations": reader["annotations"].strings(),
        ])
        let template = root["spec"]["template"]["metadata"]["labels"].value?.strings ?? [:]
        let expressions = root["spec"]["selector"]["matchExpressions"].value?.array ?? []
        let selected =
            (root["spec"]["selector"]["matchLabels"].value?.strings ?? [:]).map(\.key)
            + expressions.compactMap { $0["key"]?.string } + [Keys.templateHash]
        for (key, value) in metadata["labels"].sorted(by: { $0.key < $1.key }) {
            let field = reader["labels"][key]
            if let problem = Naming.labelKeyProblem(key) {
                field.invalid(problem, value: .string(key), remedy: "rename the label")
            } else if let problem = Naming.labelValueProblem(value) {
                field.invalid(problem, remedy: "change the value of \(key)")
            } else if selected.contains(key), template[key] != value {
                field.invalid(
                    "the label is one that pods are selected by",
                    remedy: "use another label, or the value of the pod template")
            }
        }
        for key in metadata["annotations"].keys.sorted() {
            guard let problem = Naming.labelKeyProblem(key.lowercased()) else { continue }
            reader["annotations"][key].invalid(
                problem, value: .string(key), remedy: "rename the annotation")
        }
        return metadata.text
    }
}
