import Documents
import KubernetesObjects

// Garbage collection: what follows when objects are removed.
extension ObjectStore {
    /// Draws the consequences of every removal until nothing follows any more: dependents go with
    /// their last owner, owners that waited for dependents go, namespaces and definitions go with
    /// their last content.
    mutating func settle(_ turn: inout Turn) {
        while true {
            if let (address, object) = turn.removed.popLast() {
                for dependent in dependents(of: object.uid) { removeIfOrphan(dependent, &turn) }
                turn.released += object.owners.map(\.uid)
                if address.kind == Resource.customResourceDefinitions.qualifiedName {
                    kinds[address.name] = nil
                }
                closeContainers(of: address, &turn)
            } else if let (address, deletion) = turn.doomed.popLast() {
                _ = remove(address, deletion, &turn)
            } else if let owner = turn.released.popLast() {
                release(owner, &turn)
            } else {
                return
            }
        }
    }

    /// Removes an object whose owners are all gone; where some are left, the others are no owners
    /// any more.
    ///
    /// An owner of a kind that the store does not know cannot be judged and counts as there.
    mutating func removeIfOrphan(_ address: Address, _ turn: inout Turn) {
        guard let object = self[address], !object.owners.isEmpty else { return }
        let gone = object.owners.filter { isGone($0, for: address) }
        guard !gone.isEmpty else { return }
        if gone.count == object.owners.count {
            guard object.metadata["deletionTimestamp"] == nil else { return }
            turn.doomed.append((address, Deletion()))
        } else {
            disown(address, from: Set(gone.map(\.uid)), &turn)
        }
    }

    private func isGone(_ owner: OwnerReference, for dependent: Address) -> Bool {
        if let address = address(ofUID: owner.uid) {
            // An owner in another namespace is none.
            return !address.namespace.isEmpty && address.namespace != dependent.namespace
        }
        let group = owner.apiVersion.split(separator: "/").dropLast().first.map(String.init) ?? ""
        return kinds.values.contains {
            $0.resource.kind == owner.kind && $0.resource.group == group
        }
    }

    /// The objects that `object` really owns.
    func liveDependents(of object: Object) -> [Address] {
        let own = address(ofUID: object.uid)?.namespace ?? ""
        return dependents(of: object.uid).filter { own.isEmpty || $0.namespace == own }
    }

    /// Takes owners away from an object.
    mutating func disown(_ address: Address, from owners: Set<String>, _ turn: inout Turn) {
        guard var object = self[address] else { return }
        let rest = (object.metadata["ownerReferences"]?.array ?? []).filter {
            !owners.contains($0["uid"]?.string ?? "")
        }
        object["metadata", "ownerReferences"] = rest.isEmpty ? .none : .some(.array(rest))
        _ = put(object, at: address, in: &turn)
    }

    /// Lets an owner go that waited for its dependents, if this was the last one.
    private mutating func release(_ uid: String, _ turn: inout Turn) {
        guard let address = address(ofUID: uid), var owner = self[address],
            owner.metadata["deletionTimestamp"] != nil,
            owner.finalizers.contains(Self.foregroundFinalizer), liveDependents(of: owner).isEmpty
        else { return }
        let rest = owner.finalizers.filter { $0 != Self.foregroundFinalizer }
        owner["metadata", "finalizers"] =
            rest.isEmpty ? .none : .some(.array(rest.map { .string($0) }))
        if owner.isFinished && isVacant(address) {
            _ = finish(owner, at: address, &turn)
        } else {
            _ = put(owner, at: address, in: &turn)
        }
    }

    /// What goes with the object at `address`: the objects in a namespace, those of a definition.
    func contents(of address: Address) -> [Address] {
        switch address.kind {
        case Resource.namespaces.qualifiedName:
            return kinds.values.filter(\.resource.isNamespaced).map(\.key).sorted().flatMap { key in
                shelf(key).names(in: address.name).map {
                    Address(kind: key, namespace: address.name, name: $0)
                }
            }
        case Resource.customResourceDefinitions.qualifiedName:
            let shelf = shelf(address.name)
            return shelf.namespaces.flatMap { namespace in
                shelf.names(in: namespace).map {
                    Address(kind: address.name, namespace: namespace, name: $0)
                }
            }
        default:
            return []
        }
    }

    /// Whether nothing is left in a namespace or of a definition.
    func isVacant(_ address: Address) -> Bool {
        switch address.kind {
        case Resource.namespaces.qualifiedName:
            kinds.values.allSatisfy {
                !$0.resource.isNamespaced || shelf($0.key).names(in: address.name).isEmpty
            }
        case Resource.customResourceDefinitions.qualifiedName: shelf(address.name).count == 0
        default: true
        }
    }

    /// Removes the namespace and the definition of something removed, where they waited for it.
    private mutating func closeContainers(of address: Address, _ turn: inout Turn) {
        let containers = [
            Address(
                kind: Resource.namespaces.qualifiedName, namespace: "", name: address.namespace),
            Address(
                kind: Resource.customResourceDefinitions.qualifiedName, namespace: "",
                name: address.kind),
        ]
        for container in containers {
            guard let object = self[container], object.isFinished, isVacant(container)
            else { continue }
            _ = finish(object, at: container, &turn)
        }
    }
}
