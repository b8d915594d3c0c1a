import Documents
import KubernetesObjects

/// Writes down where a pod stands, in the words of `core/v1` PodStatus.
enum PodStatus {
    static func json(_ pod: Object, _ state: PodState, before: JSON?, at now: Timestamp) -> JSON {
        var status = before ?? [:]
        let phase = phase(state, policy: pod["spec", "restartPolicy"]?.string ?? "Always")
        status["phase"] = .string(phase)
        status["podIP"] = .string(state.address)
        status["podIPs"] = [["ip": .string(state.address)]]
        status["hostIP"] = "127.0.0.1"
        status["qosClass"] = "BestEffort"
        if status["startTime"] == nil { status["startTime"] = .string(now.rfc3339) }
        let isOver = phase == "Succeeded" || phase == "Failed"
        let regular = state.containers.filter { !$0.isInit }
        let initial = state.containers.filter(\.isInit)
        let unready = regular.filter { !$0.isReady }.map(\.name)
        let ready = unready.isEmpty && !isOver
        let reason = ready ? "" : isOver ? "Pod\(phase)" : "ContainersNotReady"
        let message =
            ready || isOver
            ? "" : "containers with unready status: [\(unready.joined(separator: " "))]"
        var list = status["conditions"]?.array ?? []
        let open = initial.filter { !$0.hasSucceeded }.map(\.name)
        let isOpen = open.isEmpty ? "" : "ContainersNotInitialized"
        let incomplete =
            open.isEmpty
            ? "" : "containers with incomplete status: [\(open.joined(separator: " "))]"
        for (type, holds, reason, message) in [
            ("Initialized", open.isEmpty, isOpen, incomplete), ("Ready", ready, reason, message),
            ("ContainersReady", ready, reason, message), ("PodScheduled", true, "", ""),
        ] {
            list = conditions(
                list, setting: type, to: holds, reason: reason, message: message, at: now,
                updateTime: false)
        }
        status["conditions"] = .array(list)
        status["containerStatuses"] = lines(regular, pod["spec", "containers"], !open.isEmpty)
        if !initial.isEmpty {
            status["initContainerStatuses"] = lines(initial, pod["spec", "initContainers"], false)
        }
        return status
    }

    private static func lines(
        _ containers: [ContainerState], _ specs: JSON?, _ isInitializing: Bool
    ) -> JSON {
        .array(
            containers.map { container in
                let spec = specs?.array?.first { $0["name"]?.string == container.name }
                var line = line(container, image: spec?["image"]?.string ?? "")
                if isInitializing, case .waiting = container.run {
                    line["state"] = ["waiting": ["reason": "PodInitializing"]]
                }
                return line
            })
    }

    private static func phase(_ state: PodState, policy: String) -> String {
        let regular = state.containers.filter { !$0.isInit }
        let initial = state.containers.filter(\.isInit)
        if initial.contains(where: { isEnded($0) && !$0.hasSucceeded }) { return "Failed" }
        if regular.allSatisfy(isEnded), !regular.isEmpty {
            return regular.allSatisfy(\.hasSucceeded) ? "Succeeded" : "Failed"
        }
        let begun =
            initial.allSatisfy(\.hasSucceeded)
            && regular.allSatisfy { $0.isRunning || $0.last != nil || isEnded($0) }
        return begun ? "Running" : "Pending"
    }

    private static func isEnded(_ container: ContainerState) -> Bool {
        if case .ended = container.run { true } else { false }
    }

    private static func line(_ container: ContainerState, image: String) -> JSON {
        var line: JSON = [
            "name": .string(container.name), "image": .string(image), "imageID": "",
            "restartCount": count(container.restarts),
            "ready": .bool(container.isInit ? container.hasSucceeded : container.isReady),
            "started": .bool(container.hasStarted), "lastState": [:],
        ]
        switch container.run {
        case .waiting(let reason, let message, _):
            var waiting: JSON = ["reason": .string(reason)]
            if !message.isEmpty { waiting["message"] = .string(message) }
            line["state"] = ["waiting": waiting]
        case .running(let since):
            line["state"] = ["running": ["startedAt": .string(since.rfc3339)]]
        case .ended(let ended):
            line["state"] = ["terminated": terminated(ended)]
        }
        if let last = container.last { line["lastState"] = ["terminated": terminated(last)] }
        return line
    }

    private static func terminated(_ ended: Ended) -> JSON {
        var json: JSON = [
            "exitCode": count(ended.exit.code), "reason": .string(ended.reason),
            "startedAt": .string(ended.started.rfc3339),
            "finishedAt": .string(ended.finished.rfc3339),
        ]
        if case .signal(let number) = ended.exit { json["signal"] = count(number) }
        if let cause = ended.cause { json["message"] = .string(cause) }
        return json
    }
}
