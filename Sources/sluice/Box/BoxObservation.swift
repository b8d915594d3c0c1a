import Controller
import Documents
import Foundation
import History
import KubernetesClient
import KubernetesObjects
import LocalCluster
import Logging
import Manifests

/// Writes down which share of the real requests the canary served while a weight was asked for:
/// nginx cannot tell whether it follows, its log can.
struct BoxObservation: Sendable {
    let controller: ControllerLoop
    let metrics: RequestMetrics
    let history: RecordStore
    let log: Logger

    /// One weight of one rollout, from the moment at which it was in force.
    private struct Span {
        var asked: Int
        var begun: Timestamp
        var sides: ServedSides
    }

    /// A weight is in force when nginx has read it and what was on its way is answered.
    private static let settleMilliseconds: Int64 = 1_000
    private static let lookMilliseconds = 250

    /// Looks until the task is cancelled.
    func run() async {
        var spans: [RolloutKey: Span] = [:]
        while !Task.isCancelled {
            for rollout in controller.cluster.caches[.rollouts]?.list() ?? [] {
                await look(at: rollout, &spans)
            }
            do {
                try await Task.sleep(for: .milliseconds(Self.lookMilliseconds))
            } catch {
                return
            }
        }
    }

    private func look(at rollout: Object, _ spans: inout [RolloutKey: Span]) async {
        let key = RolloutKey(namespace: rollout.namespace, name: rollout.name)
        let routing = rollout.spec?["strategy"]?["canary"]?["trafficRouting"]
        let gateway = routing?["plugins"]?["argoproj-labs/gatewayAPI"]
        guard
            let ingress = routing?["nginx"]?["stableIngress"]?.string
                ?? gateway?["httpRoute"]?.string,
            let asked = rollout.status?["canary"]?["weights"]?["canary"]?["weight"]?.int
        else { return }
        let sides = await metrics.sides(namespace: rollout.namespace, ingress: ingress)
        let now = Timestamp.now
        guard let span = spans[key], span.asked == asked else {
            if let ended = spans[key] { await record(ended, until: sides, of: rollout, at: now) }
            spans[key] = Span(asked: asked, begun: now, sides: sides)
            return
        }
        if now.milliseconds - span.begun.milliseconds < Self.settleMilliseconds {
            spans[key]?.sides = sides
        }
    }

    private func record(
        _ span: Span, until sides: ServedSides, of rollout: Object, at now: Timestamp
    ) async {
        // A weight that was only passed through has no requests of its own.
        guard now.milliseconds - span.begun.milliseconds >= 2 * Self.settleMilliseconds else {
            return
        }
        let served = sides - span.sides
        guard let share = served.share else { return }
        let text = String(format: "%.1f", share)
        let record = Record(
            key: "observed/\(rollout.uid)/\(span.begun.milliseconds)", at: now,
            namespace: rollout.namespace, rollout: rollout.name,
            revision: rollout.number(Keys.revision), kind: .observedWeight,
            summary: "asked \(span.asked), observed \(text) % of \(served.total) requests",
            details: [
                "asked": .int(Int64(span.asked)), "observedPercent": .number(text),
                "requests": .int(Int64(served.total)), "canaryRequests": .int(Int64(served.canary)),
            ])
        do {
            try await history.write([record])
        } catch {
            log.error("observed share not written", metadata: ["error": "\(error.description)"])
        }
    }
}
