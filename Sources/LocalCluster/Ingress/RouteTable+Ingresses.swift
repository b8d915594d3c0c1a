import Documents
import KubernetesObjects

extension RouteTable {
    mutating func add(_ ingress: Object, _ secrets: [Object]) {
        let options = IngressOptions(ingress)
        for rule in IngressRule.all(of: ingress) {
            guard let location = rule.location(in: ingress, options) else {
                note(
                    ingress,
                    "the backend of \(rule.host)\(rule.path) is no Service; it has no effect")
                continue
            }
            let isSafe =
                options.makesPatterns
                ? NginxText.isPattern(rule.path) : NginxText.isSafe(rule.path)
            guard isSafe, NginxText.isSafeHost(rule.host) else {
                note(ingress, "\(rule.host)\(rule.path) has characters that nginx would misread")
                continue
            }
            insert(location, host: rule.host, ingress)
        }
        for text in options.notes { note(ingress, text) }
        addCertificates(of: ingress, secrets)
    }

    private mutating func insert(_ location: Location, host: String, _ ingress: Object) {
        let index = servers.firstIndex { $0.host == host } ?? servers.count
        if index == servers.count { servers.append(Server(host: host, locations: [])) }
        let taken = servers[index].locations.first {
            $0.path == location.path && $0.match == location.match
        }
        if let taken {
            note(
                ingress,
                "\(host)\(location.path) is already served by the older ingress \(taken.ingress)")
            return
        }
        servers[index].locations.append(location)
        if let affinity = location.options.affinity, affinities[location.backend] == nil {
            affinities[location.backend] = affinity
        }
    }

    /// An entry of `spec.tls` without hosts speaks of all hosts of the Ingress.
    private mutating func addCertificates(of ingress: Object, _ secrets: [Object]) {
        let own = Set(IngressRule.all(of: ingress).map(\.host))
        for entry in ingress["spec", "tls"]?.array ?? [] {
            let named = Set((entry["hosts"]?.array ?? []).compactMap(\.string))
            let hosts = named.isEmpty ? own : named.intersection(own)
            for host in named.subtracting(own).sorted() {
                note(ingress, "tls names the host \(host), for which the ingress has no rule")
            }
            secured.formUnion(hosts)
            guard let name = entry["secretName"]?.string, !name.isEmpty else {
                note(ingress, "tls names no secret; the box shows a certificate of its own")
                continue
            }
            let secret = secrets.first { $0.name == name && $0.namespace == ingress.namespace }
            guard let pair = secret.flatMap(KeyPair.init) else {
                let why = secret == nil ? "is not there" : "lacks tls.crt or tls.key"
                note(
                    ingress,
                    "the secret \(name) of tls \(why); the box shows a certificate of its own")
                continue
            }
            for host in hosts where certificates[host] == nil { certificates[host] = pair }
        }
    }

    /// Attaches a canary to the backends of the paths that it shares with others.
    mutating func addCanary(_ ingress: Object, _ catalog: EndpointCatalog) {
        let options = IngressOptions(ingress)
        for rule in IngressRule.all(of: ingress) {
            guard let location = rule.location(in: ingress, options) else { continue }
            let primary = servers.first { $0.host == rule.host }?.locations.first {
                $0.path == location.path && $0.match == location.match
                    && $0.backend.namespace == location.backend.namespace
            }
            guard let primary else {
                note(
                    ingress,
                    "no other ingress serves \(rule.host)\(rule.path); the canary has no effect")
                continue
            }
            guard primary.backend.service != location.backend.service else {
                note(
                    ingress, "the canary names the stable service \(primary.backend.service) itself"
                )
                continue
            }
            if let other = canaries[primary.backend], other.ingress != ingress.name {
                note(ingress, "\(primary.backend.label) already has the canary \(other.ingress)")
                continue
            }
            // Without endpoints a canary gets nothing, and stable everything.
            guard !catalog.endpoints(of: location.backend).isEmpty else { continue }
            canaries[primary.backend] = Canary(ingress, backend: location.backend)
        }
    }

    private mutating func note(_ ingress: Object, _ text: String) {
        let subject = Reference(.ingresses, namespace: ingress.namespace, name: ingress.name)
        notes.append(Note(subject: subject, text: text))
    }
}
