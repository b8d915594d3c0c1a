import ArgumentParser
import Controller
import Documents
import Foundation
import KubernetesObjects
import Logging
import Testing

@testable import sluice

struct `The flags of the controller` {
    private func parsed(_ arguments: String...) throws -> ControllerCommand {
        try ControllerCommand.parse(arguments)
    }

    /// Holds: 7.4 metrics port, 7.4 health port.
    @Test func `have the names and the defaults of the field`() throws {
        let silent = try parsed()
        #expect(silent.metricsPort == 8090 && silent.healthzPort == 8080)
        #expect(silent.rolloutThreads == 10 && silent.analysisThreads == 30)
        #expect(silent.experimentThreads == 10)
        #expect(silent.rolloutResync == 900 && silent.instanceID == nil)
        #expect(try silent.settings([:]).historyRecords == 1_000_000)
        #expect(try parsed("--history-records=5000").settings([:]).historyRecords == 5_000)
        #expect(try parsed("--metricsPort", "9090").metricsPort == 9090)
        #expect(try parsed("--metricsport=9090").metricsPort == 9090)
        #expect(try parsed("--loglevel", "fatal").logging.level.level == .critical)
        let settings = try parsed(
            "--experiment-threads=3", "--self-service-notification-enabled=1"
        ).settings([:])
        #expect(settings.experimentWorkers == 3 && settings.hasSelfServiceNotifications)
        let unlabelled = try parsed("--instance-id", "").settings([:])
        #expect(unlabelled.isOurs(Object(["metadata": [:]])))
    }

    /// Holds: 7.4 namespaced.
    @Test func `limit it to one namespace, named or its own`() throws {
        func watched(_ arguments: String...) throws -> [String]? {
            try ControllerCommand.parse(arguments).settings([:], of: "own").namespaces
        }
        #expect(try watched() == nil)
        #expect(try watched("--namespaced=false") == nil)
        #expect(try watched("--namespaced") == ["own"])
        #expect(try watched("--namespaced", "--namespace=shop") == ["shop"])
        #expect(try watched("-n", "shop", "--namespaced") == ["shop"])
        #expect(try watched("-n", "shop") == nil)
        #expect(try parsed("-n", "shop").settings([:]).home == "argo-rollouts")
        #expect(try parsed("-n", "shop", "--namespaced").settings([:]).home == "shop")
    }

    @Test func `limit it to several namespaces, with one lease whatever their order`() throws {
        for words in [["-n", "shop", "-n", "cart"], ["--namespace=shop,cart"]] {
            let command = try ControllerCommand.parse(["--namespaced"] + words)
            #expect(try command.settings([:], of: "own").namespaces == ["shop", "cart"])
            #expect(try command.settings([:]).home == "cart")
            #expect(try command.settings(["POD_NAMESPACE": "shop"]).home == "shop")
        }
    }

