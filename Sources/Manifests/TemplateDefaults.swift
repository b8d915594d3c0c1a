import Documents

/// The defaults that an API server writes into the pod templates of a ReplicaSet.
extension JSON {
    /// Sets `key` where this object does not have it.
    fileprivate mutating func setDefault(_ key: String, _ value: JSON) {
        if self[key].map(\.isNull) ?? true { self[key] = value }
    }

    /// Changes every element of the list under `key`.
    fileprivate mutating func forEach(in key: String, _ change: (inout JSON) -> Void) {
        guard let elements = self[key]?.array else { return }
        self[key] = .array(
            elements.map { element in
                var element = element
                change(&element)
                return element
            })
    }

    /// Changes the object under `key` where there is one.
    fileprivate mutating func change(_ key: String, _ change: (inout JSON) -> Void) {
        guard var value = self[key], value.object != nil else { return }
        change(&value)
        self[key] = value
    }

    /// Sets the defaults of a PodSpec.
    mutating func setPodDefaults() {
        setDefault("restartPolicy", "Always")
        setDefault("dnsPolicy", "ClusterFirst")
        setDefault("schedulerName", "default-scheduler")
        setDefault("terminationGracePeriodSeconds", 30)
        setDefault("securityContext", .object(JSONObject()))
        // The old name of serviceAccountName, which servers copy.
        if let name = self["serviceAccount"] { setDefault("serviceAccountName", name) }
        self["serviceAccount"] = .none
        let isOnHost = self["hostNetwork"]?.bool == true
        for list in ["initContainers", "containers", "ephemeralContainers"] {
            forEach(in: list) { $0.setContainerDefaults(isOnHost: isOnHost) }
        }
        forEach(in: "volumes") { $0.setVolumeDefaults() }
    }

    private mutating func setContainerDefaults(isOnHost: Bool) {
        setDefault("imagePullPolicy", .string(Self.pullPolicy(of: self["image"]?.string ?? "")))
        setDefault("terminationMessagePath", "/dev/termination-log")
        setDefault("terminationMessagePolicy", "File")
        forEach(in: "ports") { port in
            port.setDefault("protocol", "TCP")
            if isOnHost, let number = port["containerPort"] { port.setDefault("hostPort", number) }
        }
        forEach(in: "env") { $0.change("valueFrom") { $0.setFieldDefaults() } }
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
            change(probe) { $0.setProbeDefaults() }
        }
        change("lifecycle") { lifecycle in
            for hook in ["postStart", "preStop"] {
                lifecycle.change(hook) { $0.change("httpGet") { $0.setRequestDefaults() } }
            }
        }
    }

    /// `Always` for the newest of an image, which may change under its name.
    private static func pullPolicy(of image: String) -> String {
        if image.contains("@") { return "IfNotPresent" }
        let name = image.split(separator: "/").last ?? ""
        let tag = name.split(separator: ":").dropFirst().last ?? "latest"
        return tag == "latest" ? "Always" : "IfNotPresent"
    }

    private mutating func setProbeDefaults() {
        for (key, value) in [
            ("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1),
            ("failureThreshold", 3),
        ] {
            // Go cannot tell 0 from an absent value here.
            if self[key] == 0 { self[key] = .none }
            setDefault(key, .int(Int64(value)))
        }
        change("httpGet") { $0.setRequestDefaults() }
        change("grpc") { $0.setDefault("service", "") }
    }

    private mutating func setRequestDefaults() {
        setDefault("path", "/")
        setDefault("scheme", "HTTP")
    }

    private mutating func setFieldDefaults() {
        change("fieldRef") { $0.setDefault("apiVersion", "v1") }
    }

    private mutating func setVolumeDefaults() {
        let mode: JSON = 420
        if object?.members.allSatisfy({ $0.key == "name" }) == true {
            self["emptyDir"] = .object(JSONObject())
        }
        for source in ["secret", "configMap"] {
            change(source) { $0.setDefault("defaultMode", mode) }
        }
        change("downwardAPI") { volume in
            volume.setDefault("defaultMode", mode)
            volume.forEach(in: "items") { $0.setFieldDefaults() }
        }
        change("hostPath") { $0.setDefault("type", "") }
        change("projected") { volume in
            volume.setDefault("defaultMode", mode)
            volume.forEach(in: "sources") { source in
                source.change("serviceAccountToken") { $0.setDefault("expirationSeconds", 3600) }
                source.change("downwardAPI") { $0.forEach(in: "items") { $0.setFieldDefaults() } }
            }
        }
        change("ephemeral") { volume in
            volume.change("volumeClaimTemplate") { template in
                template.change("spec") { $0.setDefault("volumeMode", "Filesystem") }
            }
        }
    }
}
