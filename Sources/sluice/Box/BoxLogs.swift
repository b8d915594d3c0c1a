import Documents
import KubernetesObjects
import LocalCluster
import ObjectStore
import Serving

/// The logs of pods for the API.
struct BoxLogs: Sendable {
    let logs: PodLogs

    func body(_ request: LogRequest) throws(StoreError) -> Response.Body {
        let statuses = request.pod.status?["containerStatuses"]?.array ?? []
        let status = statuses.first { $0["name"]?.string == request.container }
        let restarts = (status?["restartCount"]?.int ?? 0) - (request.isPrevious ? 1 : 0)
        let uid = request.pod.uid
        var bytes: [UInt8]
        do throws(SystemFailure) {
            bytes = try logs.tail(
                uid: uid, container: request.container, restarts: max(0, restarts))
        } catch {
            throw StoreError(code: 500, reason: "InternalError", message: "\(error)")
        }
        if let count = request.tailLines { bytes = lastLines(count, of: bytes) }
        if let limit = request.limitBytes { bytes = Array(bytes.prefix(limit)) }
        guard request.isFollowing else { return .bytes(bytes) }
        let begun = bytes
        let rest = logs.follow(uid: uid, container: request.container, restarts: max(0, restarts))
        return .stream { writer in
            try await writer.write(begun)
            for await more in rest { try await writer.write(more) }
        }
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
