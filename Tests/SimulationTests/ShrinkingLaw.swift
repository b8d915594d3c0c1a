import Simulation

/// P3, P4: no pods are taken away that carry traffic.
func shrinking(_ before: Sample, _ after: Sample) -> [String] {
    guard after.isRouted else { return [] }
    var broken: [String] = []
    if after.canaryHash == before.canaryHash, after.canaryWanted < before.canaryWanted,
        !after.carries(on: after.canaryWanted)
    {
        broken.append("P3: weight \(after.weight) is left on \(after.canaryWanted) pods")
    }
    let share = (after.total - after.weight) * after.size / after.total
    if after.stableHash == before.stableHash, after.stableWanted < before.stableWanted,
        share > after.stableWanted
    {
        broken.append("P4: stable keeps \(after.stableWanted) pods for the traffic of \(share)")
    }
    return broken
}
