import Curl
import Documents
import Foundation
import Testing

@testable import KubernetesClient

private func read(_ text: String, file: String = "/home/anna/.kube/config") throws -> Kubeconfig {
    try Kubeconfig(Array(text.utf8), file: file)
}

/// A kubeconfig with one cluster, one user and one context, as YAML of the given members.
private func config(cluster: String = "server: https://k:6443", user: String = "token: abc")
    -> String
{
    """
    apiVersion: v1
    kind: Config
    current-context: main
    preferences: {}
    clusters:
    - name: c
      cluster: {\(cluster)}
    users:
    - name: u
      user: {\(user)}
    contexts:
    - name: main
      context: {cluster: c, user: u, namespace: shop}
    """
}

/// A user that logs in by the program `aws`.
private func exec(_ version: String, _ more: String...) -> String {
    let members = ["apiVersion: client.authentication.k8s.io/\(version)", "command: aws"] + more
    return "exec: {\(members.joined(separator: ", "))}"
}

/// What `connection` shows the server of a secret.
func authorization(of connection: Connection) async throws -> String? {
    let proof = try await Login(connection, now: { Timestamp(seconds: 0) }).proof()
    return proof.headers.first { $0.name == "Authorization" }?.value
}

/// Runs `body` with a directory that is removed in every case.
func withDirectory<Result>(
    _ files: [String: String], _ body: (String) async throws -> Result
) async throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: directory) } }
    for (name, content) in files {
        try Data(content.utf8).write(to: directory.appending(path: name))
    }
    return try await body(directory.path)
}

struct `A kubeconfig` {
    @Test func `leads to a server, a namespace and a token`() async throws {
        let connection = try read(config()).connection()
        #expect(connection.server == "https://k:6443")
        #expect(connection.namespace == "shop")
        #expect(connection.verifiesPeer)
        #expect(try await authorization(of: connection) == "Bearer abc")
    }

    @Test func `carries certificates in itself`() async throws {
        let text = config(
            cluster: "server: https://k, certificate-authority-data: Q0E=, tls-server-name: api",
            user: "client-certificate-data: Q0VSVA==, client-key-data: S0VZ")
        let connection = try read(text).connection()
        #expect(connection.tls.ca == Array("CA".utf8))
        #expect(connection.tls.certificate == Array("CERT".utf8))
        #expect(connection.tls.key == Array("KEY".utf8))
        #expect(connection.tls.serverName == "api")
        #expect(try await authorization(of: connection) == nil)
    }

    @Test func `finds the files it names beside itself`() async throws {
        let text = config(
            cluster: "server: https://k, certificate-authority: ca.pem",
            user: "client-certificate: cert.pem, client-key: key.pem, tokenFile: token")
        let files = [
            "config": text, "ca.pem": "CA", "cert.pem": "CERT", "key.pem": "KEY",
            "token": "first\n",
        ]
        try await withDirectory(files) { directory in
            let connection = try Kubeconfig.load(named: "\(directory)/config", environment: [:])
                .connection()
            #expect(connection.tls.ca == Array("CA".utf8))
            #expect(connection.tls.key == Array("KEY".utf8))
            let files = Connection.Files(
                authority: "\(directory)/ca.pem", certificate: "\(directory)/cert.pem",
                key: "\(directory)/key.pem")
            #expect(connection.files == files)
            #expect(try await authorization(of: connection) == "Bearer first")
        }
    }

    @Test func `trusts any certificate only when told to`() throws {
        let text = config(cluster: "server: https://k, insecure-skip-tls-verify: true")
        #expect(try !read(text).connection().verifiesPeer)
    }

    @Test func `of several files takes each name from the first that has it`() async throws {
        let first = "contexts:\n- {name: a, context: {cluster: c, user: u}}\n"
        let second = config().replacing("name: main", with: "name: a")
        try await withDirectory(["1": first, "2": second]) { directory in
            let list = "\(directory)/1:\(directory)/missing:\(directory)/2"
            let merged = try Kubeconfig.load(environment: ["KUBECONFIG": list])
            #expect(merged.currentContext == "main")
            #expect(merged.contexts["a"] == Kubeconfig.Context(cluster: "c", user: "u"))
            #expect(try merged.connection(context: "a").namespace == "default")
        }
    }

    @Test func `knows a name and a password`() async throws {
        let connection = try read(config(user: "username: anna, password: p:ä")).connection()
        #expect(try await authorization(of: connection) == "Basic YW5uYTpwOsOk")
    }

