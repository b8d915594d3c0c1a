import Documents
import KubernetesObjects

/// What an API server refuses in a pod template (rollout-semantics §8.1), beyond what a rollout
/// needs of it. A value of a wrong type is no business of these.
extension Reader {
    /// The keys of annotations, which may be written in capitals.
    func checkAnnotations() {
        for key in value?.object?.keys.sorted() ?? [] {
            guard let problem = Naming.labelKeyProblem(key.lowercased()) else { continue }
            invalid(problem, value: .string(key), remedy: "rename the annotation")
        }
    }

    /// The volumes of a pod.
    func checkVolumes() {
        var names: Set<String> = []
        for volume in list {
            if let name = volume["name"].text, !names.insert(name).inserted {
                volume["name"].refuse("Duplicate value: \"\(name)\"", remedy: "rename one volume")
            }
            // Without any it is an emptyDir: defaults come first.
            let kinds = volumeKinds.filter { volume[$0].value?.object != nil }
            for kind in kinds.dropFirst() {
                volume[kind].refuse(
                    "Forbidden: may not specify more than 1 volume type",
                    remedy: "make a volume of its own of it")
            }
        }
    }

    /// A container, beside its name and what it needs.
    func checkContainer() {
        self["imagePullPolicy"].checkOneOf(["Always", "IfNotPresent", "Never"])
        self["terminationMessagePolicy"].checkOneOf(["FallbackToLogsOnError", "File"])
        self["ports"].checkPorts()
        self["env"].checkEnvironment()
        self["volumeMounts"].checkMounts()
        for (name, once) in [
            ("livenessProbe", true), ("readinessProbe", false), ("startupProbe", true),
        ] { self[name].checkProbe(succeedsOnce: once) }
        for hook in ["postStart", "preStop"] where self["lifecycle"][hook].value?.object != nil {
            let handlers = ["exec", "httpGet", "tcpSocket", "sleep"]
            self["lifecycle"][hook].checkHandlers(handlers)
        }
        self["securityContext"]["runAsUser"].checkUser()
    }

    /// A pod, beside its containers and volumes.
    func checkPod() {
        self["dnsPolicy"].checkOneOf(["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"])
        if let selector = self["nodeSelector"].value?.strings {
            for (key, value) in selector.sorted(by: { $0.key < $1.key }) {
                guard let problem = Naming.labelValueProblem(value) else { continue }
                self["nodeSelector"].invalid(
                    problem, value: .string(value), remedy: "change the value of \(key)")
            }
        }
        self["securityContext"]["runAsUser"].checkUser()
        if self["hostNetwork"].value?.bool == true {
            for container in self["containers"].list { container["ports"].checkHostPorts() }
        }
        if let name = self["serviceAccountName"].text, let problem = Naming.subdomainProblem(name) {
            self["serviceAccountName"].invalid(problem, remedy: "name a ServiceAccount")
        }
        // Its operators become more with the servers.
        for toleration in self["tolerations"].list {
            toleration["effect"].checkOneOf(["NoExecute", "NoSchedule", "PreferNoSchedule"])
        }
        for constraint in self["topologySpreadConstraints"].list {
            if let skew = constraint["maxSkew"].value?.int, skew <= 0 {
                constraint["maxSkew"].invalid("must be greater than zero", remedy: "write 1")
            }
            if (constraint["topologyKey"].value?.string ?? "").isEmpty {
                constraint["topologyKey"].require(
                    "can not be empty", remedy: "name a label of nodes")
            }
            constraint["whenUnsatisfiable"].checkOneOf(["DoNotSchedule", "ScheduleAnyway"])
        }
        if !self["ephemeralContainers"].list.isEmpty {
            self["ephemeralContainers"].refuse(
                "Forbidden: ephemeral containers not allowed in pod template", remedy: "remove them"
            )
        }
        if self["activeDeadlineSeconds"].value?.int != nil {
            self["activeDeadlineSeconds"].refuse(
                "Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported",
                remedy: "remove it")
        }
    }

    /// What is there of a list.
    private var list: [Reader] { value?.array == nil ? [] : elements() }

    private var text: String? { value?.string.flatMap { $0.isEmpty ? nil : $0 } }

    private func checkOneOf(_ supported: [String]) {
        guard let text, !supported.contains(text) else { return }
        let names = supported.map { "\"\($0)\"" }.joined(separator: ", ")
        refuse("Unsupported value: \"\(text)\": supported values: \(names)", remedy: "use one")
    }

