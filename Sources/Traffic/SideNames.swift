import Documents

/// The names of the two Services that tell the sides apart.
struct SideNames: Sendable {
    let stable: String
    let canary: String

    /// The side that the Service of this name is; nil for others.
    func side(of name: JSON?) -> RouteSide? {
        switch name?.string {
        case stable: .stable
        case canary: .canary
        default: nil
        }
    }
}

extension WeightedLists {
    /// These lists, with a fault where none has both Services.
    func whole(in list: Path, _ services: SideNames) -> WeightedLists {
        var lists = self
        if pairs.isEmpty {
            lists.fault = RouterError(
                "has not both services \(services.stable) and \(services.canary) in any list of"
                    + " \(list); add the one that is missing")
        }
        return lists
    }
}
