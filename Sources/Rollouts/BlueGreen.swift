/// The blue-green strategy (rollout-semantics §1.3): the new revision grows beside the present one,
/// and the active service moves all traffic at once.
package struct BlueGreen: Hashable, Sendable {
    /// The service that production traffic goes to.
    package var activeService: String
    /// The service under which the new revision can be tried before it is active.
    package var previewService: String?
    /// The size of the new revision until its preview is over; nil for the rollout's size.
    package var previewReplicaCount: Int?
    /// What has to happen between a whole preview and the switch.
    package var promotion = Promotion.automatic(afterSeconds: 0)
    /// How long the previous revision keeps its pods after a promotion.
    package var scaleDownDelaySeconds = 30
    /// How many old ReplicaSets may be waiting for their scale-down deadline; nil for any number.
    package var scaleDownDelayRevisionLimit: Int?
    /// How long an aborted revision keeps its pods. Nil means for ever (0 in the document).
    package var abortScaleDownDelaySeconds: Int? = 30
    /// How many pods may be missing while they are restarted.
    package var maxUnavailable = Allowance.standard
    /// Whether an analysis judges the preview before the switch.
    package var judgesPreview = false
    /// Whether an analysis judges the new revision after the switch, before it is stable.
    package var judgesActive = false

    package init(activeService: String, previewService: String? = nil) {
        self.activeService = activeService
        self.previewService = previewService
    }

    /// `autoPromotionEnabled` and `autoPromotionSeconds`, which only have a meaning together.
    package enum Promotion: Hashable, Sendable {
        /// The preview lasts this long, unless a person ends it earlier.
        case automatic(afterSeconds: Int)
        /// A person ends the preview.
        case byHand
    }
}

/// The part of the status that only blue-green rollouts have (§2.1).
package struct BlueGreenStatus: Hashable, Sendable {
    /// The hash that the preview service selected when the status was written.
    package var previewHash = ""
    /// The same of the active service.
    package var activeHash = ""
    /// `scaleUpPreviewCheckPoint`: the preview of this revision is over. What was waited for once
    /// is not waited for again while its pods grow to full size.
    package var previewIsOver = false
    package var preRun: RunMirror?
    package var postRun: RunMirror?

    package init() {}
}

extension Snapshot {
    /// The hash that the active service selects; nil where it selects none of ours.
    func activeHash(_ plan: BlueGreen) -> String? { service(plan.activeService)?.hash }

    /// The ReplicaSet that the active service leads to.
    func active(_ plan: BlueGreen) -> ReplicaSet? {
        activeHash(plan).flatMap { hash in replicaSets.first { $0.hash == hash } }
    }

    /// Whether `set` can take all production traffic now: whole, or better than what serves it. A
    /// rollout of size 0 serves nobody, so that nothing is lost once its pods are gone.
    func mayServe(_ set: ReplicaSet, _ plan: BlueGreen) -> Bool {
        let present = active(plan)?.available ?? 0
        if set.available == 0 { return size == 0 && present == 0 }
        // A service that selects no hash may lead to any of the pods.
        let isOrphan = activeHash(plan) != nil && present == 0
        return set.available >= size || isOrphan
    }
}
