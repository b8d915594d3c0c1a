import Foundation

/// The URL with its host replaced where the host is a Service of the pod's namespace: a cluster has
/// a name service, the box tells pods the addresses of Services by their environment
/// (`NAME_SERVICE_HOST`) instead.
func resolvingService(_ url: String, in environment: [String: String]) -> String {
    guard let scheme = url.range(of: "://") else { return url }
    let rest = url[scheme.upperBound...]
    let end = rest.firstIndex { $0 == ":" || $0 == "/" } ?? rest.endIndex
    let name = rest[..<end].split(separator: ".").first.map(String.init) ?? ""
    let variable = name.uppercased().map { $0 == "-" ? "_" : $0 } + "_SERVICE_HOST"
    guard let address = environment[String(variable)] else { return url }
    return url[..<scheme.upperBound] + address + rest[end...]
}
