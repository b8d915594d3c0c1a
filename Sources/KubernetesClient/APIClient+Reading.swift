import Documents
import KubernetesObjects

/// Some of the objects of a kind, and how to get the rest.
package struct ObjectPage: Sendable {
    package let objects: [Object]
    /// The state of the whole collection that this page belongs to; a watch may go on from here.
    package let resourceVersion: String
    /// What to pass for the next page; nil on the last one.
    package let continuation: String?
}

/// All objects of a kind at one moment.
package struct ObjectList: Sendable {
    package let objects: [Object]
    package let resourceVersion: String
}

extension APIClient {
    /// 500 is what kubectl and client-go ask for: large enough to be quick, small enough for
    /// memory.
    package static let pageLimit = 500
    /// A cluster of this many objects of one kind is far beyond what Kubernetes supports.
    package static let maximumObjects = 200_000

    /// The object, as the server knows it now.
    package func get(
        _ reference: Reference, subresource: String? = nil
    ) async throws(APIError) -> Object {
        let path = reference.path(subresource)
        return Object(try await json(Call(path: path)))
    }

    /// One page. With a `continuation` that is too old it throws `.gone`: list from the start.
    package func page(
        _ resource: Resource, _ selection: Selection = .everything, form: ObjectForm = .whole,
        limit: Int = pageLimit, continuation: String? = nil
    ) async throws(APIError) -> ObjectPage {
        var call = Call(path: resource.path(namespace: selection.namespace), query: selection.query)
        call.accepts = form.acceptsList
        call.query.append(("limit", "\(limit)"))
        if let continuation { call.query.append(("continue", continuation)) }
        let answer = try await json(call)
        guard let items = answer["items"]?.array ?? (answer["items"]?.isNull == true ? [] : nil),
            let version = answer["metadata"]?["resourceVersion"]?.string
        else { throw .unreachable(reason: "\(call.name): the answer is no list") }
        let next = answer["metadata"]?["continue"]?.string
        return ObjectPage(
            objects: items.map { Object($0, of: resource) }, resourceVersion: version,
            continuation: next.flatMap { $0.isEmpty ? nil : $0 })
    }

    /// All objects, page by page; of objects that are too large for pages of so many, in smaller
    /// ones. Starts over once where the server forgets the state in the middle.
    ///
    /// - Parameter kept: what stays of an object once its page was read; nil where nothing does.
    package func list(
        _ resource: Resource, _ selection: Selection = .everything, form: ObjectForm = .whole,
        pageLimit: Int = pageLimit, keeping kept: (Object) -> Object? = { $0 }
    ) async throws(APIError) -> ObjectList {
        do {
            return try await listOnce(resource, selection, form, pageLimit, kept)
        } catch .gone {
            return try await listOnce(resource, selection, form, pageLimit, kept)
        }
    }

    private func listOnce(
        _ resource: Resource, _ selection: Selection, _ form: ObjectForm, _ pageLimit: Int,
        _ kept: (Object) -> Object?
    ) async throws(APIError) -> ObjectList {
        var objects: [Object] = []
        var count = 0
        var limit = pageLimit
        var continuation: String?
        repeat {
            let page: ObjectPage
            do throws(APIError) {
                page = try await self.page(
                    resource, selection, form: form, limit: limit, continuation: continuation)
            } catch .tooLong where limit > 1 {
                limit /= 2
                continue
            }
            objects += page.objects.compactMap(kept)
            count += page.objects.count
            guard count <= Self.maximumObjects else {
                let message =
                    "more than \(Self.maximumObjects) \(resource.plural); narrow the selection"
                throw .refused(status: 200, message: message)
            }
            continuation = page.continuation
            if continuation == nil {
                return ObjectList(objects: objects, resourceVersion: page.resourceVersion)
            }
        } while true
    }
}

extension Reference {
    func path(_ subresource: String?) -> String {
        resource.path(namespace: namespace, name: name, subresource: subresource)
    }
}

extension Object {
    /// An item of a list: lists of built-in kinds leave out what all items have in common.
    init(_ item: JSON, of resource: Resource) {
        var item = item
        if item["kind"] == nil { item["kind"] = .string(resource.kind) }
        if item["apiVersion"] == nil { item["apiVersion"] = .string(resource.apiVersion) }
        self.init(item)
    }
}
