import Documents

/// A document in which every text is a template.
indirect enum TemplateTree: Sendable {
    case plain(JSON)
    case text(GoTemplate)
    case list([TemplateTree])
    case object([(key: String, value: TemplateTree)])

    /// Notes every text that is no template, with its path.
    init(_ reader: Reader) {
        switch reader.value {
        case nil: self = .plain(.null)
        case .string(let text):
            do throws(TemplateFault) {
                self = .text(try GoTemplate(parsing: text))
            } catch {
                reader.refuse(
                    "\(error)",
                    remedy: "change the template; docs/NOTIFICATIONS.md lists what works"
                )
                self = .plain(.null)
            }
        case .array: self = .list(reader.elements().map(TemplateTree.init))
        case .object: self = .object(reader.members().map { ($0.key, TemplateTree($0.reader)) })
        case .some(let value): self = .plain(value)
        }
    }

    /// The document with every text rendered.
    func rendered(_ data: JSON, now: Timestamp) throws(TemplateFault) -> JSON {
        switch self {
        case .plain(let value): return value
        case .text(let template): return .string(try template.render(data, now: now))
        case .list(let trees):
            var values: [JSON] = []
            for tree in trees { values.append(try tree.rendered(data, now: now)) }
            return .array(values)
        case .object(let members):
            var object = JSONObject()
            for (key, tree) in members { object[key] = try tree.rendered(data, now: now) }
            return .object(object)
        }
    }
}
