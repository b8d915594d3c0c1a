// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, in the order in which they may know each other (docs/ARCHITECTURE.md).
// `knows` is checked once more, against the import lines themselves, by Tests/HouseTests.

let argumentParser = lodger("ArgumentParser", "swift-argument-parser")
let grdb = lodger("GRDB", "GRDB.swift")
let hummingbird = lodger("Hummingbird", "hummingbird")
let lifecycle = lodger("ServiceLifecycle", "swift-service-lifecycle")
let logging = lodger("Logging", "swift-log")
let mustache = lodger("Mustache", "swift-mustache")

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["sluice"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        // No traits: swift-configuration and full Foundation stay out of the build.
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CLibYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .target(name: "CCurlShim", dependencies: ["CLibCurl"]),
        .target(name: "CProcess"),

        room("Rollouts"),
        room("Documents", lodgers: ["CLibYaml"]),
        room("Analysis", knows: ["Documents"]),
        room("KubernetesObjects", knows: ["Documents"]),
        room(
            "Traffic", knows: ["Rollouts", "KubernetesObjects", "Documents"],
            lodgers: ["CLibCrypto"]),
        room(
            "Manifests",
            knows: ["Rollouts", "Analysis", "Traffic", "KubernetesObjects", "Documents"]),
        room("Curl", lodgers: ["CCurlShim"]),
        room("Extensions", knows: ["Curl", "Documents"]),
        room("KubernetesClient", knows: ["Curl", "KubernetesObjects", "Documents"]),
        room(
            "MetricProviders", knows: ["Curl", "Extensions", "Analysis", "Documents"],
            lodgers: ["CLibCrypto"]),
        room(
            "Notifications", knows: ["Curl", "Analysis", "KubernetesObjects", "Documents"],
            lodgers: ["CLibCrypto"]),
        room("History", knows: ["Documents"], lodgers: [grdb]),
        room("Serving", lodgers: [hummingbird, lifecycle, logging]),
        room("Assets", plugins: ["EmbedAssets"]),
        room(
            "StatusPage",
            knows: ["Rollouts", "Analysis", "History", "Documents", "Serving", "Assets"],
            lodgers: [mustache]),
        room(
            "Controller",
            knows: [
                "Rollouts", "Documents", "Analysis", "KubernetesObjects", "Traffic", "Manifests",
                "KubernetesClient", "Extensions", "MetricProviders", "Notifications", "History",
            ],
            lodgers: [logging]),
        room("ObjectStore", knows: ["KubernetesObjects", "Documents"]),
        room(
            "LocalCluster",
            knows: [
                "ObjectStore", "KubernetesObjects", "KubernetesClient", "Documents", "Serving",
            ],
            lodgers: [grdb, logging, "CProcess"]),
        room(
            "Simulation",
            knows: [
                "ObjectStore", "Controller", "Rollouts", "Documents", "Analysis",
                "KubernetesObjects", "Extensions",
                "Traffic", "Manifests", "History", "MetricProviders", "Notifications",
            ]),
        .executableTarget(
            name: "sluice",
            dependencies: [
                "Rollouts", "Documents", "Analysis", "KubernetesObjects", "Traffic", "Manifests",
                "Curl", "Extensions",
                "KubernetesClient", "MetricProviders", "Notifications", "History", "Serving",
                "Assets", "StatusPage", "Controller", "ObjectStore", "LocalCluster", "Simulation",
                argumentParser, lifecycle, logging, "CProcess",
            ],
            swiftSettings: house()),

        .executableTarget(name: "embed-assets"),
        .plugin(name: "EmbedAssets", capability: .buildTool(), dependencies: ["embed-assets"]),
    ]
        + tests([
            "Rollouts": ["Rollouts"],
            "Documents": ["Documents"],
            "Analysis": ["Analysis", "Documents"],
            "KubernetesObjects": ["KubernetesObjects", "Documents"],
            "Traffic": ["Traffic", "Rollouts", "KubernetesObjects", "Documents"],
            "Manifests": [
                "Manifests", "Rollouts", "Analysis", "Traffic", "KubernetesObjects", "Documents",
            ],
            "Curl": ["Curl"],
            "KubernetesClient": ["KubernetesClient", "Curl", "KubernetesObjects", "Documents"],
            "Extensions": ["Extensions", "Curl", "Documents"],
            "MetricProviders": [
                "MetricProviders", "Curl", "Extensions", "Analysis", "Documents", "Serving",
            ],
            "Notifications": [
                "Notifications", "Curl", "KubernetesObjects", "Documents",
            ],
            "History": ["History", "Documents"],
            "Serving": ["Serving", "Curl"],
            "StatusPage": [
                "StatusPage", "Rollouts", "Analysis", "History", "Documents", "Serving", "Assets",
            ],
            "Assets": ["Assets", "Documents", "Manifests", "Analysis"],
            "ObjectStore": ["ObjectStore", "KubernetesObjects", "Documents"],
            "LocalCluster": [
                "LocalCluster", "ObjectStore", "KubernetesObjects", "KubernetesClient", "Documents",
                "Serving", "Curl",
            ],
            "Controller": [
                "Controller", "Rollouts", "Documents", "Curl", "KubernetesObjects",
                "KubernetesClient", "Extensions", "History", "Traffic", "Manifests", "Assets",
                "Notifications",
            ],
            "Simulation": [
                "Simulation", "ObjectStore", "Controller", "Rollouts", "Documents", "Analysis",
                "KubernetesObjects", "Traffic", "Manifests", "History", "MetricProviders",
            ],
            "Sluice": [
                "sluice", "Analysis", "Assets", "Controller", "Curl", "Documents", "Extensions",
                "History",
                "KubernetesClient", "KubernetesObjects", "LocalCluster", "Manifests",
                "MetricProviders", "Notifications", "ObjectStore", "Serving", "Simulation",
                "StatusPage", "Traffic",
            ],
            // The program itself, as a process: it is only built. What is imported asks the servers
            // that it talks to, or stands between.
            "EndToEnd": [
                "sluice", "Curl", "Documents", "KubernetesClient", "KubernetesObjects", "Manifests",
                "Serving", "Traffic",
            ],
            "House": [],
        ]),
    swiftLanguageModes: [.v6]
)

