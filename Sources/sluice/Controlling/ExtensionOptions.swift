import ArgumentParser
import Curl
import Extensions
import Manifests
import Traffic

/// The programs of other people that are asked for what is not built in (docs/EXTENDING.md).
struct ExtensionOptions: ParsableArguments {
    @Option(
        name: .customLong("metric-plugin"),
        help: ArgumentHelp(
            "An extension that measures: http://127.0.0.1:PORT or unix:/PATH. Repeatable.",
            valueName: "name=url"))
    var metricPlugins: [ExtensionEntry] = []

    @Option(
        name: .customLong("step-plugin"),
        help: ArgumentHelp("An extension that takes steps. Repeatable.", valueName: "name=url"))
    var stepPlugins: [ExtensionEntry] = []

    @Option(
        name: .customLong("disable-step-plugin"),
        help: ArgumentHelp(
            "An extension whose steps are passed without it. Repeatable.", valueName: "name"))
    var disabledSteps: [String] = []

    @Option(
        name: .customLong("router-plugin"),
        help: ArgumentHelp("An extension that divides traffic. Repeatable.", valueName: "name=url"))
    var routerPlugins: [ExtensionEntry] = []

    @Flag(
        name: .customLong("extensions-anywhere"),
        help: "Extensions may be on other machines.")
    var isAnywhere = false

    func validate() throws {
        _ = try registered()
    }

    func registered() throws -> RegisteredExtensions {
        for entry in routerPlugins where RouterKind.named(entry.name, isPlugin: true) != nil {
            throw ValidationError(
                "--router-plugin \(entry.name): a router of that name is built in")
        }
        return RegisteredExtensions(
            metrics: try addresses(metricPlugins, "--metric-plugin"),
            steps: try addresses(stepPlugins, "--step-plugin"),
            disabledSteps: Set(disabledSteps),
            routers: try addresses(routerPlugins, "--router-plugin"))
    }

    private func addresses(
        _ entries: [ExtensionEntry], _ flag: String
    ) throws -> [String: ExtensionAddress] {
        var addresses: [String: ExtensionAddress] = [:]
        for entry in entries {
            if addresses[entry.name] != nil {
                throw ValidationError("\(flag) names \(entry.name) twice")
            }
            do throws(ExtensionAddressFault) {
                addresses[entry.name] = try ExtensionAddress(entry.address, anywhere: isAnywhere)
            } catch {
                throw ValidationError("\(flag) \(entry.name): \(error)")
            }
        }
        return addresses
    }
}

/// The extensions that this process knows, by what they do and by name.
struct RegisteredExtensions: Sendable {
    var metrics: [String: ExtensionAddress] = [:]
    var steps: [String: ExtensionAddress] = [:]
    /// Those whose steps are passed.
    var disabledSteps: Set<String> = []
    var routers: [String: ExtensionAddress] = [:]

    /// The names, for whoever reads documents.
    var plugins: Plugins {
        Plugins(
            metrics: Set(metrics.keys), steps: Set(steps.keys), disabledSteps: disabledSteps,
            routers: Set(routers.keys))
    }
}

/// `NAME=URL`.
struct ExtensionEntry: ExpressibleByArgument, Hashable {
    let name: String
    let address: String

    init?(argument: String) {
        guard let separator = argument.firstIndex(of: "="), separator > argument.startIndex else {
            return nil
        }
        name = String(argument[..<separator])
        address = String(argument[argument.index(after: separator)...])
    }
}

extension ExtensionCaller {
    /// Asks over HTTP, through the proxies of the environment where an extension is elsewhere.
    static func live(
        _ addresses: [String: ExtensionAddress], timeoutSeconds: Int = usualTimeoutSeconds
    ) throws(CommandFailure) -> Self {
        let proxies = try ProxyRules.ofEnvironment()
        let client = CurlClient()
        return ExtensionCaller(addresses, timeoutSeconds: timeoutSeconds) {
            request throws(CurlError) in
            var request = request
            request.proxy = proxies.proxy(for: request.url)
            return try await client.execute(request)
        }
    }
}
