import Rollouts

/// A tiny world that carries decisions out at once, so that a test can play a story on `decide`
/// alone. Pods become available one turn after they are asked for, unless the test says otherwise.
struct World {
    var rollout: Rollout
    var replicaSets: [ReplicaSet] = []
    var services: [String: ServiceBinding]
    var weight: Int?
    /// The routes of its own that the router has; nil where it makes none.
    var routes: [ManagedRoute]?
    var notes = RouterNotes()
    /// What versions of experiments get by the router; nil where it takes none.
    var versions: [VersionWeight]?
    var verification = Verification.cannot
    /// What the router says instead of the weight it has.
    var reading: Reading?
    /// Whether the router leads to pods past Services, and says to which.
    var leadsPastServices = false
    /// The revision that it sends the canary's traffic to; nil for the present one.
    var canaryAim: String?
    /// Whether the router is a program of somebody else.
    var isPolled = false
    var runs: [Run] = []
    var experiments: [StepExperiment] = []
    var taken = TakenNames()
    var workload: Workload?
    var pods: [Pod] = []
    private var podsMade = 0
    var memory = Memory()
    var now = Instant(milliseconds: 1_000_000)
    /// How many pods of a hash may be available; nil for all.
    var limits: [String: Int] = [:]
    var templateHash = "h1"
    var broken: [String] = []
    var events: [Event] = []
    /// The weights that were written to the router, in order.
    var weights: [Int] = []
    var writes = 0
    /// What extensions were asked, in order; the last one has no answer yet.
    var asked: [PluginCall] = []
    var refusal: String?
    /// Hashes whose ReplicaSet the server does not take.
    var forbidden: Set<String> = []

    init(steps: [Step], size: Int = 5, stepsHash: String = "s1") {
        var canary = Canary(steps: steps, stableService: "stable", canaryService: "canary")
        canary.scaleDownDelaySeconds = 30
        let spec = Spec(replicas: size, templateHash: "h1", stepsHash: stepsHash, canary: canary)
        rollout = Rollout(
            namespace: "shop", name: "app", generation: 1, revision: nil, spec: spec,
            status: Status())
        services = [
            "stable": ServiceBinding(hash: nil, managedBy: nil),
            "canary": ServiceBinding(hash: nil, managedBy: nil),
        ]
    }

    init(_ plan: BlueGreen, size: Int = 4) {
        let spec = Spec(
            replicas: size, templateHash: "h1", stepsHash: "", strategy: .blueGreen(plan))
        rollout = Rollout(
            namespace: "shop", name: "app", generation: 1, revision: nil, spec: spec,
            status: Status())
        services = [:]
        for name in spec.services { services[name] = ServiceBinding(hash: nil, managedBy: nil) }
    }

    var seen: Snapshot {
        var rollout = rollout
        rollout.spec.templateHash = templateHash
        let carried: Reading =
            weight.map {
                .split(
                    Split(
                        canary: $0, of: rollout.spec.canary.totalWeight, versions: versions ?? []))
            } ?? .unset
        let sets = replicaSets.map { set in
            var set = set
            set.matchesTemplate = set.hash == templateHash
            return set
        }
        var router = RouterSeen(
            kind: "Nginx", reading: reading ?? carried, verification: verification)
        router.isPolled = isPolled
        if leadsPastServices { router.selects = selected(carried) }
        var snapshot = Snapshot(
            rollout: rollout, replicaSets: sets, services: services,
            routers: rollout.spec.canary.hasRouter ? [router] : [],
            runs: runs, refusal: refusal, memory: memory, now: now)
        snapshot.routerNotes = notes
        snapshot.experiments = experiments
        snapshot.taken = taken
        snapshot.workload = workload
        if snapshot.dueRestart != nil { snapshot.pods = pods }
        for index in snapshot.routers.indices {
            snapshot.routers[index].takesVersions = versions != nil
            snapshot.routers[index].routes = routes.map { routes in
                if routes.isEmpty { return .none }
                return routes == snapshot.managedRoutes ? .ofTheStep : .others
            }
        }
        return snapshot
    }

