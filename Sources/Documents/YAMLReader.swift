/// Builds values from events. Its recursion is bounded by `limits.depth`.
struct YAMLReader {
    /// A value, its places, and how many levels it nests.
    struct Node {
        let value: JSON
        var places: Places
        var height = 0
    }

    private struct Anchored {
        let node: Node
        let nodes: Int
        let bytes: Int
    }

    private let stream: YAMLStream
    private let limits: Limits
    private var anchors: [String: Anchored] = [:]
    private var nodes = 0
    /// The text of scalars so far, with that of aliases again for each use.
    private var bytes = 0
    private var depth = 0

    init(_ stream: YAMLStream, limits: Limits) {
        self.stream = stream
        self.limits = limits
    }

    mutating func documents() throws(DocumentError) -> [Document] {
        var documents: [Document] = []
        while true {
            let event = try stream.next()
            switch event.kind {
            case .streamEnd: return documents
            case .documentStart:
                // Anchors end with their document.
                anchors = [:]
                let node = try node(stream.next())
                if !node.value.isNull {
                    documents.append(
                        Document(value: node.value, file: stream.file, places: node.places))
                }
            default: break
            }
        }
    }

    private func fault(_ message: String, at mark: Places.Mark, _ remedy: String) -> DocumentError {
        DocumentError(message, place: stream.place(mark), remedy: remedy)
    }

    private mutating func node(_ event: YAMLEvent) throws(DocumentError) -> Node {
        if case .alias(let name) = event.kind { return try alias(name, event) }
        let startNodes = nodes
        let startBytes = bytes
        try count(nodes: 1, bytes: 0, event)
        let node =
            switch event.kind {
            case .scalar(let text, let isPlain): try scalar(text, isPlain, event)
            case .sequenceStart: try sequence(event)
            case .mappingStart: try mapping(event)
            default: throw fault("expected a value", at: event.mark, "write a value here")
            }
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(
                node: node, nodes: nodes - startNodes, bytes: bytes - startBytes)
        }
        return node
    }

    private mutating func count(
        nodes newNodes: Int, bytes newBytes: Int, _ event: YAMLEvent
    ) throws(DocumentError) {
        nodes += newNodes
        bytes += newBytes
        if case .alias = event.kind {
            guard nodes <= limits.nodes, bytes <= limits.bytes else {
                throw fault(
                    "the aliases expand to more than we read", at: event.mark,
                    "write out what they stand for, or use fewer")
            }
        }
        guard nodes <= limits.nodes else {
            throw fault("more than \(limits.nodes) values", at: event.mark, "split the file")
        }
    }

    private mutating func alias(_ name: String, _ event: YAMLEvent) throws(DocumentError) -> Node {
        guard let anchored = anchors[name] else {
            throw fault(
                "nothing is named &\(name) before this", at: event.mark,
                "define it above, outside of itself, or write the value out")
        }
        try count(nodes: anchored.nodes, bytes: anchored.bytes, event)
        guard depth + anchored.node.height <= limits.depth else { throw tooDeep(event) }
        return anchored.node
    }

    private func tooDeep(_ event: YAMLEvent) -> DocumentError {
        fault("nested more than \(limits.depth) deep", at: event.mark, "flatten the document")
    }

    private mutating func scalar(
        _ text: String, _ isPlain: Bool, _ event: YAMLEvent
    ) throws(DocumentError) -> Node {
        try count(nodes: 0, bytes: text.utf8.count, event)
        let places = Places(value: event.mark, parts: [])
        switch YAMLScalar(text, isPlain: isPlain, tag: event.tag) {
        case .value(let value): return Node(value: value, places: places)
        case .refused(let message, let remedy): throw fault(message, at: event.mark, remedy)
        }
    }

    private mutating func enter(_ event: YAMLEvent, tag core: String) throws(DocumentError) {
        guard event.tag == nil || event.tag == "!" || event.tag == core else {
            throw fault("the tag \(event.tag ?? "") is not known", at: event.mark, "remove the tag")
        }
        guard depth < limits.depth else { throw tooDeep(event) }
        depth += 1
    }

    private mutating func sequence(_ event: YAMLEvent) throws(DocumentError) -> Node {
        try enter(event, tag: "tag:yaml.org,2002:seq")
        defer { depth -= 1 }
        var values: [JSON] = []
        var parts: [Places] = []
        var height = 0
        while true {
            let next = try stream.next()
            if case .sequenceEnd = next.kind {
                return Node(
                    value: .array(values), places: Places(value: event.mark, parts: parts),
                    height: height + 1)
            }
            let element = try node(next)
            values.append(element.value)
            parts.append(element.places)
            height = max(height, element.height)
        }
    }

    private mutating func mapping(_ event: YAMLEvent) throws(DocumentError) -> Node {
        try enter(event, tag: "tag:yaml.org,2002:map")
        defer { depth -= 1 }
        var members = MemberList(.refused)
        var parts: [Places] = []
        var height = 0
        var merged: [Node]?
        while true {
            let next = try stream.next()
            if case .mappingEnd = next.kind { break }
            let key = try key(next)
            var value = try node(stream.next())
            height = max(height, value.height)
            if key == nil {
                guard merged == nil else { throw duplicate("<<", at: next.mark) }
                merged = try sources(of: value, at: next.mark)
                continue
            }
            value.places.key = next.mark
            guard let key, members.add(key, value.value) else {
                throw duplicate(key ?? "<<", at: next.mark)
            }
            parts.append(value.places)
        }
        for source in merged ?? [] { Self.merge(source, into: &members, &parts) }
        return Node(
            value: .object(JSONObject(members.all)),
            places: Places(value: event.mark, parts: parts), height: height + 1)
    }

    private func duplicate(_ key: String, at mark: Places.Mark) -> DocumentError {
        fault("the key \"\(key)\" is there twice", at: mark, "remove one of the two")
    }

    /// The text of a key; nil for the merge key `<<`.
    private mutating func key(_ event: YAMLEvent) throws(DocumentError) -> String? {
        if case .scalar("<<", isPlain: true) = event.kind, event.tag == nil { return nil }
        switch try node(event).value {
        case .string(let text): return text
        case .int(let value): return String(value)
        case .number(let text): return text
        case .bool(let value): return value ? "true" : "false"
        case .null:
            throw fault(
                "null as a key", at: event.mark, "write a name before the colon, or quote it")
        case .array: throw fault("a list as a key", at: event.mark, "use text as the key")
        case .object:
            throw fault(
                "a mapping as a key", at: event.mark,
                "use text as the key; put text with { in quotes")
        }
    }

    /// The mappings that a merge key names: one, or a list of which the first wins.
    private func sources(of node: Node, at mark: Places.Mark) throws(DocumentError) -> [Node] {
        let sources: [Node]
        if case .array(let values) = node.value {
            sources = zip(values, node.places.parts).map { Node(value: $0, places: $1) }
        } else {
            sources = [node]
        }
        guard sources.allSatisfy({ $0.value.object != nil }) else {
            throw fault(
                "<< merges mappings only", at: mark,
                "give it an alias of a mapping, or quote the key")
        }
        return sources
    }

    /// Adds the members that are not there yet: what a mapping says itself goes before what it
    /// merges.
    private static func merge(
        _ source: Node, into members: inout MemberList, _ parts: inout [Places]
    ) {
        guard let object = source.value.object else { return }
        for (member, places) in zip(object.members, source.places.parts)
        where !members.contains(member.key) {
            if members.add(member.key, member.value) { parts.append(places) }
        }
    }
}