    @Test func `says who else its user wants to be`() async throws {
        let user = """
            token: x, as: system:serviceaccount:a:b, as-uid: '7', as-groups: [dev, ops],
            as-user-extra: {example.org/scope: [view, edit]}
            """
        let connection = try read(config(user: user)).connection()
        let proof = try await Login(connection, now: { Timestamp(seconds: 0) }).proof()
        #expect(
            proof.headers.map { "\($0.name): \($0.value)" } == [
                "Impersonate-User: system:serviceaccount:a:b", "Impersonate-Uid: 7",
                "Impersonate-Group: dev", "Impersonate-Group: ops",
                "Impersonate-Extra-example.org%2Fscope: view",
                "Impersonate-Extra-example.org%2Fscope: edit", "Authorization: Bearer x",
            ])
    }

    @Test func `uses no plugin where it has a token`() async throws {
        let text = config(user: "token: abc, \(exec("v1alpha1"))")
        #expect(try await authorization(of: read(text).connection()) == "Bearer abc")
    }

    @Test func `is looked for where kubectl looks`() {
        let both = ["KUBECONFIG": "/a:/b", "HOME": "/home/anna"]
        #expect(Kubeconfig.paths(named: "/x", environment: both).map(\.path) == ["/x"])
        #expect(Kubeconfig.paths(named: nil, environment: both).map(\.path) == ["/a", "/b"])
        let home = Kubeconfig.paths(named: nil, environment: ["HOME": "/home/anna"])
        #expect(home.map(\.path) == ["/home/anna/.kube/config"])
    }

    @Test func `never shows its token`() throws {
        let user = try #require(try read(config(user: "token: s3cret")).users["u"])
        var dumped = ""
        dump(user, to: &dumped)
        #expect(!"\(user) \(String(reflecting: user)) \(dumped)".contains("s3cret"))
    }
}

struct `A kubeconfig that leads nowhere` {
    @Test(arguments: [
        (config(user: exec("v1alpha1")), "speaks \"client.authentication.k8s.io/v1alpha1\""),
        (config(user: exec("v1", "interactiveMode: Always")), "needs a terminal"),
        (config(user: "auth-provider: {name: gcp}"), "logs in by \"auth-provider\""),
        (config(user: "token: x, as-groups: [admins]"), "without a user"),
        (config(user: "client-certificate-data: Q0E="), "has no client-key"),
        (config(user: "client-key: /nowhere"), "has no client-certificate"),
        (config(cluster: "server: https://k, proxy-url: p:3128"), "write it as http://HOST:PORT"),
        (config(cluster: "server: http://k", user: "username: a, password: b"), "unencrypted"),
        (config(cluster: "server: http://k"), "unencrypted"),
        (config(cluster: "server: k:6443"), "write it as https://HOST:PORT"),
        (
            config(
                cluster:
                    "server: https://k, certificate-authority: /a, insecure-skip-tls-verify: true"),
            "both an authority and insecure-skip-tls-verify"
        ),
        (config(cluster: "server: https://k, certificate-authority: nowhere.pem"), "nowhere.pem"),
        (
            config().replacing("current-context: main", with: "current-context: test"),
            "one of: main"
        ),
        (config().replacing("cluster: c,", with: "cluster: d,"), "the cluster \"d\""),
        (config().replacing("user: u,", with: "user: v,"), "the user \"v\""),
        (config().replacing("current-context: main", with: ""), "no current context"),
    ])
    func `says why`(text: String, reason: String) throws {
        let kubeconfig = try read(text)
        let error = #expect(throws: KubeconfigError.self) { try kubeconfig.connection() }
        #expect(error?.description.contains(reason) == true)
    }

    @Test(arguments: [
        (config(cluster: "server: 7"), "config:7:21: clusters[0].cluster.server: "),
        (config(cluster: "certificate-authority-data: Q0E="), "server: is missing"),
        (config(cluster: "server: https://k, certificate-authority-data: '%'"), "is no base64"),
        (config(user: "token: 'a b'"), "users[0].user.token: is no token"),
        ("clusters: 3", "config:1:11: clusters: expected a list"),
        ("clusters: [", "config:"),
    ])
    func `names the place of what it cannot read`(text: String, reason: String) throws {
        let error = #expect(throws: KubeconfigError.self) { try read(text) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `says where it was looked for`() {
        let error = #expect(throws: KubeconfigError.self) {
            try Kubeconfig.load(environment: ["HOME": "/nowhere"])
        }
        #expect(error?.message == "there is no kubeconfig (looked for /nowhere/.kube/config)")
        #expect(throws: KubeconfigError.self) {
            try Kubeconfig.load(named: "/nowhere", environment: [:])
        }
    }
}

struct `A pod` {
    private let environment = [
        "KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443",
    ]

    @Test func `reaches its own cluster as its service account`() async throws {
        let files = ["ca.crt": "CA", "token": "abc\n", "namespace": "shop\n"]
        try await withDirectory(files) { directory in
            let connection = try #require(
                try Connection.inCluster(environment: environment, directory: directory))
            #expect(connection.server == "https://[fd00::1]:443")
            #expect(connection.namespace == "shop")
            #expect(connection.tls.ca == Array("CA".utf8))
            #expect(try await authorization(of: connection) == "Bearer abc")
        }
    }

    @Test func `without a token says so`() {
        let error = #expect(throws: KubeconfigError.self) {
            try Connection.inCluster(environment: environment, directory: "/nowhere")
        }
        #expect(error?.remedy.contains("mount a service account token") == true)
    }

    @Test func `is none without the variables of one`() throws {
        #expect(try Connection.inCluster(environment: [:]) == nil)
    }
}
