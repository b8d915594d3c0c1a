/// The rollout's status as clients read it (rollout-semantics §2.1). It is the only memory the
/// controller relies on.
package struct Status: Hashable, Sendable {
    /// A decimal string on the wire.
    package var observedGeneration = ""
    package var currentPodHash = ""
    package var currentStepHash = ""
    /// 0...steps.count, where `steps.count` means finished. Nil without steps.
    package var currentStepIndex: Int?
    /// The hash of the last promoted ReplicaSet; "" until the initial deploy.
    package var stableHash = ""
    package var replicas = 0
    package var updatedReplicas = 0
    package var readyReplicas = 0
    package var availableReplicas = 0
    package var hpaReplicas = 0
    package var selector = ""
    package var pauseConditions: [PauseCondition] = []
    /// Set with the first pause condition. True without conditions means that a user resumed.
    package var controllerPause = false
    package var isAborted = false
    package var abortedAt: Instant?
    package var promoteFull = false
    /// The `restartAt` that was carried out last.
    package var restartedAt: Instant?
    package var collisionCount: Int?
    package var conditions: [Condition] = []
    /// Nil before the first status write.
    package var phase: Phase?
    package var message = ""
    /// The generation of the workload that this status is about; "" without one.
    package var workloadObservedGeneration = ""
    package var stepRun: RunMirror?
    package var backgroundRun: RunMirror?
    /// The name of the experiment of the present step; "" without one.
    package var currentExperiment = ""
    /// What extensions have done, in the order in which they were asked.
    package var plugins: [PluginStatus] = []
    package var weights: Weights?
    /// Which of two services that take turns is stable; nil before the first promotion.
    package var stablePingPong: PingPong?
    package var blueGreen = BlueGreenStatus()

    package init() {}

    /// The runs that the status speaks of.
    var runs: [RunMirror] {
        [stepRun, backgroundRun, blueGreen.preRun, blueGreen.postRun].compactMap(\.self)
    }

    /// Whether a stable revision is there, and another one, of this hash, is on its way.
    package func isUpdating(to hash: String) -> Bool { !stableHash.isEmpty && stableHash != hash }

    package subscript(_ type: Condition.Kind) -> Condition? {
        conditions.first { $0.type == type }
    }
}

/// `status.phase` (§2.2).
package enum Phase: String, Hashable, Sendable {
    case healthy = "Healthy"
    case progressing = "Progressing"
    case paused = "Paused"
    case degraded = "Degraded"
}

/// An entry of `status.pauseConditions` (§4.9).
package struct PauseCondition: Hashable, Sendable {
    /// Why the rollout is paused.
    package enum Reason: String, Hashable, Sendable {
        case canaryPauseStep = "CanaryPauseStep"
        case inconclusiveAnalysisRun = "InconclusiveAnalysisRun"
        case blueGreenPause = "BlueGreenPause"
        case inconclusiveExperiment = "InconclusiveExperiment"
    }

    package var reason: Reason
    package var startTime: Instant

    package init(reason: Reason, startTime: Instant) {
        self.reason = reason
        self.startTime = startTime
    }
}

/// A line of `status.conditions` (§2.3).
package struct Condition: Hashable, Sendable {
    /// The types of conditions (§2.3).
    package enum Kind: String, Hashable, Sendable {
        case progressing = "Progressing"
        case available = "Available"
        case paused = "Paused"
        case completed = "Completed"
        case healthy = "Healthy"
        case replicaFailure = "ReplicaFailure"
        case invalidSpec = "InvalidSpec"
        case invalidExperimentSpec = "InvalidExperimentSpec"
    }

    /// `status` of a condition.
    package enum Truth: String, Hashable, Sendable {
        case yes = "True"
        case no = "False"
        case unknown = "Unknown"
    }

    package var type: Kind
    package var truth: Truth
    package var reason: String
    package var message: String
    package var lastUpdate: Instant
    package var lastTransition: Instant

    package init(
        type: Kind, truth: Truth, reason: String, message: String, lastUpdate: Instant,
        lastTransition: Instant
    ) {
        self.type = type
        self.truth = truth
        self.reason = reason
        self.message = message
        self.lastUpdate = lastUpdate
        self.lastTransition = lastTransition
    }
}

/// What the rollout's status repeats of an analysis run (§5.8).
package struct RunMirror: Hashable, Sendable {
    package var name: String
    package var phase: RunPhase
    package var message: String

    package init(name: String, phase: RunPhase, message: String = "") {
        self.name = name
        self.phase = phase
        self.message = message
    }
}

/// The weights that were asked of the routers, and whether a router confirmed them (§2.1).
package struct Weights: Hashable, Sendable {
    package var canary: WeightDestination
    package var stable: WeightDestination
    /// Versions of an experiment, and those that a router still leads to, with 0.
    package var additional: [WeightDestination] = []
    /// Nil: no router can tell. False: not yet.
    package var verified: Bool?

    package init(canary: WeightDestination, stable: WeightDestination, verified: Bool? = nil) {
        self.canary = canary
        self.stable = stable
        self.verified = verified
    }
}

/// One side of the traffic: its weight, and the service and pods that it goes to.
package struct WeightDestination: Hashable, Sendable {
    package var weight: Int
    package var serviceName: String
    package var podTemplateHash: String

    package init(weight: Int, serviceName: String = "", podTemplateHash: String = "") {
        self.weight = weight
        self.serviceName = serviceName
        self.podTemplateHash = podTemplateHash
    }
}
