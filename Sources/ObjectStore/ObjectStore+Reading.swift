import Documents
import KubernetesObjects

/// A page of a list.
package struct ObjectList: Hashable, Sendable {
    package let items: [Object]
    /// The version at which the items were like this; a watch goes on from it.
    package let resourceVersion: Int
    /// What to ask the next page with; nil on the last one.
    package let nextPage: String?
    /// Items after this page; nil where a selector makes them unknown.
    package let remaining: Int?
}

extension ObjectStore {
    /// The object, or `NotFound`.
    package func get(_ reference: Reference) throws(StoreError) -> Object {
        guard let object = self[try address(of: reference)] else { throw .notFound(reference) }
        return object
    }

    /// The selected objects by namespace and name. All pages of one list show the same moment.
    ///
    /// - Parameters:
    ///   - limit: items per page; nil or 0 for all.
    ///   - page: `nextPage` of the page before.
    /// - Throws: `BadRequest` for a page nobody gave out, `Expired` (410) where its moment is
    ///   forgotten.
    package func list(
        _ resource: Resource, matching selection: Selection = .everything, limit: Int? = nil,
        page: String? = nil
    ) throws(StoreError) -> ObjectList {
        let kind = try kind(of: resource)
        let start = try page.map(PageMark.read)
        let version = start?.version ?? resourceVersion
        guard version <= resourceVersion else { throw PageMark.refusal }
        var objects: [Object]
        if version == resourceVersion, let namespace = selection.namespace,
            let name = selection.fields.name
        {
            objects = [shelf(kind.key)[namespace, name]].compactMap { $0 }
        } else if version == resourceVersion {
            objects = shelf(kind.key).objects(in: selection.namespace)
        } else {
            objects = try past(kind.key, in: selection.namespace, at: version)
        }
        if let start {
            objects.removeAll { ($0.namespace, $0.name) <= (start.namespace, start.name) }
        }
        if !selection.isWhole { objects = objects.filter(selection.matches) }
        guard let limit, limit > 0, objects.count > limit else {
            return ObjectList(
                items: objects, resourceVersion: version, nextPage: nil,
                remaining: selection.isWhole ? 0 : nil)
        }
        let last = objects[limit - 1]
        let mark = PageMark(version: version, namespace: last.namespace, name: last.name)
        return ObjectList(
            items: Array(objects.prefix(limit)), resourceVersion: version, nextPage: mark.text,
            remaining: selection.isWhole ? objects.count - limit : nil)
    }

    /// The objects of a kind as they were at `version`, by undoing what the journal remembers.
    private func past(
        _ key: String, in namespace: String?, at version: Int
    ) throws(StoreError) -> [Object] {
        guard let entries = journal.entries(after: version) else {
            throw .expired(version, oldest: journal.horizon)
        }
        var shelf = shelf(key)
        for entry in entries.reversed() where entry.address.kind == key {
            if let before = entry.before {
                shelf.put(before, entry.address.namespace, entry.address.name)
            } else {
                shelf.remove(entry.address.namespace, entry.address.name)
            }
        }
        return shelf.objects(in: namespace)
    }

    func kind(of resource: Resource) throws(StoreError) -> Kind {
        guard let kind = kinds[resource.qualifiedName], kind.resource.version == resource.version
        else { throw .unknownResource }
        return kind
    }

    func address(of reference: Reference) throws(StoreError) -> Address {
        let kind = try kind(of: reference.resource)
        return Address(kind: kind.key, namespace: reference.namespace, name: reference.name)
    }
}

/// Where a list goes on: after which object, at which version.
private struct PageMark {
    let version: Int
    let namespace: String
    let name: String

    // Names cannot contain the separator.
    var text: String { "\(version):\(namespace):\(name)" }

    static let refusal = StoreError.badRequest("continue key is not valid; start the list again")

    static func read(_ text: String) throws(StoreError) -> PageMark {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let version = Int(parts[0]), version >= 0 else { throw refusal }
        return PageMark(version: version, namespace: String(parts[1]), name: String(parts[2]))
    }
}
