/// A rollout as its owner wrote it and as its status stands. Pod templates are opaque here: a
/// template is its hash.
package struct Rollout: Hashable, Sendable {
    package var namespace: String
    package var name: String
    /// Raised by the API server at each change of the spec.
    package var generation: Int
    /// The annotation `rollout.argoproj.io/revision`; nil before the first ReplicaSet.
    package var revision: Int?
    /// The annotation `rollout.argoproj.io/workload-generation`.
    package var workloadGeneration: Int?
    /// The annotation `sluice/let-go`: its Services are to select what their own selectors say.
    package var letsGo = false
    package var spec: Spec
    package var status: Status

    package init(
        namespace: String, name: String, generation: Int, revision: Int?, spec: Spec, status: Status
    ) {
        self.namespace = namespace
        self.name = name
        self.generation = generation
        self.revision = revision
        self.spec = spec
        self.status = status
    }
}

/// What the owner wants (rollout-semantics §1.1), defaults applied where the wire format has them.
package struct Spec: Hashable, Sendable {
    /// Nil where the document leaves it out: then 1 is written into it first, as autoscalers
    /// expect.
    package var replicas: Int?
    package var minReadySeconds = 0
    package var revisionHistoryLimit = 10
    package var progressDeadlineSeconds = 600
    package var progressDeadlineAbort = false
    /// How many revisions before the stable one can be returned to without a trial; nil for none.
    package var rollbackWindow: Int?
    /// The user's own pause.
    package var isPaused = false
    package var successfulRunHistoryLimit = 5
    package var unsuccessfulRunHistoryLimit = 5
    /// The hash that names a ReplicaSet of this template, collision count included (§3.1).
    package var templateHash: String
    /// The hash of the steps (§3.1).
    package var stepsHash: String
    /// The rollout's selector in its string form, for the scale subresource.
    package var selector = ""
    package var parts = PodParts()
    /// Pods that were created before this are replaced.
    package var restartAt: Instant?
    package var strategy: Strategy

    package init(replicas: Int?, templateHash: String, stepsHash: String, strategy: Strategy) {
        self.replicas = replicas
        self.templateHash = templateHash
        self.stepsHash = stepsHash
        self.strategy = strategy
    }

    package init(replicas: Int?, templateHash: String, stepsHash: String, canary: Canary) {
        self.init(
            replicas: replicas, templateHash: templateHash, stepsHash: stepsHash,
            strategy: .canary(canary))
    }
}

/// How the new revision takes over.
package enum Strategy: Hashable, Sendable {
    case canary(Canary)
    case blueGreen(BlueGreen)
}

extension Spec {
    /// The canary strategy. Every other strategy has none of its steps, services and routers.
    package var canary: Canary {
        get {
            switch strategy {
            case .canary(let canary): canary
            case .blueGreen: .none
            }
        }
        set { strategy = .canary(newValue) }
    }

    /// The blue-green strategy, where it is that.
    package var blueGreen: BlueGreen? {
        if case .blueGreen(let plan) = strategy { plan } else { nil }
    }

    /// The services whose selectors the strategy moves.
    package var services: [String] {
        switch strategy {
        case .canary(let canary): [canary.stableService, canary.canaryService].compactMap(\.self)
        case .blueGreen(let plan): [plan.activeService, plan.previewService].compactMap(\.self)
        }
    }
}

extension Canary {
    /// No steps, no services, no router.
    fileprivate static let none: Canary = {
        var canary = Canary(steps: [], stableService: nil, canaryService: nil)
        canary.hasRouter = false
        canary.scaleDownDelaySeconds = 0
        return canary
    }()
}

