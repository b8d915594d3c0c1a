import Rollouts

/// A tiny world of one experiment that carries decisions out at once. Pods become available one
/// turn after they are asked for, unless the test says otherwise.
struct ExperimentWorld {
    var experiment: Experiment
    var replicaSets: [String: ReplicaSet] = [:]
    var services: [String: String] = [:]
    var runs: [ExperimentRun] = []
    var taken = TakenNames()
    var routed: Set<String> = []
    var problems: [String: String] = [:]
    var obstacles: [String: String] = [:]
    var refusal: String?
    var now = Instant(milliseconds: 1_000_000)
    /// How many pods of a template may be available; nil for all.
    var limits: [String: Int] = [:]
    var events: [Event] = []
    var writes = 0
    /// Actions of a turn that are carried out before the process dies; nil for all.
    var lifetime: Int?

    init(templates: [String] = ["baseline", "canary"], analyses: [String: Bool] = [:]) {
        experiment = Experiment(
            name: "trial", templates: templates.map(Experiment.Template.init),
            status: ExperimentStatus())
        experiment.analyses = analyses.sorted { $0.key < $1.key }.map { name, isRequired in
            var analysis = Experiment.AnalysisPlan(name: name)
            analysis.isRequired = isRequired
            return analysis
        }
    }

    var seen: ExperimentSnapshot {
        var seen = ExperimentSnapshot(experiment, now: now)
        seen.replicaSets = replicaSets
        seen.services = services
        seen.runs = runs
        seen.taken = taken
        seen.routed = routed
        seen.problems = problems
        seen.obstacles = obstacles
        seen.refusal = refusal
        return seen
    }

    var status: ExperimentStatus { experiment.status }
    var phases: [TemplatePhase?] { status.templates.map(\.phase) }
    var pods: [Int] { replicaSets.sorted { $0.key < $1.key }.map(\.value.desired) }

    @discardableResult
    mutating func turn() -> ExperimentDecision {
        let decision = decide(seen)
        events += decision.events
        if experiment.status != decision.status { writes += 1 }
        experiment.status = decision.status
        for action in decision.actions.prefix(lifetime ?? .max) { carryOut(action) }
        letPodsStart()
        return decision
    }

    /// Takes turns until nothing changes any more.
    mutating func settle() {
        for _ in 0..<50 {
            let before = (experiment, replicaSets, services, runs)
            turn()
            if before == (experiment, replicaSets, services, runs) { return }
        }
        events.append(Event("Unsettled", "the world does not settle"))
    }

    mutating func wait(_ seconds: Int) {
        now = now.advanced(bySeconds: seconds)
        settle()
    }

    mutating func end(_ analysis: String, _ phase: RunPhase, _ message: String = "") {
        let name = status.analyses.first { $0.name == analysis }?.run
        for index in runs.indices where runs[index].name == name {
            runs[index].phase = phase
            runs[index].message = message
        }
        settle()
    }

    private mutating func carryOut(_ action: ExperimentAction) {
        writes += 1
        switch action {
        case .createReplicaSet(let name, let template):
            replicaSets[template] = ReplicaSet(
                name: name, hash: "hash-of-\(template)", revision: 0, created: now, desired: 0,
                replicas: 0, ready: 0, available: 0, matchesTemplate: true)
        case .scale(let name, _, let count):
            change(name) {
                $0.desired = count
                if count == 0 { $0.scaleDownDeadline = nil }
            }
        case .delayScaleDown(let name, let end): change(name) { $0.scaleDownDeadline = end }
        case .cancelScaleDown(let name): change(name) { $0.scaleDownDeadline = nil }
        case .createService(let name, let template): services[template] = name
        case .deleteService(let name): services = services.filter { $0.value != name }
        case .startRun(let name, _): runs.append(ExperimentRun(name: name, phase: .running))
        case .terminateRun(let name):
            for index in runs.indices where runs[index].name == name {
                runs[index].isTerminating = true
                runs[index].phase = .successful
            }
        }
    }

    private mutating func change(_ name: String, _ body: (inout ReplicaSet) -> Void) {
        for (template, set) in replicaSets where set.name == name {
            var set = set
            body(&set)
            replicaSets[template] = set
        }
    }

    private mutating func letPodsStart() {
        for (template, set) in replicaSets {
            let available = min(set.desired, limits[template] ?? .max)
            replicaSets[template]?.replicas = set.desired
            replicaSets[template]?.ready = available
            replicaSets[template]?.available = available
        }
    }
}
