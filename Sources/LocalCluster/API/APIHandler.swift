import Documents
import KubernetesObjects
import ObjectStore
import Serving

/// The Kubernetes REST API of the box: answers requests from an `ObjectServer`.
package struct APIHandler: Sendable {
    /// Reads the log of a container: the whole of it, or for as long as the client stays.
    package typealias Logs = @Sendable (LogRequest) async throws(StoreError) -> Response.Body

    let server: ObjectServer
    let logs: Logs
    private let token: String?

    /// - Parameters:
    ///   - token: what clients must send as bearer token; nil lets everybody in, for a listener
    ///     that only its owner can reach.
    ///   - logs: throws `NotFound` where there is no log.
    package init(server: ObjectServer, token: String? = nil, logs: @escaping Logs = noLogs) {
        self.server = server
        self.token = token
        self.logs = logs
    }

    /// Where nothing runs there are no logs.
    package static let noLogs: Logs = { request throws(StoreError) in
        throw .notFound(Reference(.pods, namespace: request.namespace, name: request.pod.name))
    }

    /// Answers one request; a refusal is a `Status` object with its code.
    package func respond(to request: Request) async -> Response {
        if let health = Self.health(request) { return health }
        do throws(StoreError) {
            guard isAllowed(request) else { throw .unauthorized }
            return try await answer(request)
        } catch {
            return .json(error.json.bytes, status: error.code)
        }
    }

    /// Health and version tell nothing that is worth a token.
    private static func health(_ request: Request) -> Response? {
        switch request.segments.first {
        case "healthz", "livez", "readyz": request.method == "GET" ? .text("ok") : nil
        case "version" where request.segments.count == 1: .json(Discovery.version.bytes)
        default: nil
        }
    }

    private func isAllowed(_ request: Request) -> Bool {
        guard let token else { return true }
        guard let given = request.headers["Authorization"], given.lowercased().hasPrefix("bearer ")
        else { return false }
        return isSame(Array(given.utf8.dropFirst(7)), Array(token.utf8))
    }

    private func answer(_ request: Request) async throws(StoreError) -> Response {
        let catalog = await server.catalog
        let path = request.segments
        switch path.first {
        case "api" where path.count > 2, "apis" where path.count > 3:
            return try await answerObjects(request, catalog)
        case "api", "apis", "openapi":
            guard request.method == "GET" else { throw .methodNotAllowed }
            return try describe(request, catalog)
        case nil:
            return .json(JSON.object(JSONObject([("paths", Self.roots)])).bytes)
        default:
            throw .unknownPath
        }
    }

    private static let roots: JSON = [
        "/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz",
        "/version",
    ]

    /// Discovery and OpenAPI.
    private func describe(_ request: Request, _ catalog: Catalog) throws(StoreError) -> Response {
        let discovery = Discovery(catalog: catalog)
        let openAPI = OpenAPI(catalog: catalog)
        let path = request.segments
        let accept = request.headers["Accept"]
        let document: JSON?
        switch (path[0], path.count) {
        case ("api", 1), ("apis", 1):
            let isCore = path[0] == "api"
            if Discovery.takesAggregated(accept) {
                return Self.answer(
                    discovery.aggregated(isCore: isCore).bytes, as: Discovery.aggregatedType)
            }
            document = isCore ? Discovery.coreVersions : discovery.groupList
        case ("api", 2): document = discovery.resourceList(group: "", version: path[1])
        case ("apis", 2): document = discovery.group(path[1])
        case ("apis", 3): document = discovery.resourceList(group: path[1], version: path[2])
        case ("openapi", 2) where path[1] == "v2":
            let swagger = Swagger(catalog: catalog)
            if Swagger.takesProtobuf(accept) {
                return Self.answer(swagger.protobuf, as: Swagger.protobufType)
            }
            document = swagger.json
        case ("openapi", 2) where path[1] == "v3": document = openAPI.index
        case ("openapi", 4) where path[2] == "api":
            document = openAPI.document(group: "", version: path[3])
        case ("openapi", 5) where path[2] == "apis":
            document = openAPI.document(group: path[3], version: path[4])
        default: document = nil
        }
        guard let document else { throw .unknownPath }
        return .json(document.bytes)
    }

    private static func answer(_ bytes: [UInt8], as type: String) -> Response {
        Response(status: 200, headers: ["Content-Type": type], body: .bytes(bytes))
    }
}

/// Compares without ending early, so that the time taken says nothing about where two secrets
/// differ. Only the length of `given` shows.
func isSame(_ given: [UInt8], _ wanted: [UInt8]) -> Bool {
    guard !wanted.isEmpty else { return false }
    var difference = given.count ^ wanted.count
    for (index, byte) in given.enumerated() {
        difference |= Int(byte ^ wanted[index % wanted.count])
    }
    return difference == 0
}
