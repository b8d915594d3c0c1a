import Documents
import KubernetesObjects
import Testing

@testable import Manifests

struct `A wrong pod template` {
    /// Of the container, and what is said behind its place.
    static let containers: [(String, String)] = [
        (
            "ports: [{containerPort: 80, name: http}, {containerPort: 81, name: http}]",
            "ports[1].name: Duplicate value: \"http\""
        ),
        (
            "ports: [{containerPort: 80, name: Http}]",
            "ports[0].name: Invalid value: \"Http\": must contain only alpha-numeric characters "
                + "(a-z, 0-9), and hyphens (-)"
        ),
        (
            "ports: [{containerPort: 80, protocol: tcp}]",
            "ports[0].protocol: Unsupported value: \"tcp\": supported values: \"SCTP\", \"TCP\", "
                + "\"UDP\""
        ),
        (
            "ports: [{containerPort: 80, name: a--b}]",
            "ports[0].name: Invalid value: \"a--b\": must not contain consecutive hyphens"
        ),
        (
            "ports: [{containerPort: 80, name: a234567890123456}]",
            "ports[0].name: Invalid value: \"a234567890123456\": must be no more than 15 characters"
        ),
        (
            "ports: [{containerPort: 80, name: \"80\"}]",
            "ports[0].name: Invalid value: \"80\": must contain at least one letter (a-z)"
        ),
        (
            "ports: [{containerPort: 80, hostPort: 65536}]",
            "ports[0].hostPort: Invalid value: 65536: must be between 1 and 65535, inclusive"
        ),
        (
            "terminationMessagePolicy: Never",
            "terminationMessagePolicy: Unsupported value: \"Never\": supported values: "
                + "\"FallbackToLogsOnError\", \"File\""
        ),
        ("env: [{value: x}]", "env[0].name: Required value"),
        (
            "resources: {limits: {cpu: -1}}",
            "resources.limits.cpu: Invalid value: -1: must be greater than or equal to 0"
        ),
        (
            "env: [{name: a, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]",
            "env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty"
        ),
        (
            "imagePullPolicy: always",
            "imagePullPolicy: Unsupported value: \"always\": supported values: \"Always\", "
                + "\"IfNotPresent\", \"Never\""
        ),
        (
            "volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /a}]",
            "volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique"
        ),
        ("volumeMounts: [{name: v}]", "volumeMounts[0].mountPath: Required value"),
        (
            "readinessProbe: {httpGet: {port: 80}, tcpSocket: {port: 80}}",
            "readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type"
        ),
        (
            "readinessProbe: {httpGet: {port: 80}, periodSeconds: -1}",
            "readinessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0"
        ),
        (
            "livenessProbe: {httpGet: {port: 80}, successThreshold: 2}",
            "livenessProbe.successThreshold: Invalid value: 2: must be 1"
        ),
        (
            "lifecycle: {preStop: {}}",
            "lifecycle.preStop: Required value: must specify a handler type"
        ),
    ]

    static let pods: [(String, String)] = [
        ("volumes: [{name: v}, {name: v}]", "volumes[1].name: Duplicate value: \"v\""),
        (
            "topologySpreadConstraints: [{maxSkew: 1, whenUnsatisfiable: DoNotSchedule}]",
            "topologySpreadConstraints[0].topologyKey: Required value: can not be empty"
        ),
        (
            "topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: No}]",
            "topologySpreadConstraints[0].whenUnsatisfiable: Unsupported value: \"No\": supported "
                + "values: \"DoNotSchedule\", \"ScheduleAnyway\""
        ),
        (
            "volumes: [{name: v, configMap: {name: c}, emptyDir: {}}]",
            "volumes[0].configMap: Forbidden: may not specify more than 1 volume type"
        ),
        (
            "dnsPolicy: none",
            "dnsPolicy: Unsupported value: \"none\": supported values: \"ClusterFirst\", "
                + "\"ClusterFirstWithHostNet\", \"Default\", \"None\""
        ),
        (
            "tolerations: [{effect: Never}]",
            "tolerations[0].effect: Unsupported value: \"Never\": supported values: "
                + "\"NoExecute\", \"NoSchedule\", \"PreferNoSchedule\""
        ),
        (
            "topologySpreadConstraints: [{maxSkew: 0, topologyKey: zone}]",
            "topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero"
        ),
        (
            "{hostNetwork: true, containers: [{name: a, image: b, ports: [{containerPort: 80, "
                + "hostPort: 81}]}]}",
            "containers[0].ports[0].containerPort: Invalid value: 80: must match `hostPort` when "
                + "`hostNetwork` is true"
        ),
        (
            "ephemeralContainers: [{name: d, image: x}]",
            "ephemeralContainers: Forbidden: ephemeral containers not allowed in pod template"
        ),
        (
            "activeDeadlineSeconds: 5",
            "activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported"
        ),
        (
            "securityContext: {runAsUser: -1}",
            "securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, "
                + "inclusive"
        ),
    ]

