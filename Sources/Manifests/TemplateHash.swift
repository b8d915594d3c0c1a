import Documents

/// The hashes that name ReplicaSets and recognise steps (rollout-semantics §3.1). They must come
/// out as those of Argo Rollouts, or a takeover would start every rollout anew.
package enum TemplateHash {
    /// The hash of `spec.template`, salted by the number of name collisions so far.
    package static func ofTemplate(
        _ template: JSON?, collisionCount: Int?, library: Library = .current
    ) -> String {
        let written = GoFields.pods.written(
            template, as: "PodTemplateSpec", by: library == .current ? .current : .former)
        var hash = FNV1a()
        hash.feed(written.goText.utf8)
        if let collisionCount {
            let salt = UInt32(truncatingIfNeeded: collisionCount)
            hash.feed((0..<4).map { UInt8(truncatingIfNeeded: salt >> (8 * $0)) } + [0, 0, 0, 0])
        }
        return hash.word
    }

    /// Which library of Kubernetes wrote the template when it was hashed.
    package enum Library: Sendable {
        /// As Argo Rollouts 1.9 and this program do.
        case current
        /// As Argo Rollouts up to 1.8 did.
        case former
    }

    /// The hash of `strategy.canary.steps`.
    package static func ofSteps(_ steps: JSON?) -> String {
        var hash = FNV1a()
        hash.feed(writtenSteps(steps).goText.utf8)
        return hash.word
    }

    private static func writtenSteps(_ steps: JSON?) -> JSON {
        guard let list = steps?.array else { return .null }
        return .array(list.map { GoFields.steps.written($0, as: "CanaryStep") })
    }
}

/// FNV-1a with 32 bits.
struct FNV1a {
    private var sum: UInt32 = 2_166_136_261

    mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { sum = (sum ^ UInt32(byte)) &* 16_777_619 }
    }

    /// The sum as Kubernetes writes it into names: no vowels and no digits that look like letters.
    var word: String {
        String(decoding: String(sum).utf8.map { Self.alphabet[Int($0) % 27] }, as: UTF8.self)
    }

    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
}
