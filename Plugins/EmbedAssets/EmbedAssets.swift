import Foundation
import PackagePlugin

/// Compiles the files of `web`, `analysis` and `manifests` into the room `Assets`, so that one
/// binary is enough.
@main struct EmbedAssets: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
        let root = context.package.directoryURL
        let files = ["web", "analysis", "manifests"].flatMap { folder in
            FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: [.isRegularFileKey])?
                .compactMap { $0 as? URL } ?? []
        }
        let inputs = try files.filter {
            try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false
        }.sorted { $0.path < $1.path }
        let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
        return [
            .buildCommand(
                displayName: "Embed \(inputs.count) files",
                executable: try context.tool(named: "embed-assets").url,
                arguments: [output.path, root.path] + inputs.map(\.path),
                inputFiles: inputs, outputFiles: [output])
        ]
    }
}
