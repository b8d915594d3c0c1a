import Documents
import KubernetesObjects

/// What to run for a container of a pod, and how to ask it how it is.
struct ContainerPlan: Sendable {
    let name: String
    let command: [String]
    let environment: [(name: String, value: String)]
    /// Where it begins: its `workingDir`, else the pod's own directory.
    let directory: String
    let startup: Probe?
    let readiness: Probe?
    let liveness: Probe?
    let postStart: Hook?
    let preStop: Hook?
    /// What of the pod's volumes it sees, and where.
    let mounts: [VolumeMount]
    /// What it sees instead of the machine's directories; nil without mounts.
    var root: PrivateRoot?

    /// - Parameter home: the directory in which the container begins unless it names another.
    init(
        of container: JSON, in pod: Object, address: String, home: String,
        surroundings: PodSurroundings
    ) throws(PodFault) {
        name = container["name"]?.string ?? ""
        guard container["volumeDevices"]?.array?.isEmpty ?? true else {
            throw PodFault("volumeDevices are not given in the box; use volumeMounts")
        }
        mounts = try VolumeMount.all(of: container)
        let environment = try PodEnvironment(
            of: container, in: pod, address: address, home: home, surroundings: surroundings
        ).variables
        let words = (container["command"]?.array ?? []) + (container["args"]?.array ?? [])
        let command = words.compactMap(\.string).map { expanded($0, with: environment) }
        guard let first = command.first, !(container["command"]?.array ?? []).isEmpty else {
            throw PodFault(
                "container \"\(name)\" has no command; the box pulls no images, so name a program"
                    + " of this machine in command", reason: "CreateContainerError")
        }
        self.environment = environment
        directory = container["workingDir"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? home
        let path = environment.first { $0.name == "PATH" }?.value ?? ""
        // A fault shows the word as the pod has it: expanded, it may hold a secret.
        self.command =
            [try program(first, path: path, written: words.first?.string ?? "")]
            + command.dropFirst()
        startup = try Probe(container["startupProbe"], container: container, address: address)
        readiness = try Probe(container["readinessProbe"], container: container, address: address)
        liveness = try Probe(container["livenessProbe"], container: container, address: address)
        let lifecycle = container["lifecycle"]
        postStart = try Hook(lifecycle?["postStart"], container: container, address: address)
        preStop = try Hook(lifecycle?["preStop"], container: container, address: address)
    }

    func hook(_ kind: HookKind) -> Hook? {
        switch kind {
        case .postStart: postStart
        case .preStop: preStop
        }
    }

    func probe(_ kind: ProbeKind) -> Probe? {
        switch kind {
        case .startup: startup
        case .readiness: readiness
        case .liveness: liveness
        }
    }
}

/// The path of a program: as it is where it has a slash, else the first in `path` that can be
/// executed.
private func program(
    _ name: String, path: String, written: String
) throws(PodFault) -> String {
    if name.contains("/") { return name }
    for directory in path.split(separator: ":") {
        let candidate = "\(directory)/\(name)"
        if Files.isExecutable(candidate) { return candidate }
    }
    throw PodFault(
        "exec: \"\(written)\": executable file not found in $PATH", reason: "RunContainerError")
}
