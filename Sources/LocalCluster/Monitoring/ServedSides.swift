/// How many requests of an Ingress the canary served, and how many all together.
package struct ServedSides: Hashable, Sendable {
    package private(set) var canary = 0
    package private(set) var total = 0

    init() {}

    mutating func add(isCanary: Bool) {
        total += 1
        if isCanary { canary += 1 }
    }

    /// What was served between two looks.
    package static func - (later: ServedSides, earlier: ServedSides) -> ServedSides {
        var difference = ServedSides()
        difference.canary = later.canary - earlier.canary
        difference.total = later.total - earlier.total
        return difference
    }

    /// The canary's share in percent; nil without any request.
    package var share: Double? {
        total == 0 ? nil : 100 * Double(canary) / Double(total)
    }
}
