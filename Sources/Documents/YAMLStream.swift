import CLibYaml

/// One event of a YAML stream, freed from C.
struct YAMLEvent {
    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
        case sequenceStart, mappingStart
    }

    let kind: Kind
    let mark: Places.Mark
    var anchor: String?
    var tag: String?
}

/// The events of libyaml. A class because the C parser points into itself and may not move.
final class YAMLStream {
    let file: String
    private let bytes: UnsafeBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    /// Reads from `bytes`, which must be valid UTF-8, not empty, and outlive this stream.
    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) throws(DocumentError) {
        self.bytes = bytes
        self.file = file
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else {
            parser.deallocate()
            throw DocumentError("no memory for reading YAML", remedy: "close other programs")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    func next() throws(DocumentError) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
        defer { yaml_event_delete(&event) }
        let mark = Places.Mark(event.start_mark)
        switch event.type {
        case YAML_STREAM_END_EVENT: return YAMLEvent(kind: .streamEnd, mark: mark)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, mark: mark)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, mark: mark)
        case YAML_ALIAS_EVENT:
            let name = string(event.data.alias.anchor) ?? ""
            return YAMLEvent(kind: .alias(name), mark: mark)
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            return YAMLEvent(
                kind: .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), mark: mark,
                anchor: string(scalar.anchor), tag: string(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, mark: mark, anchor: string(start.anchor),
                tag: string(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, mark: mark, anchor: string(start.anchor),
                tag: string(start.tag))
        default: return YAMLEvent(kind: .streamStart, mark: mark)
        }
    }

    func place(_ mark: Places.Mark) -> Place {
        Place(file: file, line: Int(mark.line), column: Int(mark.column))
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    private func syntaxError() -> DocumentError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "no memory"
        guard parser.pointee.error != YAML_READER_ERROR else {
            let offset = min(Int(parser.pointee.problem_offset), bytes.count)
            return DocumentError(
                problem, place: Place(file: file, offset: offset, in: Array(bytes)), offset: offset,
                remedy: "remove the character, or write it as an escape in double quotes")
        }
        let mark = parser.pointee.problem_mark
        let offender = character(at: mark)
        let isTab = offender == "\t" && problem.contains("cannot start any token")
        return DocumentError(
            isTab ? "a tab where YAML wants spaces" : problem + context(at: mark),
            place: place(Places.Mark(mark)),
            remedy: isTab ? "indent with spaces" : remedy(for: problem))
    }

    /// What libyaml was reading and, where that began elsewhere, from where.
    private func context(at mark: yaml_mark_t) -> String {
        guard let context = parser.pointee.context else { return "" }
        let start = parser.pointee.context_mark
        let isElsewhere = (start.line, start.column) != (mark.line, mark.column)
        let begin = isElsewhere ? " that began at \(start.line + 1):\(start.column + 1)" : ""
        return " \(String(cString: context))\(begin)"
    }

    /// The character at a mark, whose index counts characters.
    private func character(at mark: yaml_mark_t) -> Unicode.Scalar? {
        let scalars = String(decoding: bytes, as: UTF8.self).unicodeScalars
        return scalars.dropFirst(Int(mark.index)).first
    }

    private func remedy(for problem: String) -> String {
        let remedies = [
            ("cannot start any token", "put the text in quotes"),
            ("mapping values are not allowed", "put text that contains \": \" in quotes"),
            ("unexpected end of stream", "close the quote or bracket that is open"),
            ("did not find expected key", "check the indentation of this line and those above"),
            ("could not find expected ':'", "write key: value, and check the indentation"),
            ("did not find expected '-' indicator", "check the indentation of this line"),
            ("did not find expected ',' or", "close the bracket, or separate by commas"),
        ]
        return remedies.first { problem.contains($0.0) }?.1 ?? "correct the YAML here"
    }
}

extension Places.Mark {
    init(_ mark: yaml_mark_t) {
        line = Int32(clamping: mark.line + 1)
        column = Int32(clamping: mark.column + 1)
    }
}
