import Documents
import KubernetesObjects
import Simulation

/// What is played: the objects that a simulation knows, and a story for them.
struct SimulatedPlay: Sendable {
    var objects: [Object] = []
    var story: Story
    /// What the user should know about what is played, a sentence each.
    var remarks: [String] = []

    /// Without a story, a new image comes after this time.
    private static let updateSeconds: Int64 = 10

    private static let kinds: Set = [
        "Rollout", "AnalysisTemplate", "ClusterAnalysisTemplate", "Service", "Ingress", "ConfigMap",
        "Secret", "Deployment", "Namespace",
    ]

    /// - Throws: where the documents have no rollout.
    init(
        documents: [Document], story: Story?, metrics: [MetricAnswer]
    ) throws(CommandFailure) {
        let all = documents.map { Object($0.value) }
        objects = all.filter { Self.kinds.contains($0.kind) }
        guard let rollout = objects.first(where: { $0.kind == "Rollout" }) else {
            throw CommandFailure(
                "the documents have no Rollout", remedy: "name the file of one",
                code: Sluice.usageCode)
        }
        let others = Set(all.map(\.kind)).subtracting(Self.kinds).sorted()
        if !others.isEmpty { remarks.append("left out: \(others.joined(separator: ", "))") }
        var told = Story(metrics.map { Story.Moment(seconds: 0, .metric($0.name, $0.answering)) })
        if let story {
            told.moments += story.moments
        } else {
            let image = Self.nextImage(of: rollout)
            told.moments.append(Story.Moment(seconds: Self.updateSeconds, .image(image)))
        }
        self.story = told
        let silent = Self.metricNames(in: objects).subtracting(told.answeredMetrics).sorted()
        if !silent.isEmpty {
            let options = silent.map { "--metric \($0)=VALUE" }.joined(separator: " ")
            remarks.append("without an answer, as if there were no data; give one with \(options)")
        }
    }

    /// The first container's image with another tag.
    private static func nextImage(of rollout: Object) -> String {
        let containers = rollout.spec?["template"]?["spec"]?["containers"]?.array
        let image = containers?.first?["image"]?.string ?? "app"
        let bare = image.split(separator: "@").first.map(String.init) ?? image
        let slash = bare.lastIndex(of: "/") ?? bare.startIndex
        guard let colon = bare[slash...].lastIndex(of: ":") else { return bare + ":next" }
        return bare[..<colon] + ":next"
    }

    private static func metricNames(in objects: [Object]) -> Set<String> {
        let templates = objects.filter { $0.kind.hasSuffix("AnalysisTemplate") }
        return Set(
            templates.flatMap { $0.spec?["metrics"]?.array ?? [] }.compactMap { $0["name"]?.string }
        )
    }
}

extension Story {
    fileprivate var answeredMetrics: Set<String> {
        Set(
            moments.compactMap { moment in
                if case .metric(let name, _) = moment.command { name } else { nil }
            })
    }
}

extension Transcript {
    /// The transcript for programs.
    var json: JSON {
        [
            "lines": .array(
                lines.map { line in
                    [
                        "milliseconds": .int(line.milliseconds), "cause": .string(line.cause),
                        "act": .string(line.act), "reason": .string(line.reason),
                    ]
                }),
            "weights": .array(weights.map { .int(Int64($0)) }),
            "events": .array(
                events.map { ["reason": .string($0.reason), "message": .string($0.message)] }),
            "ends": .object(
                JSONObject(
                    ends.sorted { $0.key < $1.key }.map { key, end in
                        (
                            key,
                            [
                                "phase": .string(end.phase), "message": .string(end.message),
                                "revision": .int(Int64(end.revision)),
                                "weight": .int(Int64(end.weight)),
                            ]
                        )
                    })),
        ]
    }
}
