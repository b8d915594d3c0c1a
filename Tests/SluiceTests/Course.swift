import Documents
import KubernetesObjects

/// The versions of one rollout read as a story: what people wrote, and whether the controller did
/// what they asked, once each.
struct Course {
    private(set) var broken: [String] = []
    private(set) var versions = 0
    /// A pause that somebody has ended and that the controller has not left yet.
    private var isPauseEnded = false
    private var images: [String: String] = [:]

    /// - Parameter first: the version at which the storm began. What is before it is the document
    ///   in the making.
    init(_ record: [Object], from first: String, commands: [StormHand.Sent]) {
        versions = record.count
        let written = Set(commands.flatMap(\.versions))
        let seen = Set(record.map(\.resourceVersion))
        for command in commands where !command.versions.allSatisfy(seen.contains) {
            broken.append("\(command.command) made \(command.versions), which nobody saw")
        }
        let played = record.drop { $0.resourceVersion != first }
        if played.isEmpty { broken.append("nobody saw version \(first)") }
        for (before, after) in zip(played, played.dropFirst()) {
            let count = broken.count
            if written.contains(after.resourceVersion) {
                people(before, after)
            } else {
                controller(before, after)
            }
            if broken.count > count {
                broken.append("  from \(before.brief)  to \(after.brief)")
            }
        }
        if let last = record.last { end(last) }
    }

    private mutating func people(_ before: Object, _ after: Object) {
        if after.step != before.step { isPauseEnded = false }
        if before.isPaused && !after.isPaused && after.step == before.step { isPauseEnded = true }
    }

    private mutating func controller(_ before: Object, _ after: Object) {
        expect(before.spec == after.spec, "the controller changed the document", after)
        images[after.hash, default: after.image] = images[after.hash] ?? after.image
        if after.hash != before.hash {
            isPauseEnded = false
            expect(images[after.hash] == after.image, "\(after.hash) is another image", after)
        }
        aborts(before, after)
        if after.hash == before.hash, !after.isAborted, !before.isAborted {
            steps(before, after)
            switches(before, after)
            expect(
                !isPauseEnded || before.isPaused || !after.isPaused || after.isAbortTaken,
                "the pause that somebody has ended begins again", after)
        }
        if after.isAborted { isPauseEnded = false }
    }

    private mutating func aborts(_ before: Object, _ after: Object) {
        expect(before.isAborted || !after.isAborted, "nobody asked for an abort", after)
        if before.isAborted && !after.isAborted {
            let isFinished = before.stable == before.hash
            expect(
                isFinished || (before.isAbortTaken && before.hash != after.hash),
                "the abort is lost", after)
        }
        if before.isAborted && after.isAborted {
            expect(after.weight <= before.weight, "traffic up after an abort", after)
            expect(after.step <= before.step, "a step after an abort", after)
            expect(before.isNewActive || !after.isNewActive, "a switch after an abort", after)
        }
    }

    private mutating func steps(_ before: Object, _ after: Object) {
        guard after.step != before.step else { return }
        // A retry begins anew, also where the document waits for the first step.
        guard after.step > before.step else {
            expect(before.isAbortTaken, "a step back", after)
            return
        }
        expect(!before.isHeld, "a step while the rollout was paused", after)
        guard after.stable != after.hash || before.stable == before.hash else { return }
        for step in before.step..<after.step where !step.isMultiple(of: 2) {
            expect(isPauseEnded, "pause \(step) was left and nobody asked", after)
            isPauseEnded = false
        }
    }

    /// Blue-green: the service was moved in the turn before it is seen to lead there.
    private mutating func switches(_ before: Object, _ after: Object) {
        guard !before.isNewActive, after.isNewActive, !before.active.isEmpty else { return }
        expect(isPauseEnded, "a switch that nobody asked for", after)
        isPauseEnded = false
    }

    private mutating func end(_ last: Object) {
        if !last.isAborted && !last.isHeld && last.stable != last.hash {
            expect(!isPauseEnded, "the last promotion is lost", last)
        }
    }

    private mutating func expect(_ holds: Bool, _ what: String, _ object: Object) {
        if !holds { broken.append("version \(object.resourceVersion): \(what)") }
    }

    /// Whether a rollout stands where its document and the commands say, and nothing is left to do.
    static func rest(of rollout: Object) -> Bool {
        let phase = rollout.status?["phase"]?.string
        let isSeen =
            rollout.status?["observedGeneration"]?.string == String(rollout.generation)
        guard isSeen else { return false }
        if rollout.isAborted && rollout.stable != rollout.hash {
            return phase == "Degraded" && rollout.weight == 0 && rollout.isAbortTaken
                && !rollout.isNewActive
        }
        if rollout.isHeld { return phase == "Paused" }
        if rollout.stable == rollout.hash { return phase == "Healthy" && rollout.weight == 0 }
        if rollout.spec?["strategy"]?["blueGreen"] != nil {
            return phase == "Paused" && rollout.isPaused && !rollout.isNewActive
        }
        let weight = 20 * ((rollout.step + 1) / 2)
        return phase == "Paused" && !rollout.step.isMultiple(of: 2) && rollout.isPaused
            && rollout.weight == weight
    }
}

extension Object {
    fileprivate var hash: String { status?["currentPodHash"]?.string ?? "" }
    fileprivate var stable: String { status?["stableRS"]?.string ?? "" }
    fileprivate var step: Int { status?["currentStepIndex"]?.int ?? 0 }
    /// What the active service of a blue-green rollout was seen to select.
    fileprivate var active: String { status?["blueGreen"]?["activeSelector"]?.string ?? "" }
    fileprivate var isNewActive: Bool { !active.isEmpty && active == hash }
    fileprivate var isAborted: Bool { status?["abort"]?.bool == true }
    fileprivate var isAbortTaken: Bool { status?["abortedAt"]?.string != nil }
    fileprivate var isPaused: Bool { status?["pauseConditions"]?.array?.isEmpty == false }
    fileprivate var brief: String {
        "\(resourceVersion) \(status?["phase"]?.string ?? "") step \(step) weight \(weight) "
            + "abort \(isAborted) \(isAbortTaken) \(hash) of \(stable)"
    }
    /// Paused by the document.
    fileprivate var isHeld: Bool { spec?["paused"]?.bool == true }
    fileprivate var weight: Int {
        status?["canary"]?["weights"]?["canary"]?["weight"]?.int ?? 0
    }
    fileprivate var image: String {
        spec?["template"]?["spec"]?["containers"]?[0]?["image"]?.string ?? ""
    }
}