    private func message(_ fields: String, container: Bool) throws -> String? {
        let changes = try YAML.documents(in: Array(fields.utf8), file: "pod")[0].value
        return parsed(
            rollout { json in
                var spec: JSON = ["containers": [["name": "c", "image": "c:1"]]]
                if container { spec["volumes"] = [["name": "v"]] }
                for member in changes.object?.members ?? [] {
                    if container {
                        var first = spec["containers"]?[0] ?? .null
                        first[member.key] = member.value
                        spec["containers"] = [first]
                    } else {
                        spec[member.key] = member.value
                    }
                }
                json["spec"]?["template"]?["spec"] = spec
            }
        ).invalidSpecMessage
    }

    /// Holds: 8.1 pod template.
    @Test(arguments: containers) func `is refused for a container`(
        _ fields: String, _ reason: String
    ) throws {
        #expect(
            try message(fields, container: true)
                == "The Rollout \"shop\" is invalid: spec.template.spec.containers[0].\(reason)")
    }

    /// Holds: 8.1 pod template.
    @Test(arguments: pods) func `is refused for the pod`(
        _ fields: String, _ reason: String
    ) throws {
        #expect(
            try message(fields, container: false)
                == "The Rollout \"shop\" is invalid: spec.template.spec.\(reason)")
    }

    /// Holds: 8.1 pod template.
    @Test func `is refused for keys of annotations and names of variables`() {
        let annotated = parsed(
            rollout {
                $0["spec"]?["template"]?["metadata"]?["annotations"] = ["a b": "c", "A.b/C_d": "e"]
            })
        #expect(
            annotated.findings.map(\.path.description) == ["spec.template.metadata.annotations"])
        let named = parsed(
            rollout { json in
                json["spec"]?["template"]?["spec"] = [
                    "containers": [
                        ["name": "c", "image": "c", "env": [["name": "a=b"], ["name": "a-b.c"]]]
                    ]
                ]
            })
        #expect(
            named.findings.map(\.path.description)
                == ["spec.template.spec.containers[0].env[0].name"])
        #expect(named.invalidSpecMessage?.contains("a=b") == false)
    }

    @Test func `is none where defaults make it whole`() throws {
        let fields = """
            volumes: [{name: v}, {name: w, emptyDir: null, secret: {secretName: s}}]
            tolerations: [{key: a}, {operator: Exists, effect: NoSchedule}, {operator: Gt}]
            dnsPolicy: null
            securityContext: {runAsUser: 0}
            """
        #expect(try message(fields, container: false) == nil)
        let container = """
            ports: [{containerPort: 80, name: http}, {containerPort: 81}, {containerPort: 82}]
            image: " "
            env: [{name: a.b-c}, {name: a, value: "", valueFrom: {fieldRef: {fieldPath: spec.x}}}]
            livenessProbe: {httpGet: {port: 80}, successThreshold: 1, periodSeconds: 0}
            lifecycle: {preStop: {sleep: {seconds: 5}}, postStart: null}
            imagePullPolicy: ""
            """
        #expect(try message(container, container: true) == nil)
    }
}
