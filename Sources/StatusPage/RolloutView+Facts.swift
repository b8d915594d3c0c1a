import Analysis
import Rollouts

/// What follows from a view, in the words of pages and API alike.
extension RolloutView {
    /// The namespace of the rollout.
    package var namespace: String { snapshot.rollout.namespace }
    /// The name of the rollout.
    package var name: String { snapshot.rollout.name }

    /// The status that goes with the reason: the decided one, else the stored one.
    package var status: Status { decision?.status ?? snapshot.rollout.status }

    var phaseName: String { status.phase?.rawValue ?? "Unknown" }

    /// Why things are as they are.
    package var reason: String {
        decision?.reason.sentence ?? "not looked at yet: the first turn is still to come"
    }

    /// The steps of the strategy.
    package var steps: [Step] { snapshot.rollout.spec.canary.steps }

    /// Whether nothing was ever promoted: then the steps do not apply.
    var isFirstDeploy: Bool { status.stableHash.isEmpty }

    /// Whether a revision other than the stable one is on its way.
    var isMoving: Bool { !isFirstDeploy && snapshot.new?.hash != status.stableHash }

    /// Where the rollout stands among its steps, as one phrase; nil without steps.
    package var standing: String? {
        guard !steps.isEmpty else { return sideStanding }
        if isFirstDeploy { return "first deploy" }
        if status.isAborted { return "aborted" }
        // The status counts them as done.
        if status.promoteFull, isMoving { return "skipping all \(steps.count)" }
        guard let index = status.currentStepIndex else { return nil }
        return index >= steps.count ? "all \(steps.count) done" : "\(index + 1) of \(steps.count)"
    }

    /// What became of a step.
    package enum StepState: String {
        case done, now, failed, ahead, skipped
    }

    /// What became of the step at `index`, counted from 0.
    package func state(ofStep index: Int) -> StepState {
        if isFirstDeploy { return .skipped }
        if status.isAborted {
            guard let failedStep else { return .skipped }
            return index < failedStep ? .done : index == failedStep ? .failed : .skipped
        }
        guard let current = status.currentStepIndex else { return .ahead }
        return index < current ? .done : index == current ? .now : .ahead
    }

    /// The step whose analysis ended the present revision. The status of an aborted rollout stands
    /// at the first step again, so the run tells.
    private var failedStep: Int? {
        let run = latestRuns.first { run in
            run.revision == snapshot.rollout.revision
                && (run.phase == .failed || run.phase == .error)
        }
        guard case .step(let index) = run?.purpose else { return nil }
        return index
    }

    /// What a ReplicaSet is to the rollout.
    package enum Role: String {
        case new, canary, preview, active, stable, old, leaving
    }

    /// What this one is to the rollout.
    package func role(of replicaSet: ReplicaSet) -> Role {
        if replicaSet.isDeleting { return .leaving }
        if replicaSet.hash == status.stableHash { return .stable }
        guard replicaSet.name == snapshot.new?.name else { return .old }
        return newRole
    }

    /// The ReplicaSets, the latest revision first.
    package var replicaSets: [ReplicaSet] {
        snapshot.replicaSets.sorted { ($0.revision, $0.name) > ($1.revision, $1.name) }
    }

    /// The analysis runs, the latest first.
    package var latestRuns: [RunView] {
        runs.sorted { ($0.created, $0.name) > ($1.created, $1.name) }
    }

    /// The images of the sides that matter, each image once, the newest side first.
    var currentImages: [(role: Role, image: String)] {
        var shown: Set<String> = []
        return replicaSets.flatMap { set in
            let role = role(of: set)
            switch role {
            case .old, .leaving: return [(role: Role, image: String)]()
            case .new, .canary, .preview, .active, .stable:
                return (images[set.name] ?? []).map { (role, $0) }
            }
        }
        .filter { shown.insert($0.image).inserted }
    }

    /// How the traffic is divided.
    package var traffic: TrafficShare {
        TrafficShare(
            asked: status.weights?.canary.weight,
            carried: snapshot.routers.isEmpty ? nil : snapshot.canaryWeight,
            total: snapshot.rollout.spec.canary.totalWeight,
            podsPercent: activePhrase == nil ? podsPercent : nil, whole: activePhrase)
    }

    /// The canary's part of the available pods; nil where none is available, or only one side is
    /// there.
    private var podsPercent: Int? {
        guard isMoving, let canary = snapshot.new?.available else { return nil }
        let available = snapshot.replicaSets.map(\.available).reduce(0, +)
        return available == 0 ? nil : canary * 100 / available
    }
}

/// The canary's share of the traffic.
package struct TrafficShare {
    /// What the routers were asked for last; nil where nothing was ever asked.
    package var asked: Int?
    /// What the routers carry; nil without a router.
    package var carried: Int?
    /// What "all" is called.
    package var total: Int
    /// The canary's part of the available pods, which is its share where no router divides.
    var podsPercent: Int?
    /// What has all of the traffic, where it is never divided.
    var whole: String?

    var isKnown: Bool { carried != nil || podsPercent != nil }

    /// The share as one phrase.
    package var phrase: String {
        if let whole { return whole }
        if let carried {
            let asked = asked ?? carried
            return asked == carried
                ? share(carried) : "\(share(carried)) (asked \(share(asked)))"
        }
        return podsPercent.map { "about \($0) % by pods" } ?? "—"
    }

    /// Percent of the traffic that the canary carries, for drawing.
    var percent: Int {
        carried.map { $0 * 100 / max(total, 1) } ?? podsPercent ?? 0
    }

    /// `weight` as part of the total.
    package func share(_ weight: Int) -> String {
        total == 100 ? "\(weight) %" : "\(weight) of \(total)"
    }
}
