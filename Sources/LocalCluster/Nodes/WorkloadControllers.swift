import Documents
import KubernetesObjects
import Logging

/// Keeps Deployments, ReplicaSets, Jobs and Services in order: looks at everything, asks each turn,
/// writes.
package struct WorkloadControllers: Sendable {
    private static let kinds: [Resource] = [
        .deployments, .replicaSets, .jobs, .services, .pods, .endpointSlices,
    ]
    /// The wait after a write that failed, so that an unwilling server is not asked without end.
    private static let retryMilliseconds: Int64 = 200
    /// The wait after a write that can never be made as it is; a change brings the next try sooner.
    private static let refusedSeconds = 10

    private let cluster: ClusterAccess
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    package init(
        _ cluster: ClusterAccess, now: @escaping @Sendable () -> Timestamp,
        logger: Logger = Logger(label: "sluice.workloads")
    ) {
        self.cluster = cluster
        self.now = now
        self.logger = logger
    }

    /// Works until it is cancelled.
    package func run() async {
        await turns(after: cluster.changes(Self.kinds), now: now) { await turn() }
    }

    /// One look at everything. Returns when to look again at the latest.
    package func turn() async -> Timestamp? {
        let seen = await look()
        let outcome = seen.outcome(at: now())
        var wake = outcome.wake
        for write in outcome.writes {
            do throws(WriteFailure) {
                try await cluster.write(write)
            } catch {
                let retry = retry(write, after: error)
                wake = min(wake ?? retry, retry)
            }
        }
        return wake
    }

    private func retry(_ write: Write, after failure: WriteFailure) -> Timestamp {
        switch failure {
        case .conflict, .missing, .unreachable:
            return now().advanced(byMilliseconds: Self.retryMilliseconds)
        case .refused(let why):
            logger.warning(
                "A controller's write is refused",
                metadata: ["write": "\(write.subject)", "why": "\(why)"])
            return now().advanced(bySeconds: Self.refusedSeconds)
        }
    }

    private func look() async -> Workloads {
        Workloads(
            deployments: await cluster.list(.deployments), sets: await cluster.list(.replicaSets),
            jobs: await cluster.list(.jobs), services: await cluster.list(.services),
            pods: await cluster.list(.pods), slices: await cluster.list(.endpointSlices))
    }
}

/// Everything the workload controllers look at.
struct Workloads {
    let deployments: [Object]
    let sets: [Object]
    let jobs: [Object]
    let services: [Object]
    let pods: [Object]
    let slices: [Object]

    func outcome(at now: Timestamp) -> Outcome {
        let podsByOwner = byController(pods)
        let setsByOwner = byController(sets)
        let podsByNamespace = Dictionary(grouping: pods, by: \.namespace)
        let slicesByNamespace = Dictionary(grouping: slices, by: \.namespace)
        var outcome = Outcome()
        // Endpoints first: that a pod no longer serves is the most urgent thing to say.
        for service in services {
            outcome =
                outcome
                + EndpointSlices.turn(
                    service, pods: podsByNamespace[service.namespace] ?? [],
                    slices: slicesByNamespace[service.namespace] ?? [])
        }
        for set in sets {
            outcome = outcome + ReplicaSets.turn(set, pods: podsByOwner[set.uid] ?? [], at: now)
        }
        for deployment in deployments {
            let sets = setsByOwner[deployment.uid] ?? []
            let pods = sets.flatMap { podsByOwner[$0.uid] ?? [] }
            outcome = outcome + Deployments.turn(deployment, sets: sets, pods: pods, at: now)
        }
        for job in jobs {
            outcome = outcome + Jobs.turn(job, pods: podsByOwner[job.uid] ?? [], at: now)
        }
        return outcome
    }
}
