import ArgumentParser
import KubernetesObjects

/// Which namespaces a controller looks after that does not look after all of them.
struct NamespaceOptions: ParsableArguments {
    @Option(
        name: [.customShort("n"), .customLong("namespace")],
        help: ArgumentHelp(
            "With --namespaced: the namespace to look at, or several, -n a,b or -n a -n b. "
                + "Default: its own.", valueName: "namespaces"))
    var lists: [String] = []

    /// Each takes a watch of each kind of object, some twenty; who has more than this gives the
    /// controller all.
    static let maximum = 50

    /// Those that are named, in their order.
    var names: [String] {
        lists.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
            .map(String.init)
    }

    /// Where the lease lies when nothing says where the controller itself is. The same for
    /// replicas that name the same namespaces in another order.
    var home: String? { names.min() }

    /// What cannot be followed, a sentence each.
    func problems(isLimited: Bool) -> [String] {
        let names = names
        var problems = names.compactMap { name in
            Naming.labelProblem(name).map { "--namespace \(name): \($0)" }
        }
        let twice = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
        problems += twice.map { "--namespace \($0) is there more than once" }
        if names.count > Self.maximum {
            problems.append(
                "--namespace takes \(Self.maximum) namespaces at most; leave out --namespaced, and"
                    + " all are looked at")
        }
        if names.count > 1, !isLimited {
            problems.append("several namespaces go with --namespaced only; add it")
        }
        return problems
    }
}
