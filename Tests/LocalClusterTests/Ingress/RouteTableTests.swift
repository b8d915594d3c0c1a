import Documents
import KubernetesObjects
import Testing

@testable import LocalCluster

private let stable = RouteTable.Backend(namespace: "default", service: "stable", port: "80")

struct `A table of routes` {
    @Test func `attaches a canary to the backend that serves the same host, path and type`() {
        let table = table([ingress("shop", service: "stable"), canary(["weight": "30"])])
        #expect(table.canaries[stable]?.share == .part(3000))
        #expect(table.addresses == ["127.16.0.1", "127.16.0.2"])
        #expect(table.notes.isEmpty)
    }

    @Test func `gives stable everything while its canary has no ready endpoint`() {
        let table = table(
            [ingress("shop", service: "stable"), canary(["weight": "100"])], canary: [])
        #expect(table.canaries.isEmpty)
        #expect(table.addresses == ["127.16.0.1"])
    }

    @Test func `says why a canary has no effect`() {
        let lost = table([
            ingress("shop", service: "stable"), canary(["weight": "30"], path: "/other"),
        ])
        #expect(lost.canaries.isEmpty)
        #expect(
            lost.notes.map(\.description) == [
                "ingress default/shop-canary: no other ingress serves shop.test/other;"
                    + " the canary has no effect"
            ])
        let itself = table([
            ingress("shop", service: "stable"), canary(["weight": "30"], service: "stable"),
        ])
        #expect(itself.canaries.isEmpty)
        #expect(
            itself.notes.map(\.description) == [
                "ingress default/shop-canary: the canary names the stable service stable itself"
            ])
    }

    @Test func `keeps a path with the older of two ingresses`() {
        let table = table([
            ingress("new", service: "canary", created: 9),
            ingress("old", service: "stable", created: 1),
        ])
        #expect(table.servers.first?.locations.map(\.ingress) == ["old"])
    }

    @Test(arguments: [
        ("0", "100", Canary.Share.none), ("-5", "100", .none), ("100", "100", .all),
        ("250", "100", .all),
        ("10", "100", .part(1000)), ("10", "50", .part(1000)), ("1", "1000", .part(10)),
        ("1", "1000000", .part(1)), ("999999", "1000000", .part(9999)), ("x", "100", .none),
    ])
    func `takes weights as ingress-nginx does`(weight: String, total: String, share: Canary.Share) {
        let ingress = canary(["weight": weight, "weight-total": total])
        #expect(Canary(ingress, backend: stable).share == share)
    }

    @Test func `says what of an ingress has no effect`() {
        let texts = table([
            ingress(
                "shop", service: "stable",
                annotations: [
                    "nginx.ingress.kubernetes.io/limit-rps": "5",
                    "nginx.ingress.kubernetes.io/proxy-read-timeout": "soon",
                    "nginx.ingress.kubernetes.io/rewrite-target": "/$host",
                    "nginx.ingress.kubernetes.io/affinity": "ip",
                ])
        ]).notes.map(\.text)
        #expect(
            texts == [
                "the annotation nginx.ingress.kubernetes.io/limit-rps has no effect in the box",
                "nginx.ingress.kubernetes.io/proxy-read-timeout: \"soon\" is no number of seconds; "
                    + "it has no effect",
                "nginx.ingress.kubernetes.io/rewrite-target: \"/$host\" is no path in which only "
                    + "$1 to $9 are variables; it has no effect",
                "affinity \"ip\" is not known; the box has cookie only",
            ])
    }

    @Test func `takes a certificate from a secret of the same namespace, and says where none is`() {
        var shop = ingress("shop", service: "stable")
        shop["spec", "tls"] = [["hosts": ["shop.test", "other.test"], "secretName": "pair"]]
        let lost = RouteTable(ingresses: [shop], services: [], slices: [])
        #expect(lost.certificates.isEmpty)
        #expect(lost.secured == ["shop.test"])
        #expect(
            lost.notes.map(\.text) == [
                "tls names the host other.test, for which the ingress has no rule",
                "the secret pair of tls is not there; the box shows a certificate of its own",
            ])
        let secret = Object([
            "apiVersion": "v1", "kind": "Secret",
            "metadata": ["name": "pair", "namespace": "default"],
            "data": ["tls.crt": "YQ==", "tls.key": "Yg=="],
        ])
        let found = RouteTable(ingresses: [shop], services: [], slices: [], secrets: [secret])
        #expect(found.certificates["shop.test"]?.pem == "a\nb")
        #expect(found.certificates["shop.test"].map { "\($0)" }?.contains("pair") == true)
    }

    @Test func `ignores ingresses of another class`() {
        var foreign = ingress("shop", service: "stable")
        foreign["spec", "ingressClassName"] = "traefik"
        #expect(table([foreign]).servers.isEmpty)
    }

    @Test func `refuses what would change the meaning of the configuration`() {
        let table = table([
            ingress("path", path: "/$uri", service: "stable"),
            ingress("host", host: "a;b", service: "stable"),
        ])
        #expect(table.servers.isEmpty)
        #expect(table.notes.count == 2)
    }
}
