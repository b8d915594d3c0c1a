import Documents

/// Errors in the words of Kubernetes' field errors, which clients know from the InvalidSpec
/// condition.
extension Reader {
    /// `Invalid value: <value>: <detail>`; the value is this one unless another is named.
    func invalid(_ detail: String, value: JSON? = nil, remedy: String) {
        let shown = value ?? self.value ?? .null
        refuse("Invalid value: \(shown.fieldErrorText): \(detail)", remedy: remedy)
    }

    /// `Required value`, with a detail where there is one.
    func require(_ detail: String = "", remedy: String) {
        refuse(detail.isEmpty ? "Required value" : "Required value: \(detail)", remedy: remedy)
    }

    /// `Internal error: <detail>`, as Kubernetes reports fields that contradict each other.
    func contradict(_ detail: String, remedy: String) {
        refuse("Internal error: \(detail)", remedy: remedy)
    }

    /// Refuses a part of the API that exists but that this program does not do yet.
    func refuseUnsupported(_ what: String, remedy: String? = nil) {
        guard isPresent else { return }
        refuse(
            "Forbidden: \(what) is not supported yet",
            remedy: remedy ?? "remove it, or leave this rollout to another controller")
    }

    /// Refuses a plugin, which to Argo Rollouts is a program of somebody else's, and says what
    /// there is instead.
    func refuseProgram(_ plugin: String, instead builtIn: String) {
        guard isPresent else { return }
        refuse(
            "Forbidden: \(plugin) is a program that is not run here",
            remedy: "\(builtIn); docs/EXTENDING.md says how to add one that is asked over HTTP")
    }
}

extension JSON {
    /// The value as a field error shows it: texts quoted, everything else as it stands.
    var fieldErrorText: String { text }
}

extension Finding {
    private static let kinds = [
        "Invalid value: ", "Required value", "Internal error: ", "Forbidden: ", "Not found: ",
        "Unsupported value: ", "Duplicate value: ",
    ]

    /// The finding as the condition InvalidSpec words it: `The Rollout "<name>" is invalid: <path>:
    /// Invalid value: …`. What stands in an environment is not shown.
    func invalidSpecMessage(rollout name: String, in whole: JSON) -> String {
        let document = whole.hidingEnvironment
        let error =
            if Self.kinds.contains(where: message.hasPrefix) {
                message
            } else if document.value(at: path)?.object != nil {
                // A whole object is no value to show; Kubernetes words what contradicts itself like
                // this.
                "Internal error: \(message)"
            } else if let value = document.value(at: path) {
                "Invalid value: \(value.fieldErrorText): \(message)"
            } else {
                "Required value: \(message)"
            }
        return "The Rollout \"\(name)\" is invalid: \(path): \(error)"
    }
}

extension JSON {
    /// The value that `path` leads to; nil where it leads nowhere.
    func value(at path: Path) -> JSON? {
        path.components.reduce(Optional(self)) { value, component in
            switch component {
            case .key(let key): value?[key]
            case .index(let index): value?[index]
            }
        }
    }
}