    private func checkUser() {
        guard let user = value?.int, !(0...Int(Int32.max)).contains(user) else { return }
        invalid("must be between 0 and 2147483647, inclusive", remedy: "use a valid user")
    }

    private func checkPorts() {
        var names: Set<String> = []
        for port in list {
            port["protocol"].checkOneOf(["SCTP", "TCP", "UDP"])
            if let number = port["hostPort"].value?.int, !(0...65_535).contains(number) {
                port["hostPort"].invalid(
                    "must be between 1 and 65535, inclusive", remedy: "use a valid port")
            }
            guard let name = port["name"].text else { continue }
            if let problem = portNameProblem(name) {
                port["name"].invalid(problem, remedy: "rename the port")
            } else if !names.insert(name).inserted {
                port["name"].refuse("Duplicate value: \"\(name)\"", remedy: "rename one port")
            }
        }
    }

    private func checkHostPorts() {
        for port in list {
            guard let host = port["hostPort"].value?.int, host != 0,
                port["containerPort"].value?.int != host
            else { continue }
            port["containerPort"].invalid(
                "must match `hostPort` when `hostNetwork` is true", remedy: "write \(host)")
        }
    }

    private func checkEnvironment() {
        for variable in list {
            let name = variable["name"]
            if variable.value?.object != nil, !name.isPresent || name.value == "" {
                name.require(remedy: "name the variable")
            }
            // It is not repeated: what stands behind the sign may be a secret.
            if let text = name.text, text.contains("=") || !text.utf8.allSatisfy(isPrintable) {
                name.invalid(
                    "a valid environment variable name must consist only of printable ASCII "
                        + "characters other than '='", value: "", remedy: "rename the variable")
            }
            if variable["value"].text != nil, variable["valueFrom"].value?.object != nil {
                variable["valueFrom"].invalid(
                    "may not be specified when `value` is not empty", value: "",
                    remedy: "keep one of the two")
            }
        }
    }

    private func checkMounts() {
        var paths: Set<String> = []
        for mount in list where mount.value?.object != nil {
            let path = mount["mountPath"].value?.string ?? ""
            if path.isEmpty {
                mount["mountPath"].require(remedy: "name the place in the container")
            } else if !paths.insert(path).inserted {
                mount["mountPath"].invalid("must be unique", remedy: "mount it elsewhere")
            }
        }
    }

    private func checkProbe(succeedsOnce: Bool) {
        guard value?.object != nil else { return }
        checkHandlers(["httpGet", "tcpSocket", "grpc", "exec"])
        for field in [
            "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold",
            "failureThreshold",
        ] {
            guard let number = self[field].value?.int, number < 0 else { continue }
            self[field].invalid("must be greater than or equal to 0", remedy: "use a larger number")
        }
        if succeedsOnce, let number = self["successThreshold"].value?.int, number > 1 {
            self["successThreshold"].invalid("must be 1", remedy: "remove it")
        }
    }

    private func checkHandlers(_ handlers: [String]) {
        let found = handlers.filter { self[$0].value?.object != nil }
        if found.isEmpty {
            let names = handlers.joined(separator: ", ")
            require("must specify a handler type", remedy: "add one of \(names)")
        }
        for handler in found.dropFirst() {
            self[handler].refuse(
                "Forbidden: may not specify more than 1 handler type",
                remedy: "keep one of \(found.joined(separator: " and "))")
        }
    }
}

private func isPrintable(_ byte: UInt8) -> Bool { (32...126).contains(byte) }

/// Why a port cannot be called so.
private func portNameProblem(_ name: String) -> String? {
    let bytes = Array(name.utf8)
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let hyphen = UInt8(ascii: "-")
    if bytes.count > 15 { return "must be no more than 15 characters" }
    if !bytes.allSatisfy({ letters.contains($0) || digits.contains($0) || $0 == hyphen }) {
        return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    }
    if !bytes.contains(where: letters.contains) { return "must contain at least one letter (a-z)" }
    if name.contains("--") { return "must not contain consecutive hyphens" }
    if bytes.first == hyphen || bytes.last == hyphen {
        return "must not begin or end with a hyphen"
    }
    return nil
}

/// In the order in which a server looks at them.
private let volumeKinds = [
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs",
    "iscsi", "glusterfs", "flocker", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "quobyte",
    "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume",
    "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO",
    "csi", "ephemeral", "image",
]
