/// Everything that was seen of one rollout at one moment. `decide` knows nothing else.
package struct Snapshot: Hashable, Sendable {
    package var rollout: Rollout
    /// The ReplicaSets that the rollout controls.
    package var replicaSets: [ReplicaSet]
    /// What the services of the rollout select at present, by service name. A service that is
    /// absent here was not found. There may be others that the rollout has moved and names no more.
    package var services: [String: ServiceBinding]
    /// One entry for each router of the rollout, in the order in which they are written.
    package var routers: [RouterSeen]
    /// What the rollout has written down of routers, for the time when its document names others.
    package var routerNotes = RouterNotes()
    package var runs: [Run]
    /// The experiments that the rollout controls.
    package var experiments: [StepExperiment] = []
    /// What the rollout takes its template from; nil where it has one of its own.
    package var workload: Workload?
    /// The pods of its ReplicaSets; nil where nobody needs to know them, which is nearly always.
    package var pods: [Pod]?
    /// What objects of somebody else are called: a name can be had only once in a namespace.
    package var taken = TakenNames()
    /// Why the document cannot be followed: the text of the InvalidSpec condition. Nil for a valid
    /// one.
    package var refusal: String?
    /// The same with everything else that is wrong, as an event tells it; nil where that is all.
    package var refusalInFull: String?
    /// The routes that it names and nobody has made, as they are told of besides.
    package var missing: [Event] = []
    /// What only this process remembers; a fresh one is only more careful.
    package var memory: Memory
    /// After this long a router that has not followed yet is asked again (§6.2 g).
    package var verifySeconds = Snapshot.usualVerifySeconds
    package var now: Instant

    /// What nobody has chosen otherwise (§7.4).
    package static let usualVerifySeconds = 10

    package init(
        rollout: Rollout, replicaSets: [ReplicaSet] = [], services: [String: ServiceBinding] = [:],
        routers: [RouterSeen] = [], runs: [Run] = [], refusal: String? = nil,
        memory: Memory = Memory(),
        now: Instant
    ) {
        self.rollout = rollout
        self.replicaSets = replicaSets
        self.services = services
        self.routers = routers
        self.runs = runs
        self.refusal = refusal
        self.memory = memory
        self.now = now
    }
}

/// Names in the rollout's namespace that its own objects cannot have: a rollout that was deleted
/// and made again meets the objects of the one before it.
package struct TakenNames: Hashable, Sendable {
    package var replicaSets: Set<String>
    package var runs: Set<String>
    package var experiments: Set<String> = []

    package init(replicaSets: Set<String> = [], runs: Set<String> = []) {
        self.replicaSets = replicaSets
        self.runs = runs
    }
}

/// What this process alone remembers of the rollout.
package struct Memory: Hashable, Sendable {
    /// Set from the moment this process decided to give traffic back until the status that says so
    /// is stored.
    package var latch: Latch?
    /// When this process first saw less traffic on the canary than the status had committed to.
    package var lowWeightSince: Instant?
    /// This process knows that no verdict is why the weight is low: it could not raise it, or took
    /// it back for something else and could not say so.
    package var knowsWhyLow = false
    /// The step index this process wrote last, to tell a skipped step from a resumed pause.
    package var lastStepIndex: Int?
    /// The new ReplicaSet that the server refused; nil once it took one.
    package var refusedReplicaSet: RefusedReplicaSet?
    /// The last question to an extension.
    package var talk: PluginTalk?
    /// The refusal that was told last; nil where there was none.
    package var toldRefusal: String?

    package init() {}

    /// Takes down whether the routers carry less than the status has committed to, and since when.
    package mutating func sawWeight(isBelowCommitted: Bool, at now: Instant) {
        lowWeightSince = isBelowCommitted ? lowWeightSince ?? now : nil
        if lowWeightSince == nil { knowsWhyLow = false }
    }
}

/// A release that this process gives up, whatever the stored status says so far.
package struct Latch: Hashable, Sendable {
    package var cause: String
    /// The revision that was judged: the verdict is about no other one.
    package var hash: String

    package init(cause: String, hash: String) {
        self.cause = cause
        self.hash = hash
    }
}

/// A ReplicaSet that could not be created: a quota, an admission rule.
package struct RefusedReplicaSet: Hashable, Sendable {
    package var hash: String
    /// In the server's words.
    package var why: String

    package init(hash: String, why: String) {
        self.hash = hash
        self.why = why
    }
}

