import Documents
import KubernetesObjects

/// What the controllers read of a pod.
extension Object {
    /// `status.phase`; "Pending" where the node has not looked at the pod yet.
    var podPhase: String { self["status", "phase"]?.string ?? "Pending" }

    /// Neither ended nor about to end.
    var isActivePod: Bool {
        podPhase != "Succeeded" && podPhase != "Failed" && deletionTimestamp == nil
    }

    var podAddress: String? {
        self["status", "podIP"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    var isReady: Bool { condition("Ready")?["status"]?.string == "True" }

    /// Since when the pod is ready; nil where it is not.
    var readySince: Timestamp? {
        guard isReady, let text = condition("Ready")?["lastTransitionTime"]?.string else {
            return nil
        }
        return Timestamp(rfc3339: text)
    }

    /// When the pod has been ready for `seconds`; nil where it is not ready.
    func availableFrom(minReadySeconds seconds: Int) -> Timestamp? {
        if seconds == 0 { return isReady ? Timestamp(milliseconds: 0) : nil }
        return readySince?.advanced(bySeconds: seconds)
    }

    /// The condition of a type in `status.conditions`.
    func condition(_ type: String) -> JSON? {
        self["status", "conditions"]?.array?.first { $0["type"]?.string == type }
    }

    var restartCount: Int {
        (self["status", "containerStatuses"]?.array ?? []).reduce(0) {
            $0 + ($1["restartCount"]?.int ?? 0)
        }
    }

    /// The line of `metadata.ownerReferences` that says this object controls another.
    func ownerReference(of resource: Resource) -> OwnerReference {
        OwnerReference(apiVersion: resource.apiVersion, kind: resource.kind, name: name, uid: uid)
    }
}

/// Objects by the uid of their controller.
func byController(_ objects: [Object]) -> [String: [Object]] {
    Dictionary(grouping: objects.filter { $0.controllerOwner != nil }) {
        $0.controllerOwner?.uid ?? ""
    }
}

/// `conditions` with one of them set; the time of its last transition changes only with its status.
func conditions(
    _ before: [JSON], setting type: String, to status: Bool, reason: String, message: String,
    at now: Timestamp, touch: Bool = false, updateTime: Bool = true
) -> [JSON] {
    let old = before.first { $0["type"]?.string == type }
    let text = status ? "True" : "False"
    let same = old?["status"]?.string == text
    var new: JSON = [
        "type": .string(type), "status": .string(text), "lastUpdateTime": .string(now.rfc3339),
        "lastTransitionTime": .string(now.rfc3339), "reason": .string(reason),
        "message": .string(message),
    ]
    if !updateTime { new["lastUpdateTime"] = nil }
    for (key, value) in [("reason", reason), ("message", message)] where value.isEmpty {
        new[key] = nil
    }
    if same, let time = old?["lastTransitionTime"] { new["lastTransitionTime"] = time }
    let unchanged =
        same && old?["reason"]?.string ?? "" == reason && old?["message"]?.string ?? "" == message
    if unchanged, !touch, let old { new = old }
    guard old != nil else { return before + [new] }
    return before.map { $0["type"]?.string == type ? new : $0 }
}

/// A patch of `status` that leads from one status to the other, members that vanish included; nil
/// where they are equal.
func statusPatch(from before: JSON?, to after: JSON) -> JSON? {
    let before = before ?? [:]
    guard before != after else { return nil }
    var change = JSONObject()
    for (key, value) in after.object?.members ?? [] where before[key] != value {
        change[key] = value
    }
    for key in before.object?.keys ?? [] where after[key] == nil { change[key] = .null }
    return ["status": .object(change)]
}
