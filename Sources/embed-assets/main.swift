import Foundation

// Writes one Swift file that holds the given files as raw string literals, keyed by their path
// below the package. Arguments: the file to write, the package's root, the files.

/// More `#` than any file contains in a row behind a quotation mark, so that nothing in a file ends
/// its literal.
let fence = String(repeating: "#", count: 6)

let arguments = CommandLine.arguments
guard arguments.count >= 3 else {
    FileHandle.standardError.write(Data("usage: embed-assets OUTPUT ROOT FILE...\n".utf8))
    exit(2)
}
let root = arguments[2].hasSuffix("/") ? arguments[2] : arguments[2] + "/"

var source = "let embedded: [(path: String, text: StaticString)] = [\n"
for file in arguments.dropFirst(3) {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let path = file.hasPrefix(root) ? String(file.dropFirst(root.count)) : file
    source += "    (\"\(path)\", \(fence)\"\"\"\n\(text)\n\"\"\"\(fence)),\n"
}
source += "]\n"
try source.write(toFile: arguments[1], atomically: true, encoding: .utf8)