/// A ReplicaSet of the rollout.
package struct ReplicaSet: Hashable, Sendable {
    package var name: String
    /// The label `rollouts-pod-template-hash`.
    package var hash: String
    package var revision: Int
    /// Earlier revisions that this same ReplicaSet held (§3.4).
    package var revisionHistory: [Int] = []
    package var created: Instant
    /// `spec.replicas`: how many pods are asked for.
    package var desired: Int
    /// `status.replicas`: how many exist.
    package var replicas: Int
    package var ready: Int
    package var available: Int
    /// The annotation `rollout.argoproj.io/desired-replicas`: the rollout's size when this set was
    /// last scaled.
    package var rolloutReplicas: Int?
    package var minReadySeconds = 0
    package var scaleDownDeadline: Instant?
    /// Whether it waits for its deadline because another revision became stable in its place: then
    /// a return to it needs no trial.
    package var wasStable = false
    /// Whether it has been stable, as far as a rollback window asked for it, and was not given up
    /// since.
    package var wasPromoted = false
    /// Its selector in its string form, for the scale subresource.
    package var selector = ""
    /// What its template has besides the rollout's.
    package var extras = PodExtras()
    /// Whether pods may run with the metadata that it had before.
    package var hasFormerPods = false
    /// Whether its template equals the rollout's in meaning, whatever its hash says (§3.1).
    package var matchesTemplate: Bool
    /// Whether its status speaks of its present spec.
    package var isObserved = true
    package var isDeleting = false
    /// Its ReplicaFailure condition; nil where it has none.
    package var failure: Failure?

    package init(
        name: String, hash: String, revision: Int, created: Instant, desired: Int, replicas: Int,
        ready: Int, available: Int, matchesTemplate: Bool
    ) {
        self.name = name
        self.hash = hash
        self.revision = revision
        self.created = created
        self.desired = desired
        self.replicas = replicas
        self.ready = ready
        self.available = available
        self.matchesTemplate = matchesTemplate
    }
}

/// A pod of a ReplicaSet.
package struct Pod: Hashable, Sendable {
    package var name: String
    /// By name.
    package var replicaSet: String
    package var created: Instant
    package var isReady: Bool
    package var isDeleting: Bool

    package init(
        name: String, replicaSet: String, created: Instant, isReady: Bool, isDeleting: Bool = false
    ) {
        self.name = name
        self.replicaSet = replicaSet
        self.created = created
        self.isReady = isReady
        self.isDeleting = isDeleting
    }
}

/// What a service selects.
package struct ServiceBinding: Hashable, Sendable {
    /// The hash in its selector; nil where it has none.
    package var hash: String?
    /// The annotation `argo-rollouts.argoproj.io/managed-by-rollouts`.
    package var managedBy: String?

    package init(hash: String?, managedBy: String?) {
        self.hash = hash
        self.managedBy = managedBy
    }
}

/// How traffic is divided: `canary` of `total` parts go to the canary service, each version of an
/// experiment gets its own, and the rest goes to stable.
package struct Split: Hashable, Sendable {
    package var canary: Int
    package var total: Int
    /// By the names of their Services, in order.
    package var versions: [VersionWeight]

    package init(canary: Int, of total: Int, versions: [VersionWeight] = []) {
        self.canary = canary
        self.total = total
        self.versions = versions
    }

    /// What is left for stable.
    package var stable: Int { versions.reduce(total - canary) { $0 - $1.weight } }
}

/// A version of an experiment that gets so many parts of the traffic.
package struct VersionWeight: Hashable, Sendable {
    package var service: String
    package var weight: Int

    package init(service: String, weight: Int) {
        self.service = service
        self.weight = weight
    }
}

/// What a router says about itself.
package struct RouterSeen: Hashable, Sendable {
    /// As events name it: `Nginx`, `sluice/route-policy`.
    package var kind: String
    package var reading: Reading
    package var verification: Verification
    /// Nil for a router that makes no routes for single requests.
    package var routes: RoutesSeen?
    /// The revisions whose pods its objects lead to past any service.
    package var selects: Set<String> = []
    /// Whether nothing tells of its changes, so that it is looked at again and again.
    package var isPolled = false
    /// Whether it can divide traffic between more than two sides.
    package var takesVersions = false

    package init(
        kind: String, reading: Reading, verification: Verification, routes: RoutesSeen? = nil
    ) {
        self.kind = kind
        self.reading = reading
        self.verification = verification
        self.routes = routes
    }
}

