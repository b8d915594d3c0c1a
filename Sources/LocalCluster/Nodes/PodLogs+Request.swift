import Documents
import KubernetesObjects
import ObjectStore
import Serving

extension PodLogs {
    /// What a client asked for of a container's output.
    /// - Throws: `StoreError` in the words of a kubelet where there is no such run.
    package func body(_ request: LogRequest) throws(StoreError) -> Response.Body {
        let run = try run(of: request)
        let uid = request.pod.uid
        let container = request.container
        var part: LogPart
        do throws(SystemFailure) {
            part = try tail(uid: uid, container: container, restarts: run)
        } catch {
            throw StoreError(code: 500, reason: "InternalError", message: "\(error)")
        }
        if let count = request.tailLines { part.bytes = lastLines(count, of: part.bytes) }
        if let limit = request.limitBytes { part.bytes = Array(part.bytes.prefix(limit)) }
        guard request.isFollowing else { return .bytes(part.bytes) }
        let begun = part
        return .stream { writer in
            try await writer.write(begun.bytes)
            let rest = follow(uid: uid, container: container, restarts: run, from: begun.end)
            for await more in rest { try await writer.write(more) }
        }
    }

    /// Which run of the container is meant, as `restartCount` counts them.
    private func run(of request: LogRequest) throws(StoreError) -> Int {
        let names = ["containerStatuses", "initContainerStatuses"]
        let status = names.lazy.flatMap { request.pod.status?[$0]?.array ?? [] }
            .first { $0["name"]?.string == request.container }
        let restarts = status?["restartCount"]?.int ?? 0
        let subject = "container \"\(request.container)\" in pod \"\(request.pod.name)\""
        if request.isPrevious {
            guard restarts > 0 else {
                throw .badRequest("previous terminated \(subject) not found")
            }
            return restarts - 1
        }
        guard let waiting = status?["state"]?["waiting"] else { return restarts }
        // Between two runs the last one is what there is to read.
        if restarts > 0 { return restarts - 1 }
        let reason = waiting["reason"]?.string ?? ""
        throw .badRequest("\(subject) is waiting to start: \(reason)")
    }
}

private func lastLines(_ count: Int, of bytes: [UInt8]) -> [UInt8] {
    guard count > 0 else { return [] }
    var seen = 0
    var index = bytes.count - (bytes.last == 10 ? 1 : 0)
    while index > 0 {
        if bytes[index - 1] == 10 {
            seen += 1
            if seen == count { break }
        }
        index -= 1
    }
    return Array(bytes[index...])
}
