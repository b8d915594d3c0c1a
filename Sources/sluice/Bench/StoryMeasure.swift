import Assets
import Documents
import KubernetesObjects
import Simulation

/// How many whole releases the simulation plays in a second.
struct StoryMeasure {
    private static let length = Duration.seconds(3)
    private static let files = ["rollout", "analysis", "services", "ingress"]

    func section() -> BenchReport.Section {
        BenchReport.Section(
            title: "Simulation: the model API of the examples, on one processor",
            rows: [
                .init("Good releases per second", rate(of: Self.good)),
                .init("Releases that are given back, per second", rate(of: Self.bad)),
            ])
    }

    private static let good = [
        Story.Moment(seconds: 0, .metric("error-rate", .value(0.001))),
        Story.Moment(seconds: 0, .metric("latency-p95-seconds", .value(0.08))),
        Story.Moment(seconds: 10, .image("model-api:v2")),
    ]
    private static let bad =
        good + [Story.Moment(seconds: 11, .metric("error-rate", .value(0.08)))]

    private func rate(of moments: [Story.Moment]) -> String {
        let player = Player(objects: Self.objects, story: Story(moments))
        let begin = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - begin < Self.length {
            guard player.play().broken.isEmpty else { return "a promise was broken" }
            count += 1
        }
        return rounded(Double(count) / (ContinuousClock.now - begin).milliseconds * 1_000)
    }

    private static var objects: [Object] {
        files.flatMap { name -> [Object] in
            guard let asset = Asset.named("manifests/examples/model-api/\(name).yaml") else {
                preconditionFailure("the examples are built in")
            }
            do {
                return try YAML.documents(in: Array(asset.text.utf8), file: name)
                    .map { Object($0.value) }
            } catch {
                preconditionFailure("the examples can be read: \(error)")
            }
        }
    }
}
