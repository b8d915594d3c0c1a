import Documents
import KubernetesObjects
import ObjectStore
import Serving

// Requests for objects and their parts.
extension APIHandler {
    func answerObjects(_ request: Request, _ catalog: Catalog) async throws(StoreError) -> Response
    {
        if let review = try review(request) { return review }
        guard let path = ObjectPath(request.segments, in: catalog) else { throw .unknownPath }
        let include = request.query["includeObject"]
        guard let view = View(accept: request.headers["Accept"], includeObject: include) else {
            throw .notAcceptable
        }
        let presentation = Presentation(path.resource, as: view, in: catalog, clock: server.clock)
        guard let reference = path.reference else {
            return try await answerKind(request, path, presentation, catalog)
        }
        switch path.subresource {
        case nil:
            let place = Place(path: path, reference: reference, endpoint: .main)
            return try await answerObject(request, place, presentation, catalog)
        case "status" where path.resource.hasStatus:
            guard request.method != "DELETE" else { throw .methodNotAllowed }
            let place = Place(path: path, reference: reference, endpoint: .status)
            return try await answerObject(request, place, presentation, catalog)
        case "scale" where path.resource.hasScale: return try await answerScale(request, reference)
        case "eviction" where path.resource == .pods: return try await evict(request, reference)
        case "log" where path.resource == .pods: return try await answerLog(request, reference)
        case "exec", "attach", "portforward":
            guard path.resource == .pods else { throw .unknownPath }
            throw .noWayIn(to: try await server.get(reference))
        default: throw .unknownPath
        }
    }

    /// Where an object is written.
    private struct Place {
        let path: ObjectPath
        let reference: Reference
        let endpoint: Endpoint
    }

    /// A path that names a kind: lists, watches, new objects, and deleting many.
    private func answerKind(
        _ request: Request, _ path: ObjectPath, _ presentation: Presentation, _ catalog: Catalog
    ) async throws(StoreError) -> Response {
        switch request.method {
        case "GET" where request.query.isTrue("watch"):
            return try await watch(request, path, presentation)
        case "GET":
            return try await list(request, path, presentation)
        case "POST":
            if path.resource.isNamespaced && path.namespace.isEmpty { throw .methodNotAllowed }
            let document = try request.document()
            let warnings = try request.check(document, path, in: catalog)
            let written = try await server.create(
                Object(path.storing(document)), in: path.stored, namespace: path.namespace,
                by: try request.caller())
            return .json(presentation.one(written.object).bytes, status: 201).warning(warnings)
        case "DELETE":
            let (deletion, isDryRun) = try request.deletion()
            var caller = try request.caller()
            caller.isDryRun = caller.isDryRun || isDryRun
            let objects = try await server.deleteAll(
                path.stored, matching: try request.selection(in: path), deletion, by: caller)
            return .json(presentation.list(objects, metadata: [:]).bytes)
        default:
            throw .methodNotAllowed
        }
    }

    private func list(
        _ request: Request, _ path: ObjectPath, _ presentation: Presentation
    ) async throws(StoreError) -> Response {
        var page = request.query["continue"].flatMap { $0.isEmpty ? nil : $0 }
        if page == nil, let version = try request.number("resourceVersion"), version > 0 {
            try await requireReached(version)
            if request.query["resourceVersionMatch"] == "Exact" {
                // The page after nothing, at that version.
                page = "\(version)::"
            }
        }
        let list = try await server.list(
            path.stored, matching: try request.selection(in: path),
            limit: try request.number("limit"), page: page)
        var metadata: JSON = ["resourceVersion": .string(String(list.resourceVersion))]
        if let next = list.nextPage {
            metadata["continue"] = .string(next)
            if let rest = list.remaining { metadata["remainingItemCount"] = .int(Int64(rest)) }
        }
        return .json(presentation.list(list.items, metadata: metadata).bytes)
    }

    /// A version that the server has not reached comes from another server, or from before a loss.
    func requireReached(_ version: Int) async throws(StoreError) {
        let current = await server.resourceVersion
        guard version > current else { return }
        throw StoreError(
            code: 504, reason: "Timeout",
            message: "Too large resource version: \(version), current: \(current)",
            causes: [
                StoreError.Cause(
                    field: "", reason: "ResourceVersionTooLarge",
                    message: "Too large resource version")
            ])
    }

    private func answerObject(
        _ request: Request, _ place: Place, _ presentation: Presentation, _ catalog: Catalog
    ) async throws(StoreError) -> Response {
        let path = place.path
        switch request.method {
        case "GET":
            return .json(presentation.one(try await server.get(place.reference)).bytes)
        case "PUT":
            let document = try request.document()
            let warnings = try request.check(document, path, in: catalog)
            let written = try await server.update(
                place.reference, to: Object(path.storing(document)), at: place.endpoint,
                by: try request.caller())
            return .json(presentation.one(written.object).bytes).warning(warnings)
        case "PATCH":
            let patch = try request.patch()
            let warnings = try request.check(patch, path, in: catalog)
            let (object, isNew) = try await server.patch(
                place.reference, with: path.storing(patch), at: place.endpoint,
                by: try request.caller())
            return .json(presentation.one(object).bytes, status: isNew ? 201 : 200)
                .warning(warnings)
        case "DELETE":
            return try await delete(request, place.reference, presentation)
        default:
            throw .methodNotAllowed
        }
    }

    private func delete(
        _ request: Request, _ reference: Reference, _ presentation: Presentation
    ) async throws(StoreError) -> Response {
        let (deletion, isDryRun) = try request.deletion()
        var caller = try request.caller()
        caller.isDryRun = caller.isDryRun || isDryRun
        let written = try await server.delete(reference, deletion, by: caller)
        let isGone = written.changes.contains { $0.reference == reference && $0.object == nil }
        guard isGone || caller.isDryRun else {
            return .json(presentation.one(written.object).bytes)
        }
        let resource = reference.resource
        var details: JSON = ["name": .string(reference.name)]
        if !resource.group.isEmpty { details["group"] = .string(resource.group) }
        details["kind"] = .string(resource.plural)
        details["uid"] = .string(written.object.uid)
        return .json(
            JSON.object(
                JSONObject([
                    ("kind", "Status"), ("apiVersion", "v1"), ("metadata", [:]),
                    ("status", "Success"), ("details", details),
                ])
            ).bytes)
    }

    private func answerScale(
        _ request: Request, _ reference: Reference
    ) async throws(StoreError) -> Response {
        let written: Written?
        switch request.method {
        case "GET":
            written = nil
        case "PUT":
            written = try await server.updateScale(
                reference, to: Object(try request.document()), by: try request.caller())
        case "PATCH":
            written = try await server.patchScale(
                reference, with: try request.patch(), by: try request.caller())
        default:
            throw .methodNotAllowed
        }
        var scale = try await server.scale(of: reference)
        if let written, try request.caller().isDryRun {
            scale["spec", "replicas"] = written.object["spec", "replicas"]
        }
        return .json(scale.json.bytes)
    }

    /// Questions about permissions, which are no stored objects.
    private func review(_ request: Request) throws(StoreError) -> Response? {
        let path = request.segments
        guard path.count == 4, path[0] == "apis",
            let review = Review.kind(group: path[1], version: path[2], plural: path[3])
        else { return nil }
        guard request.method == "POST" else { throw .methodNotAllowed }
        return .json(review.answer(to: try request.document()).bytes, status: 201)
    }
}
