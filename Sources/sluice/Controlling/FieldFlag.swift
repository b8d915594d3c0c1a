import KubernetesObjects

/// A flag of Argo Rollouts' controller, or a variable that it reads, and what becomes of it here
/// (rollout-semantics §7.4). This is the only list: it reads what `ControllerCommand` leaves, and
/// docs/FLAGS.md shows it.
struct FieldFlag: Sendable {
    /// What becomes of a flag.
    enum Fate: Sendable {
        /// It means the same here. The text says what else there is to know.
        case taken(String = "")
        /// It is read and changes nothing. The text says why.
        case idle(String)
        /// It would be missed: refused with the reason and what to do instead, but for values that
        /// ask for what happens here anyway.
        case refused(String, but: [String] = [])
    }

    /// As it is written: `--qps`, `-s`.
    let name: String
    let fate: Fate
    /// Whether the flag alone says it; others need a value.
    var isSwitch = false

    private init(_ name: String, _ fate: Fate, isSwitch: Bool = false) {
        self.name = name
        self.fate = fate
        self.isSwitch = isSwitch
    }

    /// In the order in which that controller's help has them.
    static let all = own + elections + queues + routers + connections

    private static let own = [
        FieldFlag("--rollout-resync", .taken("From 10 to 86400.")),
        FieldFlag(
            "--namespaced", .taken("The namespaces of `--namespace`, else the controller's own."),
            isSwitch: true),
        FieldFlag("--instance-id", .taken()),
        FieldFlag("--loglevel", .taken()),
        FieldFlag("--logformat", .taken()),
        FieldFlag("--kloglevel", .idle("There is no klog; `--loglevel` is for all lines.")),
        FieldFlag("--metricsPort", .taken("0 for none.")),
        FieldFlag("--metricsport", .taken("The old name of `--metricsPort`.")),
        FieldFlag("--healthzPort", .taken("0 for none.")),
        FieldFlag("--self-service-notification-enabled", .taken(), isSwitch: true),
        FieldFlag("--version", .taken(), isSwitch: true),
        FieldFlag(
            "--controllers",
            .refused(
                "all kinds are followed here; leave it out, or give each controller an "
                    + "--instance-id to share the cluster with another one")),
        FieldFlag(
            "--enable-pprof-address",
            .idle("There is nothing of Go to profile; `/metrics` tells of the process.")),
    ]

    private static let elections = [
        FieldFlag("--leader-elect", .taken(), isSwitch: true),
        FieldFlag("--leader-election-lease-duration", .taken("Whole seconds.")),
        FieldFlag("--leader-election-renew-deadline", .taken("At most two thirds of the former.")),
        FieldFlag("--leader-election-retry-period", .taken("At most half of the former.")),
    ]

    private static let queues = [
        FieldFlag("--rollout-threads", .taken()),
        FieldFlag("--experiment-threads", .taken()),
        FieldFlag("--analysis-threads", .taken()),
        FieldFlag("--service-threads", .idle(noQueue)),
        FieldFlag("--ingress-threads", .idle(noQueue)),
        FieldFlag("--ephemeral-metadata-threads", .idle(inTheTurn)),
        FieldFlag("--ephemeral-metadata-update-pod-retries", .idle(inTheTurn)),
        FieldFlag("--qps", .idle(noThrottle)),
        FieldFlag("--burst", .idle(noThrottle)),
    ]