/// The canary strategy (§1.4).
package struct Canary: Hashable, Sendable {
    package var steps: [Step]
    package var stableService: String?
    package var canaryService: String?
    /// Whether the two services change places with each promotion.
    package var hasPingPong = false
    /// M of the spec: what "all traffic" is called. 100 unless `maxTrafficWeight` says otherwise.
    package var totalWeight = 100
    /// The names of the routes that steps may make, the first in force first.
    package var managedRoutes: [String] = []
    /// Whether a router moves traffic. Without one, traffic follows the pods.
    package var hasRouter = true
    /// What versions of the experiment of a step get, by the index of the step and their names.
    package var versionWeights: [Int: [String: Int]] = [:]
    /// How long pauses take in the words of the document, by the index of the step.
    package var pauseTexts: [Int: String] = [:]
    /// How many pods may come on top, and how many may be missing; only without a router.
    package var maxSurge = Allowance.standard
    package var maxUnavailable = Allowance.standard
    /// Whether both sides are pods of this rollout. Without, the router divides traffic between
    /// upstreams that exist already, and no pods limit what a side can carry.
    package var servesPods = true
    /// How long the previous stable ReplicaSet stays after a promotion.
    package var scaleDownDelaySeconds = 30
    /// How many old ReplicaSets may be waiting for their scale-down deadline; nil for any number.
    package var scaleDownDelayRevisionLimit: Int?
    /// How long an aborted canary stays. Nil means for ever (0 in the document).
    package var abortScaleDownDelaySeconds: Int? = 30
    /// Stable shrinks as the canary grows.
    package var dynamicStableScale = false
    package var minPodsPerReplicaSet: Int?
    /// How many of the pods that a step wants suffice to go on; nil for all of them.
    package var progressThreshold: Allowance?
    /// The step from which the background analysis runs; nil where there is none.
    package var backgroundAnalysisFrom: Int?

    package init(steps: [Step], stableService: String?, canaryService: String?) {
        self.steps = steps
        self.stableService = stableService
        self.canaryService = canaryService
    }
}

extension Canary {
    /// What events say of the step at `index` (§4.6): a pause as the document has it.
    func words(for index: Int) -> String {
        guard case .pause = steps[index], let text = pauseTexts[index] else {
            return steps[index].description
        }
        return "pause: \(text)"
    }
}

/// One entry of `strategy.canary.steps` (§1.5).
package enum Step: Hashable, Sendable {
    /// Percent of the traffic, 0...`totalWeight`.
    case setWeight(Int)
    /// Nil is an open pause, which a person ends.
    case pause(seconds: Int?)
    case setCanaryScale(CanaryScale)
    case analysis
    /// Versions that run beside the two sides, with weights and services of their own.
    case experiment
    /// Without headers the route is taken away.
    case setHeaderRoute(name: String, [HeaderMatch])
    /// Nil takes the route away; no entries mean every request.
    case setMirrorRoute(name: String, [RequestMatch]?, percent: Int)
    case plugin(PluginStep)

    /// The words for a step (§4.6).
    package var description: String {
        switch self {
        case .setWeight(let weight): "setWeight: \(weight)"
        case .pause(nil): "pause"
        case .pause(let seconds?): "pause: \(seconds)s"
        case .setCanaryScale(.weight(let weight)): "setCanaryScale{weight: \(weight)}"
        case .setCanaryScale(.replicas(let replicas)): "setCanaryScale{replicas: \(replicas)}"
        case .setCanaryScale(.matchTrafficWeight): "setCanaryScale{matchTrafficWeight: true}"
        case .analysis: "analysis"
        case .experiment: "experiment"
        case .setHeaderRoute(let name, _): "setHeaderRoute: \(name)"
        case .setMirrorRoute(let name, _, _): "setMirrorRoute: \(name)"
        case .plugin(let plugin): "plugin: \(plugin.name)"
        }
    }
}

/// How large the canary is, whatever its traffic weight.
package enum CanaryScale: Hashable, Sendable {
    /// Percent of `spec.replicas`; may exceed 100.
    case weight(Int)
    case replicas(Int)
    case matchTrafficWeight
}
