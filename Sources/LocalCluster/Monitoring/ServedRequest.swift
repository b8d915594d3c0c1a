import Documents

/// One request that an Ingress served, as nginx logged it.
struct ServedRequest: Hashable, Sendable {
    var status: String
    var method: String
    var host: String
    var path: String
    var namespace: String
    var ingress: String
    var service: String
    /// `<namespace>-<service>-<port>` of the canary that served it; "" for stable.
    var canary: String
    /// Seconds from the first byte of the client to the last byte to it.
    var requestSeconds: Double?
    var connectSeconds: Double?
    var headerSeconds: Double?
    var responseSeconds: Double?
    var requestBytes: Double?
    var responseBytes: Double?

    /// Reads a line of the log; nil for a line that is none, and for a request that no Ingress
    /// served.
    init?(_ line: [UInt8]) {
        let json: JSON
        do {
            json = try JSON(parsing: line)
        } catch {
            return nil
        }
        func text(_ key: String) -> String { json[key]?.string ?? "" }
        // A request that was tried at several servers has several numbers; then none of them is its
        // duration.
        func number(_ key: String) -> Double? { Double(text(key)) }
        ingress = text("ingress")
        guard !ingress.isEmpty else { return nil }
        status = text("status")
        method = text("method")
        host = text("host")
        path = text("path")
        namespace = text("namespace")
        service = text("service")
        canary = text("canary")
        requestSeconds = number("requestTime")
        connectSeconds = number("connectTime")
        headerSeconds = number("headerTime")
        responseSeconds = number("responseTime")
        requestBytes = number("requestLength")
        responseBytes = number("bytesSent")
    }

    var labels: [(String, String)] {
        [
            ("canary", canary), ("controller_class", "k8s.io/ingress-nginx"),
            ("controller_namespace", "sluice"), ("controller_pod", "sluice"), ("host", host),
            ("ingress", ingress), ("method", method), ("namespace", namespace), ("path", path),
            ("service", service), ("status", status),
        ]
    }
}