    /// As the subsets of a DestinationRule do.
    private func selected(_ carried: Reading) -> Set<String> {
        guard case .split(let split) = carried, split.canary > 0 else {
            return [rollout.status.stableHash]
        }
        return [rollout.status.stableHash, canaryAim ?? rollout.status.currentPodHash]
    }

    /// The router alone tells the sides apart, if anybody does.
    mutating func takeServicesAway() {
        rollout.spec.canary.stableService = nil
        rollout.spec.canary.canaryService = nil
        services = [:]
    }

    var status: Status { rollout.status }
    func set(_ hash: String) -> ReplicaSet? { replicaSets.first { $0.hash == hash } }

    /// One turn: decides, checks the invariants, carries everything out.
    @discardableResult
    mutating func turn() -> Decision {
        let seen = seen
        let decision = decide(seen)
        broken += brokenInvariants(of: decision, seen) + untoldChanges(by: decision, seen)
        events += decision.events
        if rollout.status != decision.status { writes += 1 }
        rollout.status = decision.status
        memory.stored(decision.status)
        for action in decision.actions { carryOut(action) }
        letPodsStart()
        return decision
    }

    /// What a process takes down of the weight before it decides.
    mutating func look() {
        memory.sawWeight(isBelowCommitted: seen.isBelowCommitted, at: now)
    }

    /// Takes turns until nothing changes any more.
    mutating func settle(limit: Int = 200) {
        for _ in 0..<limit {
            let before = (rollout, replicaSets, services, weight, runs, workload)
            let running = pods, routed = (routes, versions, experiments)
            turn()
            let after = (rollout, replicaSets, services, weight, runs, workload)
            if before == after, running == pods, routed == (routes, versions, experiments) {
                return
            }
        }
        broken.append("the world does not settle")
    }

    mutating func wait(_ seconds: Int) {
        now = now.advanced(bySeconds: seconds)
        settle()
    }

    /// A new template appears.
    mutating func update(to hash: String) {
        templateHash = hash
        rollout.generation += 1
    }

    private mutating func carryOut(_ action: Action) {
        writes += 1
        switch action {
        case .setRolloutReplicas(let count): rollout.spec.replicas = count
        case .noteWorkload(let generation): rollout.workloadGeneration = generation
        case .scaleWorkload(_, let count, let adoption):
            workload?.desired = count
            workload?.adoption = adoption
        case .createReplicaSet(let hash, _) where forbidden.contains(hash):
            memory.refusedReplicaSet = RefusedReplicaSet(hash: hash, why: "over the quota")
        case .createReplicaSet(let hash, let revision): createReplicaSet(hash, revision)
        case .setRolloutRevision(let revision): rollout.revision = revision
        case .setReplicaSetRevision(let name, let revision, let history):
            change(name) {
                $0.revision = revision
                $0.revisionHistory = history
            }
        case .setMinReadySeconds(let name, let seconds):
            change(name) { $0.minReadySeconds = seconds }
        case .scale(let name, _, let count):
            change(name) { $0.desired = count }
            if let size = rollout.spec.replicas { change(name) { $0.rolloutReplicas = size } }
            if count == 0 { change(name) { $0.forgetDeadline() } }
        case .delayScaleDown(let name, let end, let wasStable):
            change(name) { ($0.scaleDownDeadline, $0.wasStable) = (end, wasStable) }
        case .cancelScaleDown(let name): change(name) { $0.forgetDeadline() }
        case .markPromoted(let name, let isTrusted): change(name) { $0.wasPromoted = isTrusted }
        case .setPodMetadata(let name, let text):
            change(name) { ($0.extras.metadata, $0.hasFormerPods) = (text, $0.replicas > 0) }
        case .updatePods(let name): change(name) { $0.hasFormerPods = false }
        case .separate(let name, let separation): change(name) { $0.extras.separation = separation }
        case .evict(let name): pods.removeAll { $0.name == name }
        case .deleteReplicaSet(let name): replicaSets.removeAll { $0.name == name }
        case .bind(let service, _, let hash):
            services[service] = ServiceBinding(hash: hash, managedBy: "app")
        case .route(let split): follow(split)
        case .noteRouters(let isPresent): notes.havePresent = isPresent
        case .setRoutes(let wanted): routes = wanted
        case .startRun(let name, let purpose): startRun(name, purpose)
        case .terminateRun(let name):
            for index in runs.indices where runs[index].name == name {
                runs[index].isTerminating = true
                runs[index].phase = .successful
            }
        case .deleteRun(let name): runs.removeAll { $0.name == name }
        case .startExperiment(let name, _):
            experiments.append(
                StepExperiment(name: name, hash: templateHash, phase: .running, created: now))
        case .terminateExperiment(let name):
            for index in experiments.indices where experiments[index].name == name {
                (experiments[index].isTerminating, experiments[index].phase) = (true, .successful)
            }
        case .deleteExperiment(let name): experiments.removeAll { $0.name == name }
        case .askExtension(let call):
            memory.talk = PluginTalk(call)
            asked.append(call)
        }
    }