    private static let routers = [
        FieldFlag(
            "--traefik-api-group",
            .refused(
                "only \(Resource.traefikServices.group) is known, which Traefik has since 2.10; "
                    + "move the TraefikServices there", but: [Resource.traefikServices.group])),
        FieldFlag(
            "--traefik-api-version",
            .refused(
                "only \(Resource.traefikServices.apiVersion) is known, which Traefik has since "
                    + "2.10; move the TraefikServices there",
                but: [Resource.traefikServices.apiVersion, Resource.traefikServices.version])),
        FieldFlag(
            "--ingress-api-version",
            .refused(
                "only \(Resource.ingresses.apiVersion) is known, which servers have since 1.19; "
                    + "leave it out", but: ["", Resource.ingresses.apiVersion, "networking/v1"])),
        FieldFlag("--istio-api-version", .idle(asked)),
        FieldFlag("--traffic-split-api-version", .idle(asked)),
        FieldFlag("--ambassador-api-version", .idle(asked)),
        FieldFlag("--appmesh-crd-version", .idle(asked)),
        FieldFlag("--nginx-ingress-classes", .idle(anyClass)),
        FieldFlag("--alb-ingress-classes", .idle(anyClass)),
        FieldFlag("--aws-verify-target-group", .refused(noTargets, but: ["false"]), isSwitch: true),
        FieldFlag("--alb-verify-weight", .refused(noTargets, but: ["false"]), isSwitch: true),
        FieldFlag("--aws-target-group-binding-api-version", .idle(onlyVerifying)),
        FieldFlag("--alb-tag-key-resource-id", .idle(onlyVerifying)),
    ]

    private static let connections =
        [
            FieldFlag("--kubeconfig", .taken()),
            FieldFlag("--context", .taken()),
            FieldFlag("--server", .taken()),
            FieldFlag(
                "--namespace",
                .taken(
                    "Also several: `-n a,b`, `-n a -n b`. Without `--namespaced` all namespaces "
                        + "are looked at.")),
            FieldFlag("-n", .taken("`--namespace`.")),
            FieldFlag("--request-timeout", .taken()),
            FieldFlag("-s", .refused("write it out: --server")),
        ]
        + [
            "--as", "--as-group", "--as-uid", "--as-user-extra", "--certificate-authority",
            "--client-certificate", "--client-key", "--cluster", "--password", "--proxy-url",
            "--tls-server-name", "--token", "--user", "--username",
        ].map { FieldFlag($0, .refused(inKubeconfig)) }
        + ["--disable-compression", "--insecure-skip-tls-verify"].map {
            FieldFlag($0, .refused(inKubeconfig, but: ["false"]), isSwitch: true)
        }

    /// What it reads from its environment.
    static let variables = [
        FieldFlag("ARGO_ROLLOUTS_PROMETHEUS_ADDRESS", .taken("Also `--prometheus`.")),
        FieldFlag("POD_NAMESPACE", .taken("Where the Lease is, and what is the controller's own.")),
        FieldFlag(
            "ROLLOUT_VERIFY_RETRY_INTERVAL",
            .taken(
                "After how many seconds a router that has not followed yet is asked again, from 1 "
                    + "to 3600. There a number has no effect, and what is none means 0; here that "
                    + "is refused.")),
        FieldFlag(
            "ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE",
            .taken(
                "Jobs there have no owner: one whose run is gone is deleted, or where nobody saw "
                    + "that go, a day after its end (or as its `ttlSecondsAfterFinished` says). "
                    + "Give them `activeDeadlineSeconds`, and change the variable while no "
                    + "analysis runs.")),
        FieldFlag(
            "ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG",
            .refused(
                "Jobs run in the cluster of their AnalysisRun; leave it out, and let an extension "
                    + "or a web metric ask for what another cluster measures",
                but: ["", "in-cluster"])),
    ]
}

private let noQueue = "Services and Ingresses are looked after in the turn of their rollout."
private let inTheTurn =
    "Pods get their metadata in the turn of their rollout, and again in its next."
private let noThrottle =
    "Requests are not held back here: a server says itself when it has too many, and is obeyed."
private let asked = "The server is asked which of the known versions it has."
private let anyClass = "The Ingresses that a rollout names are written, of whatever class."
private let onlyVerifying = "It matters only where target groups are verified."
private let noTargets =
    "AWS is not asked whether its load balancers have followed; leave it out, and give the step a "
    + "pause or an analysis instead"
private let inKubeconfig = "write it into a kubeconfig, and name that with --kubeconfig"