/// Swift settings of every room: `any` is written out, and a member comes from a module the file
/// imports.
func house() -> [SwiftSetting] {
    [.enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility")]
}

/// One room of the house: a target that may import the rooms it `knows` and wraps the `lodgers` it
/// is given.
func room(
    _ name: String, knows rooms: [String] = [], lodgers: [Target.Dependency] = [],
    plugins: [Target.PluginUsage]? = nil
) -> Target {
    // What these do is most of each turn: optimized in a debug build, too. None of them asserts
    // anything (docs/decisions/0017).
    let pure: Set = [
        "Rollouts", "Documents", "Analysis", "KubernetesObjects", "Traffic", "Manifests",
        "ObjectStore",
    ]
    let optimized = SwiftSetting.unsafeFlags(["-O"], .when(configuration: .debug))
    return .target(
        name: name, dependencies: rooms.map { .byName(name: $0) } + lodgers,
        swiftSettings: house() + (pure.contains(name) ? [optimized] : []), plugins: plugins)
}

/// A library of somebody else's, named by product and package.
func lodger(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package)
}

/// One test target for each room, `Tests` mirroring `Sources`.
func tests(_ rooms: [String: [String]]) -> [Target] {
    // Recorded stories and pages are read from the checkout.
    let recorded = [
        "Simulation": ["Scenarios"], "StatusPage": ["Golden"], "Sluice": ["Golden"],
        "Controller": ["Golden"],
    ]
    return rooms.sorted { $0.key < $1.key }.map { name, used in
        .testTarget(
            name: "\(name)Tests", dependencies: used.map { .byName(name: $0) },
            exclude: recorded[name] ?? [], swiftSettings: house())
    }
}
