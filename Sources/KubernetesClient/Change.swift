import KubernetesObjects

/// What happened to one object between two looks: `old` is nil where it is new, `new` where it is
/// gone.
package struct Change: Hashable, Sendable {
    package let old: Object?
    package let new: Object?

    package init(old: Object?, new: Object?) {
        self.old = old
        self.new = new
    }
}

/// The changes of a cache for one reader. Several changes of one object become one, from the state
/// the reader knows to the newest, so that a slow reader costs no more memory than there are
/// objects.
package struct Changes: AsyncSequence, Sendable {
    package typealias Element = Change
    package typealias Failure = Never

    let feed: ChangeFeed

    package struct Iterator: AsyncIteratorProtocol {
        let feed: ChangeFeed

        /// The next change; nil when the task is cancelled.
        package mutating func next() async -> Change? { await feed.next() }
    }

    package func makeAsyncIterator() -> Iterator { Iterator(feed: feed) }
}
