/// One part of an expression.
struct Node: Sendable {
    indirect enum Kind: Sendable {
        case literal(MetricValue)
        case result
        /// The element of the closure around it, or its index.
        case element
        case elementIndex
        /// What `reduce` made of the elements before.
        case accumulator
        /// The value of a binding, counted from the outermost, and whether it is part of what was
        /// measured.
        case variable(Int, isPartOfResult: Bool)
        /// A value, computed once, and the expression that knows it.
        case binding(Node, Node)
        case list([Node])
        case map([(String, Node)])
        case unary(String, Node)
        case binary(String, Node, Node)
        case choice(Node, Node, Node)
        case access(Node, [Access])
        case call(String, [Node])
        /// A builtin over a list with a closure, and its argument after the closure.
        case each(String, Node, Node, Node?)
    }

    enum Access: Sendable {
        case member(String, optional: Bool, at: Int)
        case index(Node, optional: Bool)
        case slice(from: Node?, to: Node?, at: Int)
    }

    let kind: Kind
    let at: Int
    let depth: Int

    /// `parts` are the nodes inside, whose depth this one exceeds.
    init(_ kind: Kind, at: Int, parts: [Node] = []) throws(ConditionError) {
        self.kind = kind
        self.at = at
        self.depth = 1 + (parts.map(\.depth).max() ?? 0)
        if depth > Condition.Limit.depth {
            throw ConditionError("nested deeper than \(Condition.Limit.depth)", at: at)
        }
    }
}
