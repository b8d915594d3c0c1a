import Documents
import KubernetesObjects

/// What the fields of the built-in kinds mean, for `kubectl explain`: one line each, the deeper
/// parts of pods left open.
enum FieldTexts {
    static let objectMeta = schema(lines: metadataLines)

    static func schema(of resource: Resource) -> JSON {
        guard let lines = kinds[resource.kind] else { return open("A \(resource.kind).") }
        return schema(lines: lines)
    }

    /// The first line describes the whole; each other one is `path type description`.
    private static func schema(lines text: String) -> JSON {
        let lines = text.split(separator: "\n")
        var json: JSON = [
            "description": .string(lines.first.map(String.init) ?? ""), "type": "object",
        ]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3 else { continue }
            var field = parts[0].split(separator: ".").map(String.init)
            field = ["properties"] + field.flatMap { [$0, "properties"] }.dropLast()
            json.set(leaf(parts[1], parts[2]), at: field[...])
        }
        for (part, text) in [("spec", "What should be."), ("status", "What is the case.")]
        where json["properties"]?[part]?["description"] == nil && json["properties"]?[part] != nil {
            json.set("object", at: ["properties", part, "type"])
            json.set(.string(text), at: ["properties", part, "description"])
        }
        return json
    }

    private static func leaf(_ type: String, _ description: String) -> JSON {
        var leaf: JSON = ["description": .string(description)]
        switch type {
        case "map":
            leaf["type"] = "object"
            leaf["additionalProperties"] = ["type": "string"]
        case "list": leaf.merge(["type": "array", "items": ["type": "string"]])
        case "objects": leaf.merge(["type": "array", "items": open("")])
        case "object": leaf.merge(["type": "object", "x-kubernetes-preserve-unknown-fields": true])
        default: leaf["type"] = .string(type)
        }
        return leaf
    }

    private static func open(_ description: String) -> JSON {
        [
            "description": .string(description), "type": "object",
            "x-kubernetes-preserve-unknown-fields": true,
        ]
    }

    private static let metadataLines = """
        What every object has: its name, its labels, its owners.
        name string The name, unique for its kind in its namespace. It cannot be changed.
        generateName string The beginning of a name that the server completes when no name is given.
        namespace string The namespace in which the name is unique. It cannot be changed.
        labels map Words by which objects are selected.
        annotations map Words that no selector looks at.
        uid string Unique for this object in all places and times. Set by the server.
        resourceVersion string Changes with every write. Opaque. Set by the server.
        generation integer Rises with every change of the wanted state. Set by the server.
        creationTimestamp string When the object was created. Set by the server.
        deletionTimestamp string When the object was, or will be, deleted. Set by the server.
        deletionGracePeriodSeconds integer How long the object may take to end. Set by the server.
        finalizers list What must be done before the object can go.
        ownerReferences objects The objects this one goes with. Its controller has controller: true.
        managedFields objects Who set which fields.
        """

    private static let workload = """
        spec.replicas integer How many pods there should be. 1 where it is not given.
        spec.selector object Which pods belong to it. It must match the labels of the template.
        spec.template object The pods to be.
        spec.minReadySeconds integer How long a new pod must be ready before it counts as available.
        status.replicas integer How many pods there are.
        status.readyReplicas integer How many of them are ready.
        status.availableReplicas integer How many of them are available.
        status.observedGeneration integer The generation that this status is about.
        status.conditions objects What is the case, and since when.
        """

    private static let kinds: [String: String] = [
        "Namespace": """
        Namespaces separate names.
        spec object The finalizers of the namespace.
        status object Whether it is Active or Terminating.
        """,
        "Pod": """
        A pod is something that runs: here, one process for each container.
        spec.containers objects What runs: name, image, command, args, env, ports, probes.
        spec.initContainers objects What must end well before the containers start.
        spec.restartPolicy string Always, OnFailure or Never.
        spec.terminationGracePeriodSeconds integer How long a container may take to end. Default 30.
        spec.volumes objects Files that containers see.
        status object The phase, the address and the state of each container.
        """,
        "Service": """
        A service is a name for the ready pods that its selector matches.
        spec.selector map The labels of the pods.
        spec.ports objects The ports: name, port, targetPort, protocol.
        spec.type string ClusterIP or ExternalName. Others are treated as ClusterIP here.
        spec.clusterIP string The address of the service.
        status object Unused here.
        """,
        "ConfigMap": """
        A config map holds settings that pods read.
        data map Settings as text.
        binaryData map Settings in base64.
        immutable boolean Whether the settings can never be changed.
        """,
        "Secret": """
        A secret holds settings that nobody else should read.
        data map Settings in base64.
        stringData map Settings as text. Written only: the server moves them to data.
        type string What kind of secret it is. Opaque where not given.
        immutable boolean Whether the settings can never be changed.
        """,
        "Event": """
        An event says that something happened to an object.
        involvedObject object The object it happened to.
        reason string One word for it.
        message string A sentence about it.
        type string Normal or Warning.
        count integer How often it happened.
        firstTimestamp string When it happened first.
        lastTimestamp string When it happened last.
        source object Who says so.
        """,
        "Deployment": """
        A deployment keeps pods of one template, and changes them step by step to a new one.
        \(workload)
        spec.strategy object RollingUpdate, with maxSurge and maxUnavailable, or Recreate.
        spec.paused boolean Whether a change of the template waits.
        spec.revisionHistoryLimit integer How many old replica sets are kept. Default 10.
        spec.progressDeadlineSeconds integer How long a change may stand still. Default 600.
        status.updatedReplicas integer How many pods have the newest template.
        """,
        "ReplicaSet": "A replica set keeps a number of equal pods.\n" + workload,
        "Job": """
        A job runs pods until enough of them have ended well.
        spec.template object The pods to be.
        spec.completions integer How many pods must end well.
        spec.parallelism integer How many pods run at once.
        spec.backoffLimit integer How many failures are one too many. 6 where it is not given.
        spec.activeDeadlineSeconds integer How long the job may run.
        spec.ttlSecondsAfterFinished integer How long the ended job stays.
        status object How many pods are active, succeeded, failed.
        """,
        "Ingress": """
        An ingress leads requests from outside to services, by host and path.
        spec.ingressClassName string Who serves it. Here: nginx.
        spec.rules objects Hosts and their paths.
        spec.defaultBackend object Where requests go that no rule matches.
        spec.tls objects Certificates by host.
        status object The address it is served at.
        """,
        "EndpointSlice": """
        An endpoint slice lists the addresses behind a service.
        addressType string IPv4, IPv6 or FQDN.
        endpoints objects The addresses with their conditions.
        ports objects The ports that all of them have.
        """,
        "Lease": """
        A lease says who does something now, and until when.
        spec.holderIdentity string Who holds it.
        spec.leaseDurationSeconds integer How long others wait for the holder to renew it.
        spec.acquireTime string Since when it is held.
        spec.renewTime string When it was renewed last.
        spec.leaseTransitions integer How often the holder changed.
        """,
        "CustomResourceDefinition": """
        A custom resource definition adds a kind to the API.
        spec object The group, the names, the scope and the versions of the kind.
        status object The names as accepted, and conditions.
        """,
    ]
}

extension JSON {
    /// Sets every member of `other`.
    fileprivate mutating func merge(_ other: JSON) {
        for member in other.object?.members ?? [] { self[member.key] = member.value }
    }
}
