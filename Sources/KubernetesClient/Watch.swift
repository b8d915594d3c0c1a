import Curl
import Documents
import KubernetesObjects

/// The changes of the objects of a kind, from a given version on, as they happen. Ends when the
/// server ends it, which it does every few minutes; throws where it breaks. For one reader.
package struct Watch: AsyncSequence, Sendable {
    /// One line of the watch.
    package enum Event: Hashable, Sendable {
        case added(Object)
        case modified(Object)
        /// The last state of an object that is gone, or that the selectors no longer take.
        case deleted(Object)
        /// Nothing happened until this version.
        case bookmark(resourceVersion: String)

        /// Where a watch may go on after this event.
        package var resourceVersion: String {
            switch self {
            case .added(let object), .modified(let object), .deleted(let object):
                object.resourceVersion
            case .bookmark(let version): version
            }
        }
    }

    package typealias Element = Event
    package typealias Failure = APIError

    let body: ResponseBody
    let resource: Resource
    let name: String
    /// What stands before the server may repeat what we sent in the middle of a watch, too.
    let redactor: Redactor

    package struct Iterator: AsyncIteratorProtocol {
        let watch: Watch
        var bytes: ResponseBody.Iterator
        var lines = LineBuffer()

        /// The next event; nil when the server has ended the watch. Throws `.gone` where the
        /// version is too old, and `.unreachable` where the connection breaks or stays silent for
        /// too long.
        package mutating func next() async throws(APIError) -> Event? {
            while true {
                while let line = lines.next() {
                    if let event = try watch.event(line) { return event }
                }
                guard let more = try await nextBytes() else { return nil }
                guard lines.append(more) else {
                    throw .unreachable(reason: "\(watch.name): an event without end")
                }
            }
        }

        private mutating func nextBytes() async throws(APIError) -> [UInt8]? {
            do throws(CurlError) {
                return try await bytes.next()
            } catch {
                throw APIError(error)
            }
        }
    }

    package func makeAsyncIterator() -> Iterator {
        Iterator(watch: self, bytes: body.makeAsyncIterator())
    }

    /// Nil for a type of event that did not exist when this was written.
    private func event(_ line: [UInt8]) throws(APIError) -> Event? {
        let json: JSON
        do throws(DocumentError) {
            json = try JSON(parsing: line, file: "an event of \(name)")
        } catch {
            throw .unreachable(reason: redactor.redact("\(error)"))
        }
        guard let type = json["type"]?.string, let content = json["object"] else {
            throw .unreachable(reason: "\(name): a line that is no event")
        }
        let object = Object(content, of: resource)
        if object.resourceVersion.isEmpty && type != "ERROR" {
            throw .unreachable(reason: "\(name): an event without a version")
        }
        switch type {
        case "ADDED": return .added(object)
        case "MODIFIED": return .modified(object)
        case "DELETED": return .deleted(object)
        case "BOOKMARK": return .bookmark(resourceVersion: object.resourceVersion)
        case "ERROR":
            throw APIError(status: content.changingTexts(redactor.redact), call: name)
        default: return nil
        }
    }
}

/// Cuts a stream of bytes into lines.
struct LineBuffer {
    /// An object of etcd is at most 1.5 MiB as it is stored, and some three times that as JSON.
    static let maximumLineBytes = 8 << 20

    private var bytes: [UInt8] = []
    private var start = 0
    private var searched = 0

    /// False where the line under way is too long.
    mutating func append(_ more: [UInt8]) -> Bool {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes += more
        return bytes.count <= Self.maximumLineBytes + more.count
    }

    /// The next whole line that is not empty, without its line break.
    mutating func next() -> [UInt8]? {
        while let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = bytes[start..<end]
            start = end + 1
            searched = start
            if !line.isEmpty { return Array(line) }
        }
        searched = bytes.count
        return nil
    }
}
