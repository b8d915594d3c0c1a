/// The rooms of the house and what each may know, as docs/ARCHITECTURE.md draws them. The manifest
/// says the same once more; a change here is a decision, and gets a record in docs/decisions.
enum Rooms {
    static let knows: [String: Set<String>] = [
        "Rollouts": [],
        "Documents": [],
        "Analysis": ["Documents"],
        "KubernetesObjects": ["Documents"],
        "Traffic": ["Rollouts", "KubernetesObjects", "Documents"],
        "Manifests": ["Rollouts", "Analysis", "Traffic", "KubernetesObjects", "Documents"],
        "Curl": [],
        "Extensions": ["Curl", "Documents"],
        "KubernetesClient": ["Curl", "KubernetesObjects", "Documents"],
        "MetricProviders": ["Curl", "Extensions", "Analysis", "Documents"],
        "Notifications": ["Curl", "Analysis", "KubernetesObjects", "Documents"],
        "History": ["Documents"],
        "Serving": [],
        "Assets": [],
        "StatusPage": ["Rollouts", "Analysis", "History", "Documents", "Serving", "Assets"],
        "Controller": [
            "Rollouts", "Documents", "Analysis", "KubernetesObjects", "Traffic", "Manifests",
            "KubernetesClient", "Extensions", "MetricProviders", "Notifications", "History",
        ],
        "ObjectStore": ["KubernetesObjects", "Documents"],
        "LocalCluster": [
            "ObjectStore", "KubernetesObjects", "KubernetesClient", "Documents", "Serving",
        ],
        "Simulation": [
            "ObjectStore", "Controller", "Rollouts", "Documents", "Analysis", "KubernetesObjects",
            "Extensions", "Traffic", "Manifests", "History", "MetricProviders", "Notifications",
        ],
        "sluice": [
            "Rollouts", "Documents", "Analysis", "KubernetesObjects", "Traffic", "Manifests",
            "Curl", "Extensions", "KubernetesClient", "MetricProviders", "Notifications", "History",
            "Serving",
            "Assets", "StatusPage", "Controller", "ObjectStore", "LocalCluster", "Simulation",
        ],
        "embed-assets": [],
    ]

    /// The same value for the same values in, on every machine and at every time.
    static let pure: Set<String> = [
        "Rollouts", "Documents", "Analysis", "KubernetesObjects", "Traffic", "Manifests",
        "ObjectStore",
    ]

    /// Modules of others, and the rooms that wrap them.
    static let lodgers: [String: Set<String>] = [
        "ArgumentParser": ["sluice"],
        // Two stores of different kinds on one library: docs/decisions names why.
        "GRDB": ["History", "LocalCluster"],
        "Hummingbird": ["Serving"],
        "HummingbirdCore": ["Serving"],
        "HTTPTypes": ["Serving"],
        "NIOCore": ["Serving"],
        "ServiceLifecycle": ["Serving", "sluice"],
        "UnixSignals": ["sluice"],
        "Logging": ["Serving", "Controller", "LocalCluster", "sluice"],
        "Mustache": ["StatusPage"],
        "CLibYaml": ["Documents"],
        "CLibCrypto": ["Traffic", "MetricProviders", "Notifications"],
        "CCurlShim": ["Curl"],
        "CProcess": ["LocalCluster", "sluice"],
    ]

    /// What the toolchain brings along.
    static let system: Set<String> = [
        "Foundation", "FoundationEssentials", "Glibc", "Dispatch", "Synchronization",
    ]
}