    private mutating func startRun(_ name: String, _ purpose: Run.Purpose) {
        runs.append(
            Run(
                name: name, purpose: purpose, hash: templateHash, revision: 1, phase: .running,
                created: now))
    }

    private mutating func follow(_ split: Split) {
        weight = split.canary
        if versions != nil { versions = split.versions }
        weights.append(split.canary)
    }

    private mutating func createReplicaSet(_ hash: String, _ revision: Int) {
        let extras = seen.extrasOfCreated
        replicaSets.append(
            ReplicaSet(
                name: "app-\(hash)", hash: hash, revision: revision,
                created: Instant(milliseconds: now.milliseconds + Int64(replicaSets.count)),
                desired: 0, replicas: 0, ready: 0, available: 0, matchesTemplate: true))
        change("app-\(hash)") { $0.extras = extras }
    }

    mutating func change(_ name: String, _ body: (inout ReplicaSet) -> Void) {
        for index in replicaSets.indices where replicaSets[index].name == name {
            body(&replicaSets[index])
        }
    }

    mutating func letPodsStart() {
        for index in replicaSets.indices {
            let set = replicaSets[index]
            let available = min(set.desired, limits[set.hash] ?? .max)
            replicaSets[index].replicas = set.desired
            replicaSets[index].ready = available
            replicaSets[index].available = available
            letRun(set, available)
        }
        pods.removeAll { pod in !replicaSets.contains { $0.name == pod.replicaSet } }
    }

    /// As many pods as the set asks for, of which the first ones are ready.
    private mutating func letRun(_ set: ReplicaSet, _ available: Int) {
        var own = pods.filter { $0.replicaSet == set.name }
        own.removeLast(max(0, own.count - set.desired))
        while own.count < set.desired {
            podsMade += 1
            own.append(
                Pod(
                    name: "\(set.name)-\(podsMade)", replicaSet: set.name, created: now,
                    isReady: true))
        }
        for index in own.indices { own[index].isReady = index < available }
        pods = pods.filter { $0.replicaSet != set.name } + own
    }

    /// Ends every experiment that is under way as given.
    mutating func endExperiment(_ phase: RunPhase, message: String = "") {
        for index in experiments.indices where !experiments[index].phase.isCompleted {
            experiments[index].phase = phase
            experiments[index].message = message
        }
    }

    /// Ends the named run as given.
    mutating func end(_ phase: RunPhase, message: String = "", where isMeant: (Run) -> Bool) {
        for index in runs.indices where isMeant(runs[index]) {
            runs[index].phase = phase
            runs[index].message = message
        }
    }
}

extension ReplicaSet {
    fileprivate mutating func forgetDeadline() {
        scaleDownDeadline = nil
        wasStable = false
    }
}

/// 10 → 30 → 50 → 100 with open pauses, as the demo's rollout has it.
let fourSteps: [Step] = [
    .setWeight(10), .pause(seconds: nil), .setWeight(30), .pause(seconds: nil), .setWeight(50),
    .pause(seconds: nil), .setWeight(100),
]

/// A world in which revision 1 is stable and serves everything.
func deployed(_ steps: [Step], size: Int = 5) -> World {
    var world = World(steps: steps, size: size)
    world.settle()
    return world
}