    @Test(arguments: [
        (["-n", "a", "-n", "b,a"], "--namespace a is there more than once"),
        (["-n", "a,"], "--namespace : a lowercase RFC 1123 label"),
        (["-n", (0...50).map { "n\($0)" }.joined(separator: ",")], "takes 50 namespaces at most"),
    ])
    func `refuse namespaces that cannot be meant`(arguments: [String], reason: String) throws {
        let error = #expect(throws: (any Error).self) {
            try ControllerCommand.parse(["--namespaced"] + arguments)
        }
        #expect(ControllerCommand.message(for: try #require(error)).contains(reason))
    }

    @Test func `name several namespaces only to limit it to them`() throws {
        let error = #expect(throws: (any Error).self) { try parsed("-n", "a,b") }
        #expect(ControllerCommand.message(for: try #require(error)).contains("--namespaced only"))
    }

    /// As installations of Argo Rollouts pass them: its own manifests, its chart, and what people
    /// add on large clusters and on AWS.
    /// Holds: 7.4 unknown flags.
    @Test(arguments: [
        [],
        ["--namespaced"],
        [
            "--healthzPort=8080", "--metricsPort=8090", "--loglevel=info", "--logformat=text",
            "--kloglevel=0", "--leader-elect",
        ],
        [
            "--instance-id", "blue", "--qps", "100", "--burst", "200", "--rollout-threads", "50",
            "--service-threads", "20", "--ingress-threads", "20", "--kloglevel", "4",
        ],
        [
            "--aws-verify-target-group=false", "--alb-ingress-classes", "alb",
            "--alb-ingress-classes", "", "--nginx-ingress-classes=internal",
            "--self-service-notification-enabled", "--enable-pprof-address=:6060",
        ],
        [
            "--traefik-api-group=traefik.io", "--traefik-api-version=traefik.io/v1alpha1",
            "--istio-api-version=v1", "--ingress-api-version", "networking/v1",
        ],
    ])
    func `of a Deployment of the field are taken as they stand`(arguments: [String]) throws {
        let command = try ControllerCommand.parse(arguments)
        #expect(FieldArguments(command.others).problems == [])
    }

    /// Holds: 7.4 unknown flags.
    /// Refuses: 7.5 WeightVerifyError, 2.1 load balancers.
    /// Refuses: 7.5 TargetGroupVerified, 7.5 LoadBalancerNotFound.
    @Test func `that cannot be followed are refused, all at once and by name`() throws {
        let arguments = [
            "--rollout-thread", "5", "--aws-verify-target-group", "--controllers=analysis",
            "--token", "abc", "--qps", "40", "--leader-elect=maybe", "--healthzPort=70000", "help",
            "--leader-election-lease-duration=9s", "--namespaced=", "--leader-elect", "false",
            "--traefik-api-group",
        ]
        let error = #expect(throws: (any Error).self) { try ControllerCommand.parse(arguments) }
        let lines = ControllerCommand.message(for: try #require(error)).split(separator: "\n")
        let beginnings = [
            "--rollout-thread is unknown", "--aws-verify-target-group: AWS is not asked",
            "--controllers: all kinds", "--token: write it into a kubeconfig",
            "--leader-elect takes true or false, and not \"maybe\"",
            "help: this command takes flags only",
            "--namespaced takes true or false, and not \"\"",
            "--leader-elect takes its value behind a =, as in --leader-elect=false",
            "--traefik-api-group needs a value",
            "--leader-election-lease-duration must be",
            "--healthzPort takes a number from 0 to 65535",
        ]
        #expect(lines.count == beginnings.count, "\(lines)")
        for (line, beginning) in zip(lines, beginnings) { #expect(line.hasPrefix(beginning)) }
    }

    @Test func `that have no effect are told, with the reason`() {
        let told = FieldArguments([
            "--qps", "40", "--aws-verify-target-group=false", "--alb-verify-weight",
        ])
        #expect(told.idle.map(\.flag) == ["--qps", "--aws-verify-target-group"])
        #expect(told.idle.allSatisfy { !$0.reason.isEmpty })
        #expect(told.problems.count == 1)
    }
}

struct `The variables of the controller` {
    private func settings(_ environment: [String: String]) throws -> ControllerLoop.Settings {
        try ControllerCommand.parse([]).settings(environment)
    }

    /// Holds: 7.4 verify interval.
    /// Holds: 9.3 verify interval.
    @Test(arguments: [(nil, 10), ("", 10), ("1", 1), ("45", 45)])
    func `say when routers are asked again`(value: String?, seconds: Int) throws {
        let environment = value.map { ["ROLLOUT_VERIFY_RETRY_INTERVAL": $0] } ?? [:]
        #expect(try settings(environment).verifySeconds == seconds)
        #expect(FieldVariables(environment).problems == [])
    }

    /// Holds: 7.4 job namespace.
    @Test(arguments: [(nil, nil), ("", nil), ("jobs", "jobs")])
    func `say where Jobs measure`(value: String?, namespace: String?) throws {
        let environment = value.map { ["ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE": $0] } ?? [:]
        #expect(try settings(environment).jobNamespace == namespace)
        #expect(FieldVariables(environment).problems == [])
    }

    @Test(arguments: [
        ("ROLLOUT_VERIFY_RETRY_INTERVAL", "10s", " takes a number of seconds from 1 to 3600"),
        ("ROLLOUT_VERIFY_RETRY_INTERVAL", "0", " takes a number of seconds from 1 to 3600"),
        ("ARGO_ROLLOUTS_ANALYSIS_JOB_NAMESPACE", "Jobs", " Jobs: a lowercase RFC 1123 label"),
        ("ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG", "/jobs", ": Jobs run in the cluster of their"),
    ])
    func `that cannot be followed are refused by name`(
        name: String, value: String, reason: String
    ) {
        let problems = FieldVariables([name: value]).problems
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(name + reason) == true, "\(problems)")
        #expect(FieldVariables(["ARGO_ROLLOUTS_ANALYSIS_JOB_KUBECONFIG": ""]).problems == [])
    }
}

struct `The list of flags` {
    /// What the command leaves unread of a flag, or why it refuses it.
    private func left(of flag: FieldFlag) -> String {
        let values = ["--loglevel": "debug", "--logformat": "json", "--server": "https://a:1"]
        let isTime = flag.name.contains("election") || flag.name.contains("timeout")
        let value = values[flag.name] ?? (isTime ? "2s" : "100")
        do {
            let words = flag.isSwitch ? [flag.name] : [flag.name, value]
            return try ControllerCommand.parse(words).others.joined(separator: " ")
        } catch {
            return ControllerCommand.message(for: error)
        }
    }

    @Test func `is true: what is taken is read, and nothing else is`() {
        for flag in FieldFlag.all where flag.name != "--version" {
            let left = left(of: flag)
            switch flag.fate {
            case .taken: #expect(!left.contains("\(flag.name) cannot be read"))
            case .idle: #expect(left.hasPrefix(flag.name))
            case .refused(let reason, _): #expect(left == "\(flag.name): \(reason)")
            }
        }
        #expect(Set(FieldFlag.all.map(\.name)).count == FieldFlag.all.count)
    }

    /// `RECORD_GOLDEN=1` writes the tables anew.
    @Test func `is that of the documentation`() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/FLAGS.md").standardized
        let text = try String(contentsOf: page, encoding: .utf8)
        let rule = "|---|---|---|"
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            let parts = text.components(separatedBy: rule + "\n")
            try #require(parts.count == 3)
            let tables = [FieldFlag.all, FieldFlag.variables].map { $0.map(\.row) }
            let written = zip(tables, parts.dropFirst()).map { rows, part in
                let rest = part.split(separator: "\n", omittingEmptySubsequences: false)
                    .drop { $0.hasPrefix("|") }
                return "\(rule)\n" + (rows + rest.map(String.init)).joined(separator: "\n")
            }
            try (parts[0] + written.joined()).write(to: page, atomically: true, encoding: .utf8)
        } else {
            let rows = (FieldFlag.all + FieldFlag.variables).map(\.row)
            let shown = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
            #expect(shown.map(String.init) == rows)
        }
    }
}
