import Documents
import KubernetesObjects
import ObjectStore
import Serving

// What the body of a writing request says.
extension Request {
    private static let jsonType = "application/json"
    private static let applyType = "application/apply-patch+yaml"
    private static let yamlTypes: Set<String> = ["application/yaml", applyType]

    private var mediaType: String {
        let type = headers["Content-Type"]?.prefix { $0 != ";" } ?? ""
        return type.filter { $0 != " " }.lowercased()
    }

    /// The body as a document, in JSON, YAML or protocol buffers as its type says.
    func document() throws(StoreError) -> JSON {
        switch mediaType {
        case "", "*/*", Self.jsonType: return try json()
        case let type where Self.yamlTypes.contains(type): return try yaml()
        case ProtobufReader.mediaType: return try ProtobufReader.object(body)
        default:
            throw .unsupportedMediaType(mediaType, takes: [Self.jsonType, "application/yaml"])
        }
    }

    /// Of a key that stands twice the last one counts, unless the client reads strictly.
    private func json() throws(StoreError) -> JSON {
        try json(try strictness() == .strict ? .refused : .lastWins)
    }

    private func json(_ keys: JSON.DuplicateKeys) throws(StoreError) -> JSON {
        do throws(DocumentError) {
            return try JSON(
                parsing: body, file: "the body", limits: .request, duplicateKeys: keys)
        } catch {
            throw .badRequest(error.description)
        }
    }

    /// What a client that only wants to be warned is told of keys that stand twice.
    func doubledKeys() -> [String] {
        guard mediaType == Self.jsonType || mediaType.hasSuffix("+json") else { return [] }
        do throws(StoreError) {
            _ = try json(.refused)
            return []
        } catch {
            return [error.message]
        }
    }

    private func yaml() throws(StoreError) -> JSON {
        do throws(DocumentError) {
            let documents = try YAML.documents(in: body, file: "the body", limits: .request)
            guard documents.count == 1, let document = documents.first else {
                throw DocumentError(
                    "the body has \(documents.count) documents", remedy: "send exactly one")
            }
            return document.value
        } catch {
            throw .badRequest(error.description)
        }
    }

    /// The body as a patch of the form that its type names.
    func patch() throws(StoreError) -> Patch {
        if query["force"] != nil, mediaType != Self.applyType {
            throw .invalidOption("force", .forbidden("may not be specified for non-apply patch"))
        }
        switch mediaType {
        case "application/merge-patch+json": return .merge(try json())
        case "application/strategic-merge-patch+json": return .strategic(try json())
        case "application/json-patch+json":
            guard let operations = try json().array else {
                throw .badRequest("a JSON patch must be a list of operations")
            }
            return .json(operations)
        case Self.applyType:
            guard let manager = query["fieldManager"], !manager.isEmpty else {
                throw .invalidOption("fieldManager", .missing("is required for apply patch"))
            }
            let document = try yaml()
            guard document["apiVersion"] != nil, document["kind"] != nil else {
                throw .badRequest("an applied object must name its apiVersion and its kind")
            }
            return .apply(document, manager: manager, force: query.isTrue("force"))
        default:
            throw .unsupportedMediaType(
                mediaType,
                takes: [
                    "application/json-patch+json", "application/merge-patch+json",
                    "application/strategic-merge-patch+json", "application/apply-patch+yaml",
                ])
        }
    }

    /// How to delete, from the body (`DeleteOptions`) and the query.
    func deletion() throws(StoreError) -> (Deletion, isDryRun: Bool) {
        try deletion(body.isEmpty ? [:] : try document())
    }

    func deletion(_ options: JSON) throws(StoreError) -> (Deletion, isDryRun: Bool) {
        var deletion = Deletion()
        let grace = try number("gracePeriodSeconds")
        deletion.gracePeriodSeconds = options["gracePeriodSeconds"]?.int ?? grace
        if let word = options["propagationPolicy"]?.string ?? query["propagationPolicy"] {
            guard let propagation = Propagation(rawValue: word) else {
                throw .invalidOption(
                    "propagationPolicy",
                    .unsupported(word, known: ["Foreground", "Background", "Orphan"]))
            }
            deletion.propagation = propagation
        } else if options["orphanDependents"]?.bool == true {
            deletion.propagation = .orphan
        }
        deletion.uid = options["preconditions"]?["uid"]?.string
        deletion.resourceVersion = options["preconditions"]?["resourceVersion"]?.string
        return (deletion, options["dryRun"]?.array?.isEmpty == false)
    }
}

extension Limits {
    /// For what clients send: the listener bounds the bytes already, an object nests about 40 deep,
    /// and one value takes at least two bytes.
    fileprivate static let request = Limits(bytes: 3 << 20, depth: 200, nodes: 512 << 10)
}
