import Glibc
import KubernetesObjects

// What users write reaches nginx only once nginx has read it without harm.
extension IngressProxy {
    /// Lets nginx read a configuration before the one that serves depends on it. Where it refuses,
    /// each part that users wrote is tried alone, and those that it does not take are left out.
    func checkWithoutDoubts(_ configuration: NginxConfiguration) async throws(SystemFailure) {
        var configuration = configuration
        let doubts = configuration.doubts.map(\.doubt)
        refused = refused.filter { doubts.contains($0.key) }
        configuration.refused = Set(refused.keys)
        guard try await refusal(of: configuration.text, as: Self.next) != nil else { return }
        for doubt in Set(doubts) {
            refused[doubt] = try await refusal(of: doubt.probe, as: "probe.conf")
        }
        Files.remove("\(place.directory)/probe.conf")
        configuration.refused = Set(refused.keys)
        if let why = try await refusal(of: configuration.text, as: Self.next) {
            throw SystemFailure("nginx refuses its configuration: \(why)", code: EINVAL)
        }
    }

    /// The file that becomes nginx's configuration once it has been read without harm.
    static let next = "nginx.conf.next"

    /// Why nginx does not take a configuration; nil where it does.
    private func refusal(of text: String, as file: String) async throws(SystemFailure) -> String? {
        try Files.write(text, to: "\(place.directory)/\(file)")
        let launch = Launch(
            command: command(file, ["-t", "-q"]), directory: place.directory,
            log: "\(place.directory)/check.log")
        let (exit, output) = try await launch.run(within: .seconds(Self.checkSeconds))
        return exit == .code(0) ? nil : output
    }

    /// Writes the certificates where nginx's master reads them, each content in a file of its own:
    /// what serves now is not touched.
    func keepCertificates(of table: RouteTable) throws(SystemFailure) {
        for pair in Set(table.certificates.values) {
            try Files.write(pair.pem, to: "\(place.directory)/\(pair.file)")
        }
    }

    func forgetCertificates(but table: RouteTable) {
        let kept = Set(table.certificates.values.map(\.file))
        for name in Files.names(in: "\(place.directory)/\(KeyPair.directory)") {
            let file = "\(KeyPair.directory)/\(name)"
            if !kept.contains(file) { Files.remove("\(place.directory)/\(file)") }
        }
    }
}
