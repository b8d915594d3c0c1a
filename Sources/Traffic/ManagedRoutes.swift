import Documents
import KubernetesObjects
import Rollouts

/// What all routers have in common that keep routes of steps in the objects of somebody else.
extension Observed {
    /// The changes that leave exactly `routes` in the objects; one that is not there has none that
    /// could be taken away.
    ///
    /// - Parameters:
    ///   - patch: what an object lacks; nil where it has these routes already.
    ///   - event: what is told of a change, with the names of the routes.
    func changes(
        to routes: [ManagedRoute], in references: [Reference],
        patch: (Object) -> Patch?, event: (Reference, _ names: String) -> Event
    ) throws(RouterError) -> [Change] {
        let names = routes.map(\.name).joined(separator: ", ")
        var changes: [Change] = []
        for reference in references {
            if routes.isEmpty, objects[reference] == nil { continue }
            guard let patch = patch(try object(reference)) else { continue }
            changes.append(Change(reference, .patch(patch), event: event(reference, names)))
        }
        return changes
    }
}

extension ListPatch {
    /// Takes out the elements at these places, known by their names.
    mutating func remove(_ places: [Int], of elements: [JSON], in list: Path) {
        for place in places {
            require(
                elements[place]["name"] ?? .null, at: list.appending(place).appending("name"))
        }
        for place in places.reversed() { remove(at: list.appending(place)) }
    }
}

extension ManagedRoute {
    /// How its route is called in an object: `NAME`, and `NAME-1` … where there are several.
    func name(number: Int) -> String { number == 0 ? name : "\(name)-\(number)" }

    /// Whether a route in an object is called as those of this name are.
    static func isName(_ text: String?, of name: String) -> Bool {
        guard let text else { return false }
        return text == name
            || (text.hasPrefix("\(name)-") && Int(text.dropFirst(name.count + 1)) != nil)
    }
}
