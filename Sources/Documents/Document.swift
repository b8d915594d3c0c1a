/// A parsed document: its value, and where each part of it stands.
package struct Document: Sendable {
    package let value: JSON
    package let file: String
    /// Nil for documents that did not come from text.
    package let places: Places?

    package init(value: JSON, file: String, places: Places? = nil) {
        self.value = value
        self.file = file
        self.places = places
    }

    /// The place of the value at `path`, or of the nearest value around it that stands in the file.
    /// Nil only for a document without places.
    package func place(of path: Path) -> Place? {
        walk(path).map { place($0.places.value) }
    }

    /// The place of the key of the value at `path`; where it has none, as elements of lists, that
    /// of the value.
    package func placeOfKey(at path: Path) -> Place? {
        walk(path).map { place($0.isWhole ? $0.places.key ?? $0.places.value : $0.places.value) }
    }

    /// The findings with their places in this document, in the order in which they stand there.
    package func placing(_ findings: [Finding]) -> [Finding] {
        let placed = findings.map { finding in
            var finding = finding
            if finding.place == nil {
                finding.place =
                    finding.concernsKey ? placeOfKey(at: finding.path) : place(of: finding.path)
            }
            return finding
        }
        return placed.enumerated().sorted { left, right in
            let leftLine = left.element.place?.line ?? 0
            let rightLine = right.element.place?.line ?? 0
            return (leftLine, left.offset) < (rightLine, right.offset)
        }.map(\.element)
    }

    /// The elements of the list under `key` as documents of their own. What is in them stands where
    /// it stood.
    package func elements(under key: String) -> [Document] {
        let list = walk(Path.root.appending(key)).flatMap { $0.isWhole ? $0.places.parts : nil }
        return (value[key]?.array ?? []).enumerated().map { index, element in
            Document(
                value: element, file: file,
                places: list.flatMap { $0.indices.contains(index) ? $0[index] : nil })
        }
    }

    private func place(_ mark: Places.Mark) -> Place {
        Place(file: file, line: Int(mark.line), column: Int(mark.column))
    }

    /// Follows `path` as far as it goes.
    private func walk(_ path: Path) -> (places: Places, isWhole: Bool)? {
        guard var here = places else { return nil }
        var value = value
        for component in path.components {
            let position: Int?
            switch (component, value) {
            case (.key(let key), .object(let object)):
                position = object.members.firstIndex { $0.key == key }
                if let position { value = object.members[position].value }
            case (.index(let index), .array(let values)):
                position = values.indices.contains(index) ? index : nil
                if let position { value = values[position] }
            default: position = nil
            }
            guard let position, here.parts.indices.contains(position) else { return (here, false) }
            here = here.parts[position]
        }
        return (here, true)
    }
}

/// Where a value and its parts stand: a tree of the same shape as the value. A table of paths would
/// grow with the depth of the document times its size, and aliases could not share their part of
/// it.
package struct Places: Sendable {
    /// Line and column from 1. 32 bits: `Limits.bytes` keeps files far below.
    struct Mark: Sendable {
        let line: Int32
        let column: Int32
    }

    var key: Mark?
    let value: Mark
    /// In the order of the members or elements.
    let parts: [Places]
}

extension Document {
    /// The documents of a file: YAML, or strict JSON where its name ends in `.json`.
    ///
    /// - Throws: `DocumentError` with the place of the first thing that is wrong.
    package static func readAll(
        _ bytes: [UInt8], file: String, limits: Limits = .manifest
    ) throws(DocumentError) -> [Document] {
        guard file.hasSuffix(".json") else {
            return try YAML.documents(in: bytes, file: file, limits: limits)
        }
        let value = try JSON(parsing: bytes, file: file, limits: limits)
        // Nearly all JSON is YAML too, whose reader knows the places; the rest does without them.
        do throws(DocumentError) {
            let documents = try YAML.documents(in: bytes, file: file, limits: limits)
            if let document = documents.first, document.value == value { return [document] }
        } catch {
            return [Document(value: value, file: file)]
        }
        return [Document(value: value, file: file)]
    }
}
