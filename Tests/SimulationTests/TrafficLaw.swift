import Simulation

/// What real traffic, and whoever reads the status, must never see, whatever happened
/// (rollout-semantics §6.3, §9.4): judged by the objects that nginx and the Services serve, not by
/// what the controller thinks.
func brokenLaws(_ transcript: Transcript) -> [String] {
    let empty = transcript.emptyWrites
    var broken = transcript.broken
    if empty > 0 { broken.append("P10: \(empty) writes that change nothing") }
    let laws = [raising, lowering, shrinking, switching, stepping, trying, aiming]
    for (earlier, after) in zip(transcript.samples, transcript.samples.dropFirst()) {
        // Where the services changed places, it is their traffic that counts, not what they are to
        // the rollout.
        let before = earlier.stableService == after.stableService ? earlier : earlier.turned
        for law in laws {
            broken += law(before, after).map { "\(after.milliseconds) ms: \($0)" }
        }
    }
    return broken
}

typealias Sample = Transcript.Sample

extension Sample {
    /// Whether so many pods are enough for the canary's weight: for its share of the traffic, or
    /// for the part of it that the step gives so many pods.
    func carries(on pods: Int) -> Bool { carries(weight, on: pods) }

    func carries(_ weight: Int, on pods: Int) -> Bool {
        if weight * size <= total * pods { return true }
        return ownScales.contains { $0.pods > 0 && weight * $0.pods <= $0.weight * pods }
    }
}

/// P3, P11: more traffic only for pods of the new revision that can carry it.
private func raising(_ before: Sample, _ after: Sample) -> [String] {
    guard after.weight > before.weight, after.size > 0 else { return [] }
    var broken: [String] = []
    if !after.carries(on: after.canaryAvailable) {
        broken.append(
            "P3: weight \(after.weight) on \(after.canaryAvailable) of \(after.size) pods")
    }
    if after.canaryHash != after.currentHash {
        broken.append("P11: weight raised to \(after.weight) for \(after.canaryHash)")
    }
    if after.isAborted { broken.append("P6: an aborted rollout gets \(after.weight)") }
    return broken
}

/// P4: stable gets no more than its pods carry, as long as the canary's pods are there.
private func lowering(_ before: Sample, _ after: Sample) -> [String] {
    guard after.weight < before.weight, after.canaryAvailable > 0 else { return [] }
    let share = (after.total - after.weight) * after.size / after.total
    guard share > after.stableAvailable else { return [] }
    return ["P4: stable gets \(share) pods' traffic on \(after.stableAvailable)"]
}

/// P3 for versions of experiments: more traffic only for all of their pods, which stay as long as
/// anything leads to them.
private func trying(_ before: Sample, _ after: Sample) -> [String] {
    after.versions.sorted { $0.key < $1.key }.flatMap { name, version in
        var broken: [String] = []
        let old = before.versions[name]
        let pods = "\(version.available) of \(version.wanted) pods"
        if version.weight > old?.weight ?? 0 {
            if version.available == 0 || version.available < version.wanted {
                broken.append("P3: \(name) gets \(version.weight) on \(pods)")
            }
            if after.isAborted { broken.append("P6: \(name) gets traffic of an aborted rollout") }
        }
        if version.weight > 0, version.wanted == 0, old?.wanted ?? 0 > 0 {
            broken.append("P5: the pods of \(name) go with \(version.weight) on it")
        }
        return broken
    }
}

/// P3, P4, P5 and P11 where traffic comes to pods past the Services.
private func aiming(_ before: Sample, _ after: Sample) -> [String] {
    guard after.size > 0 else { return [] }
    return after.aims.sorted { $0.key < $1.key }.flatMap { kind, now in
        (before.aims[kind].map { aiming($0, now, after) } ?? []).map { "\($0) by \(kind)" }
    }
}

private func aiming(_ old: Sample.Aim, _ now: Sample.Aim, _ after: Sample) -> [String] {
    func pods(_ hash: String) -> Int { after.available[hash] ?? 0 }
    let canary = pods(now.canaryHash), stable = pods(now.stableHash)
    let isRaised = now.weight > old.weight
    let isMoved = now.weight > 0 && now.canaryHash != old.canaryHash
    var broken: [String] = []
    // Whoever comes to nobody may come to a single pod.
    let isCarried = isRaised || pods(old.canaryHash) > 0
    let isEnough = isCarried ? after.carries(now.weight, on: canary) : canary > 0
    if isRaised || isMoved, !isEnough {
        broken.append("P3: weight \(now.weight) on \(canary) of \(after.size) pods")
    }
    if isMoved, now.canaryHash == now.stableHash, pods(old.canaryHash) > 0, stable < after.size {
        broken.append("P4: stable gets all traffic on \(stable) of \(after.size) pods")
    }
    if isRaised, now.canaryHash != after.currentHash {
        broken.append("P11: weight raised to \(now.weight) for \(now.canaryHash)")
    }
    let share = (after.total - now.weight) * after.size / after.total
    if now.weight < old.weight, canary > 0, share > stable {
        broken.append("P4: stable gets \(share) pods' traffic on \(stable)")
    }
    if now.stableHash != old.stableHash, stable == 0 {
        broken.append("P5: stable's traffic comes to nobody")
    }
    return broken
}

/// P4, P5: no service moves to pods that are not there, or too few for both sides. A subset may,
/// while nobody comes by it.
private func switching(_ before: Sample, _ after: Sample) -> [String] {
    var broken: [String] = []
    let isReached = after.weight > 0 || after.aims.isEmpty
    if before.canaryHash != after.canaryHash, after.canaryAvailable == 0, isReached {
        broken.append("P5: the canary service selects nobody")
    }
    if before.canaryHash != after.canaryHash, !after.carries(on: after.canaryAvailable) {
        broken.append("P3: \(after.weight) moves to \(after.canaryAvailable) pods at once")
    }
    if before.canaryHash != after.canaryHash, after.canaryHash == after.stableHash,
        after.weight > 0, after.available[before.canaryHash] ?? 0 > 0,
        after.stableAvailable < after.size
    {
        broken.append(
            "P4: stable gets all traffic on \(after.stableAvailable) of \(after.size) pods")
    }
    if before.stableHash != after.stableHash, after.stableAvailable == 0 {
        broken.append("P5: the stable service selects nobody")
    }
    return broken
}

/// P8: within a revision steps only advance, unless it is given up or begun again.
private func stepping(_ before: Sample, _ after: Sample) -> [String] {
    guard before.currentHash == after.currentHash, !before.isAborted, !after.isAborted,
        let old = before.step, let new = after.step, new < old
    else { return [] }
    return ["P8: back from step \(old) to \(new)"]
}

extension [Int] {
    /// The same with no number twice in a row.
    var withoutRepetitions: [Int] {
        var result: [Int] = []
        for number in self where result.last != number { result.append(number) }
        return result
    }
}

extension Transcript {
    /// The weights that nginx really served, in order.
    var servedWeights: [Int] { samples.map(\.weight).withoutRepetitions }
    var end: End? { ends.values.first }
}
