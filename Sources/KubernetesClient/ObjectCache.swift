import Curl
import Documents
import KubernetesObjects

/// What the API server has of one kind of object, kept up to date by a list and a watch, and
/// readable without waiting. Our own writes show at once: pass what the server answered to
/// `observed`.
///
/// Invariant: an object is never replaced by an older state of itself.
package final class ObjectCache: Sendable {
    /// How far the cache has come with one of its selections.
    package enum Progress: Hashable, Sendable {
        /// Not listed yet.
        case starting
        /// Listed, and watched from `resourceVersion` on.
        case following
        /// The last attempt failed; another one follows. What is known so far is still there.
        case failing(APIError)
    }

    private struct Feed: Sendable {
        var progress = Progress.starting
        var isListed = false
        var resourceVersion = ""
    }

    private struct State: Sendable {
        var content: CacheContent
        var feeds: [Feed]
        var readers: [WeakFeed] = []
    }

    package let resource: Resource
    /// What is kept: one selection for each namespace, or one for all.
    package let selections: [Selection]
    let form: ObjectForm
    private let trim: @Sendable (Object) -> Object
    private let state: Lock<State>

    /// - Parameters:
    ///   - namespaces: nil for all.
    ///   - trim: takes away what nobody needs; metadata but for `managedFields` and annotations
    ///     must stay.
    ///   - remembers: whether an object stays, until it is deleted, once the readers of changes
    ///     were told of it. Of what does not stay, `get`, `list` and later readers know nothing,
    ///     and a new list tells it again.
    package init(
        _ resource: Resource, namespaces: [String]? = nil, labels: LabelSelector = .everything,
        fields: FieldSelector = .everything, form: ObjectForm = .whole,
        trim: @escaping @Sendable (Object) -> Object = ObjectCache.trimmed,
        remembering remembers: @escaping @Sendable (Object) -> Bool = { _ in true }
    ) {
        self.resource = resource
        self.form = form
        let scopes: [String?] = namespaces.map { Set($0).sorted() } ?? [nil]
        selections = scopes.map { Selection(namespace: $0, labels: labels, fields: fields) }
        self.trim = { Object($0.json, of: resource, form: form, trim) }
        state = Lock(
            State(
                content: CacheContent(remembering: remembers),
                feeds: selections.map { _ in Feed() }))
    }

    /// Takes away what only the server and kubectl need, often more than half of an object: who
    /// owns which field, and what was last applied.
    package static let trimmed: @Sendable (Object) -> Object = { object in
        var object = object
        object["metadata", "managedFields"] = nil
        object["metadata", "selfLink"] = nil
        let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
        if object.annotations[lastApplied] != nil {
            object["metadata", "annotations", lastApplied] = nil
        }
        return object
    }

    /// The object of that name, as far as is known.
    package func get(namespace: String = "", name: String) -> Object? {
        state.withLock { $0.content.objects[ObjectKey(namespace: namespace, name: name)] }
    }

    /// The objects of `namespace` (nil: of all), by namespace and name.
    package func list(namespace: String? = nil) -> [Object] {
        if let namespace { return state.withLock { $0.content.list(namespace: namespace) } }
        let objects = state.withLock { $0.content.objects }
        return objects.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The names in `namespace` that begin like this.
    package func names(beginning prefix: String, namespace: String) -> [String] {
        state.withLock { Array($0.content.names(beginning: prefix, namespace: namespace)) }
    }

    /// The objects whose controller is the object with `uid`, by namespace and name.
    package func owned(by uid: String) -> [Object] {
        state.withLock { $0.content.owned(by: uid) }
    }

    /// Whether everything was listed at least once. Before that, "not there" means nothing.
    package var isSynced: Bool {
        state.withLock { $0.feeds.allSatisfy(\.isListed) }
    }

    /// How far each selection has come, in the order of `selections`.
    package var progress: [Progress] {
        state.withLock { $0.feeds.map(\.progress) }
    }

    /// The version up to which the watch of `namespace` has brought everything; "" where it has not
    /// begun, or where the namespace is not watched.
    package func lastResourceVersion(namespace: String? = nil) -> String {
        guard
            let index = selections.firstIndex(where: {
                $0.namespace == nil || $0.namespace == namespace
            })
        else { return "" }
        return state.withLock { $0.feeds[index].resourceVersion }
    }

    /// The changes from now on, for one reader; everything that is there comes first, as new.
    package func changes() -> Changes {
        let feed = ChangeFeed()
        state.withLock { state in
            for (key, object) in state.content.objects.sorted(by: { $0.key < $1.key }) {
                feed.add(Change(old: nil, new: object), of: key)
            }
            state.readers.removeAll { $0.feed == nil }
            state.readers.append(WeakFeed(feed: feed))
        }
        return Changes(feed: feed)
    }

    /// Takes the object that the server returned for a write of ours, so that the next turn sees it
    /// before the watch brings it. An object that no selection takes is not kept.
    package func observed(_ object: Object) {
        guard let index = selections.firstIndex(where: { $0.contains(object) }) else { return }
        let trimmed = trim(object)
        update { $0.content.observe(trimmed, watched: $0.feeds[index].resourceVersion) }
    }

    /// Takes note that a write of ours deleted the object with `uid` and that the server says it is
    /// gone.
    package func observedDeletion(namespace: String = "", name: String, uid: String) {
        update {
            $0.content.observeDeletion(of: ObjectKey(namespace: namespace, name: name), uid: uid)
        }
    }

    // What follows is for `ObjectCache+Following`, which talks to the server.

    /// Takes an object of a list that is not at its end.
    /// - Returns: what `reset` needs of it.
    func listed(_ object: Object) -> Object? {
        let object = trim(object)
        var stays = true
        update { state in
            stays = state.content.takes(object)
            // Told now: a whole list of such objects would be too much to hold.
            return stays ? [] : state.content.apply(.added(object))
        }
        return stays ? object : nil
    }

    /// Takes a whole list, as `listed` left it.
    func reset(_ index: Int, to list: ObjectList) {
        update { state in
            state.feeds[index] = Feed(
                progress: .following, isListed: true, resourceVersion: list.resourceVersion)
            return state.content.reset(
                to: list.objects, version: list.resourceVersion, in: selections[index])
        }
    }

    func apply(_ event: Watch.Event, to index: Int) {
        let event = event.map(trim)
        update { state in
            state.feeds[index].resourceVersion = event.resourceVersion
            return state.content.apply(event)
        }
    }

    /// The watch has begun.
    func follows(_ index: Int) {
        state.withLock { $0.feeds[index].progress = .following }
    }

    func fail(_ index: Int, _ error: APIError) {
        state.withLock { $0.feeds[index].progress = .failing(error) }
    }

    /// The server has the kind no more: what is known of it means nothing until it is listed again.
    func lose(_ index: Int, _ error: APIError) {
        state.withLock { $0.feeds[index] = Feed(progress: .failing(error)) }
    }

    /// Changes the content and tells the readers, in one step so that all readers see the same
    /// order.
    private func update(_ body: (inout State) -> CacheContent.Changes) {
        state.withLock { state in
            for (key, change) in body(&state) {
                for reader in state.readers { reader.feed?.add(change, of: key) }
            }
        }
    }
}

/// A reader that has gone is not told any more.
private struct WeakFeed: Sendable {
    weak let feed: ChangeFeed?
}

extension Object {
    fileprivate init(
        _ json: JSON, of resource: Resource, form: ObjectForm, _ trim: (Object) -> Object
    ) {
        let kept = trim(form.kept(of: Object(json)))
        switch form {
        case .whole: self = kept
        case .metadata: self.init(kept.json, of: resource)
        }
    }
}

extension Watch.Event {
    fileprivate func map(_ transform: (Object) -> Object) -> Watch.Event {
        switch self {
        case .added(let object): .added(transform(object))
        case .modified(let object): .modified(transform(object))
        case .deleted(let object): .deleted(transform(object))
        case .bookmark: self
        }
    }
}
