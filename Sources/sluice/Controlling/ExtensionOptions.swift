import ArgumentParser
import Extensions
import Manifests
import MetricProviders

/// The programs of other people that are asked for what is not built in (docs/EXTENDING.md).
struct ExtensionOptions: ParsableArguments {
    @Option(
        name: .customLong("metric-plugin"),
        help: ArgumentHelp(
            "An extension that measures: http://127.0.0.1:PORT or unix:/PATH. Repeatable.",
            valueName: "name=url"))
    var metricPlugins: [ExtensionEntry] = []

    @Flag(
        name: .customLong("extensions-anywhere"),
        help: "Extensions may be on other machines.")
    var isAnywhere = false

    func validate() throws {
        _ = try metrics
    }

    /// Those that measure.
    var metrics: [String: ExtensionAddress] {
        get throws { try addresses(metricPlugins, "--metric-plugin") }
    }

    /// The names, for whoever reads documents.
    var plugins: Plugins { Plugins(metrics: Set(metricPlugins.map(\.name))) }

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
