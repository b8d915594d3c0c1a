import Assets
import Foundation
import Serving
import StatusPage
import Testing

struct `The stylesheet` {
    /// WCAG 2.2, success criterion 1.4.3 (AA).
    @Test(arguments: [
        ("ink", "ground"), ("ink", "panel"), ("ink", "sunken"), ("ink", "bad-ground"),
        ("quiet", "ground"), ("quiet", "panel"), ("quiet", "sunken"),
        ("link", "ground"), ("link", "panel"),
        ("good", "good-ground"), ("moving", "moving-ground"), ("waiting", "waiting-ground"),
        ("bad", "bad-ground"), ("unclear", "unclear-ground"),
        ("good", "panel"), ("moving", "panel"), ("waiting", "panel"), ("bad", "panel"),
        ("bad", "sunken"), ("quiet", "moving-ground"),
    ])
    func `writes in colours that everybody can read`(text: String, ground: String) throws {
        let style = try #require(Asset.named("web/style.css")).text
        let schemes = style.split(separator: "prefers-color-scheme: dark", maxSplits: 1)
        #expect(schemes.count == 2)
        for scheme in schemes {
            let contrast = try contrast(
                try luminance(of: text, in: scheme), try luminance(of: ground, in: scheme))
            #expect(contrast >= 4.5, "\(text) on \(ground)")
        }
    }

    @Test func `loads nothing`() throws {
        let style = try #require(Asset.named("web/style.css")).text
        #expect(!style.contains("url(") && !style.contains("@import"))
    }

    private func contrast(_ one: Double, _ other: Double) throws -> Double {
        (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    private func luminance(of name: String, in scheme: Substring) throws -> Double {
        let start = try #require(scheme.range(of: "--\(name): #")).upperBound
        let number = try #require(Int(scheme[start...].prefix(6), radix: 16))
        let channels = [16, 8, 0].map { shift -> Double in
            let value = Double(number >> shift & 255) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }
}

struct `A file of web` {
    private static let templates = Asset.below("web/").map(\.path).filter { $0.hasSuffix(".html") }

    /// Every template is a page, or is asked for by another one.
    @Test(arguments: templates)
    func `is used`(path: String) {
        let name = path.dropFirst("web/".count).dropLast(".html".count)
        let pages = ["list", "rollout", "notice"]
        let isAsked = Asset.below("web/").contains {
            $0.text.contains("{{>\(name)}}") || $0.text.contains("{{<\(name)}}")
        }
        #expect(isAsked || pages.contains(String(name)))
    }

    @Test(arguments: templates)
    func `escapes whatever it shows`(path: String) throws {
        let text = try #require(Asset.named(path)).text
        #expect(!text.contains("{{{") && !text.contains("{{&") && !text.contains("{{%"))
    }

    @Test(arguments: templates)
    func `asks for nothing from elsewhere, and for no script`(path: String) throws {
        let text = try #require(Asset.named(path)).text
        for forbidden in ["<script", "style=", "javascript:", "src=", "http:", "https:"] {
            #expect(!text.contains(forbidden))
        }
        #expect(!text.contains(#/\son[a-z]+=/#))
    }

    /// Every name that a template asks another one for exists.
    @Test func `is found by the name that others call it`() throws {
        let asked = Asset.below("web/").flatMap { asset in
            asset.text.matches(of: #/{{[<>]([a-z]+)}}/#).map { "web/\($0.output.1).html" }
        }
        #expect(!asked.isEmpty)
        #expect(asked.allSatisfy { Asset.named($0) != nil })
    }
}
