import Assets
import Documents
import Mustache

/// The templates of `web`. What they are given is JSON, and every string of it passes one function
/// on its way in.
struct Templates: Sendable {
    /// The pages; every other template is a part of one of them.
    enum Name: String, CaseIterable {
        case list, rollout, notice
    }

    private let library: MustacheLibrary

    init() throws(TemplateError) {
        var library = MustacheLibrary()
        for asset in Asset.below("web/") where asset.path.hasSuffix(".html") {
            let name = String(asset.path.dropFirst("web/".count).dropLast(".html".count))
            do {
                try library.register(asset.text, named: name)
            } catch {
                throw TemplateError("\(asset.path): \(error)")
            }
        }
        for name in Name.allCases where library.getTemplate(named: name.rawValue) == nil {
            throw TemplateError("web/\(name.rawValue).html is missing")
        }
        self.library = library
    }

    /// The page `name` with `model` in its places. Each text is escaped by the template, after
    /// `clean`.
    func render(_ name: Name, _ model: JSON, clean: (String) -> String) -> String {
        // Invariant: a template of each name is there (init).
        library.render(value(model, clean), withTemplate: name.rawValue) ?? ""
    }

    /// A value as Mustache reads it: a null is a value of its own, since an absent name would be
    /// looked for in the objects around.
    private func value(_ json: JSON, _ clean: (String) -> String) -> Any {
        switch json {
        case .null: Nothing()
        case .bool(let value): value
        case .int(let value): value
        case .number(let text): text
        case .string(let text): clean(text)
        case .array(let values): values.map { value($0, clean) }
        case .object(let object):
            Dictionary(
                object.members.map { ($0.key, value($0.value, clean)) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}

/// Shown as nothing, and false as a condition.
private struct Nothing: MustacheCustomRenderable {
    var renderText: String { "" }
    var isNull: Bool { true }
}

/// A template that is no template; the binary was built wrong.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
