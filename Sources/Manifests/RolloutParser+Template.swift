import Documents
import KubernetesObjects

extension RolloutParser {
    /// The checks of a pod template that matter before a ReplicaSet is made of it
    /// (rollout-semantics §8.1): what an API server would refuse later, when the old pods are
    /// already affected.
    func templateChecks(_ reader: Reader, selector: Reader) {
        guard reader.isPresent else {
            reader.require(remedy: "add spec.template with metadata.labels and spec.containers")
            return
        }
        labels(reader["metadata"]["labels"], selector: selector)
        reader["metadata"]["annotations"].checkAnnotations()
        let spec = reader["spec"]
        let volumes = Set(spec["volumes"].elements().compactMap { $0["name"].string() })
        spec["volumes"].checkVolumes()
        if spec["containers"].elements().isEmpty {
            spec["containers"].require(remedy: "add a container with a name and an image")
        }
        var names: Set<String> = []
        for list in ["initContainers", "containers"] {
            for container in spec[list].elements() {
                self.container(container, volumes: volumes, names: &names)
            }
        }
        if let policy = spec["restartPolicy"].string(), policy != "Always" {
            spec["restartPolicy"].refuse(
                "Unsupported value: \"\(policy)\": supported values: \"Always\"",
                remedy: "remove restartPolicy")
        }
        spec.checkPod()
        if reader.findings.namesUnknownFields {
            GoFields.pods.noteUnknown(in: reader, as: "PodTemplateSpec")
        }
    }

    private func labels(_ reader: Reader, selector: Reader) {
        let labels = reader.strings()
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
            if let problem = Naming.labelKeyProblem(key) {
                reader.invalid(problem, value: .string(key), remedy: "rename the label")
            }
            if let problem = Naming.labelValueProblem(value) {
                reader.invalid(problem, value: .string(value), remedy: "change the value of \(key)")
            }
        }
        guard let json = selector.value else { return }
        // An unreadable selector has its own finding.
        guard
            case .success(let parsed) = Result(catching: { () throws(SelectorError) in
                try LabelSelector(json: json)
            })
        else { return }
        if !parsed.isEverything && !parsed.matches(labels) {
            reader.invalid(
                "`selector` does not match template `labels`", value: JSON(strings: labels),
                remedy: "give the pod template the labels \(parsed)")
        }
    }

    private func container(_ reader: Reader, volumes: Set<String>, names: inout Set<String>) {
        if let name = reader["name"].nonEmptyString() {
            if let problem = Naming.labelProblem(name) {
                reader["name"].invalid(problem, remedy: "rename the container")
            }
            if !names.insert(name).inserted {
                reader["name"].refuse(
                    "Duplicate value: \"\(name)\"", remedy: "rename one container")
            }
        } else if reader["name"].value.map({ $0.string == "" }) ?? true {
            reader["name"].require(remedy: "name the container")
        }
        if reader["image"].nonEmptyString() == nil, reader["image"].value?.string ?? "" == "" {
            reader["image"].require(remedy: "name the image to run")
        }
        for port in reader["ports"].elements() {
            let number = port["containerPort"]
            if let value = number.int(), !(1...65_535).contains(value) {
                number.invalid("must be between 1 and 65535, inclusive", remedy: "use a valid port")
            }
        }
        for mount in reader["volumeMounts"].elements() {
            if let name = mount["name"].string(), !volumes.contains(name) {
                mount["name"].refuse(
                    "Not found: \"\(name)\"", remedy: "add the volume to spec.template.spec.volumes"
                )
            }
        }
        reader.checkContainer()
        environment(reader["env"])
        resources(reader["resources"])
    }

    /// What is no string here, an API server would not take from a ReplicaSet.
    private func environment(_ reader: Reader) {
        for variable in reader.elements() {
            for (key, value) in variable.members()
            where ["name", "value"].contains(key) && value.isPresent {
                _ = value.string()
            }
        }
    }

    private func resources(_ reader: Reader) {
        var amounts: [String: [String: Quantity]] = [:]
        for kind in ["limits", "requests"] {
            for (name, amount) in reader[kind].members() {
                let text = amount.value.map { $0.string ?? $0.text } ?? ""
                if let quantity = Quantity(text) {
                    amounts[kind, default: [:]][name] = quantity
                    guard let none = Quantity("0"), none > quantity else { continue }
                    amount.invalid(
                        "must be greater than or equal to 0", remedy: "write 0 or a larger amount")
                } else {
                    amount.invalid(
                        "quantities must match the regular expression "
                            + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
                        remedy: "write an amount like 500m, 2 or 1Gi")
                }
            }
        }
        for (name, request) in (amounts["requests"] ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let limit = amounts["limits"]?[name], request > limit else { continue }
            reader["requests"].invalid(
                "must be less than or equal to \(name) limit of \(limit)",
                value: .string(request.text), remedy: "lower the request or raise the limit")
        }
    }
}

extension GoFields {
    /// Notes the members that the API does not have, everywhere in a value of `type`.
    func noteUnknown(in reader: Reader, as type: String) {
        let fields = fields(of: type)
        guard !fields.isEmpty, reader.value?.object != nil else { return }
        reader.allowOnly(Set(fields.map(\.name)))
        for field in fields where reader[field.name].isPresent {
            switch field.form {
            case .structure(let type, _): noteUnknown(in: reader[field.name], as: type)
            case .list(let type, _):
                if self.fields(of: type).isEmpty { continue }
                for element in reader[field.name].elements() { noteUnknown(in: element, as: type) }
            case .values: _ = reader[field.name].elements()
            case .map: _ = reader[field.name].strings()
            case .quantities: _ = reader[field.name].members()
            case .value, .pointer, .always, .quantity, .creationTimestamp: continue
            }
        }
    }
}