extension RouterSeen {
    /// Whether this router gives the canary, or a version, less than `split` does. A former one
    /// only goes down.
    func isRaised(by split: Split) -> Bool {
        let split = takesVersions ? split : Split(canary: split.canary, of: split.total)
        return switch reading {
        case .split(let own): split.exceeds(own)
        case .unset: split.exceeds(Split(canary: 0, of: split.total))
        case .former, .unreadable: false
        }
    }
}

extension Split {
    /// Whether it gives the canary, or a version, more than `own` does.
    package func exceeds(_ own: Split) -> Bool {
        canary > own.canary
            || versions.contains { version in
                version.weight > own.versions.first { $0.service == version.service }?.weight ?? 0
            }
    }

    /// This split as far as it gives nobody more than `reading` does: what goes back raises no
    /// router that has less than the others.
    package func lowered(to reading: Reading) -> Split {
        let own: Split
        switch reading {
        case .split(let split): own = split
        case .unset: own = Split(canary: 0, of: total)
        case .former, .unreadable: return self
        }
        let held = versions.compactMap { version -> VersionWeight? in
            guard let has = own.versions.first(where: { $0.service == version.service }) else {
                return nil
            }
            return VersionWeight(
                service: version.service, weight: min(version.weight, has.weight))
        }
        return Split(canary: min(canary, own.canary), of: total, versions: held)
    }
}

/// What a rollout has written down on itself of the routers that it sent traffic by. By it the
/// objects are found that its document names no more.
package struct RouterNotes: Hashable, Sendable {
    /// Whether the present routers could not be found again without a note.
    package var areNeeded = false
    /// Whether the present routers are among them.
    package var havePresent = false
    /// Whether there is no room for the present routers: too many others still send something to
    /// the canary, and none of them may be forgotten.
    package var areFull = false
    /// Whether there are some of routers that send nothing to the canary any more, and that the
    /// document does not name.
    package var haveSpent = false

    package init() {}
}

/// What the objects of a router say.
package enum Reading: Hashable, Sendable {
    /// The router objects carry this split.
    case split(Split)
    /// The router was never written: all traffic is on stable.
    case unset
    /// Objects that the document names no more still carry this. They go down with the canary, and
    /// go when it has nothing.
    case former(Split)
    /// The router objects cannot be read as a split, or must not be touched; the reason says why.
    case unreadable(String)
}

/// Whether the data plane follows the router's objects.
package enum Verification: Hashable, Sendable {
    case yes
    case no(String)
    /// This kind of router has no way to tell.
    case cannot
}

/// An analysis run that belongs to the rollout.
package struct Run: Hashable, Sendable {
    /// What a run judges.
    package enum Purpose: Hashable, Sendable {
        case step(Int)
        case background
        case prePromotion
        case postPromotion
    }

    package var name: String
    package var purpose: Purpose
    package var hash: String
    package var revision: Int
    package var phase: RunPhase
    package var message: String
    package var created: Instant
    /// `spec.terminate`.
    package var isTerminating: Bool
    /// When the last measurement that was good started; nil where there is none.
    package var lastGoodMeasurement: Instant?
    /// The numbers that a completed run ended on, in one line: `error-rate 0.08 fails result[0] <=
    /// 0.01`.
    package var evidence = ""

    package init(
        name: String, purpose: Purpose, hash: String, revision: Int, phase: RunPhase,
        message: String = "",
        created: Instant, isTerminating: Bool = false, lastGoodMeasurement: Instant? = nil
    ) {
        self.name = name
        self.purpose = purpose
        self.hash = hash
        self.revision = revision
        self.phase = phase
        self.message = message
        self.created = created
        self.isTerminating = isTerminating
        self.lastGoodMeasurement = lastGoodMeasurement
    }
}

/// How an analysis run stands (§5.6).
package enum RunPhase: String, Hashable, Sendable, CaseIterable {
    case pending = "Pending"
    case running = "Running"
    case successful = "Successful"
    case failed = "Failed"
    case error = "Error"
    case inconclusive = "Inconclusive"

    package var isCompleted: Bool {
        switch self {
        case .pending, .running: false
        case .successful, .failed, .error, .inconclusive: true
        }
    }
}
