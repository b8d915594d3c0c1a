import Documents
import KubernetesObjects
import Testing

struct `A label selector` {
    @Test(
        arguments: [
            ("", [:], true),
            ("app=web", ["app": "web"], true),
            ("app==web", ["app": "api"], false),
            ("app!=web", [:], true),
            ("app!=web", ["app": "web"], false),
            ("app in (web, api)", ["app": "api"], true),
            ("app in (web,api)", [:], false),
            ("app notin (web)", [:], true),
            ("app notin (web,api)", ["app": "api"], false),
            ("app", ["app": ""], true),
            ("!app", [:], true),
            ("!app", ["app": ""], false),
            ("app=,tier=db", ["app": "", "tier": "db"], true),
            ("a.b/c=d, !x ,y in (z)", ["a.b/c": "d", "y": "z"], true),
            ("n>3", ["n": "4"], true),
            ("n<3", ["n": "4"], false),
            ("n>3", ["n": "many"], false),
            ("in in (in)", ["in": "in"], true),
        ] as [(String, [String: String], Bool)])
    func `matches`(_ text: String, _ labels: [String: String], _ expected: Bool) throws {
        #expect(try LabelSelector(parsing: text).matches(labels) == expected)
    }

    @Test(arguments: [
        "=x", "a in", "a in (", "a in (b", "a b", "a=b c", "!", "a>x", "a,,b", "a=-", "/a=b",
    ])
    func `that is no selector is refused`(_ text: String) {
        #expect(throws: SelectorError.self) { try LabelSelector(parsing: text) }
    }

    @Test func `of an object has labels and expressions`() throws {
        let selector = try LabelSelector(json: [
            "matchLabels": ["app": "web"],
            "matchExpressions": [
                ["key": "tier", "operator": "In", "values": ["a", "b"]],
                ["key": "old", "operator": "DoesNotExist"],
            ],
        ])
        #expect(selector.matches(["app": "web", "tier": "b"]))
        #expect(!selector.matches(["app": "web", "tier": "b", "old": ""]))
        #expect(selector.description == "app=web,!old,tier in (a,b)")
    }

    @Test func `selects everything when empty and nothing when missing`() throws {
        #expect(try LabelSelector(json: [:]).matches(["a": "b"]))
        #expect(try !LabelSelector(json: .null).matches(["a": "b"]))
        #expect(try LabelSelector(json: [:]).isEverything)
        #expect(!LabelSelector.nothing.isEverything)
    }

    @Test func `refuses operators without their values`() {
        #expect(throws: SelectorError.self) {
            try LabelSelector(json: ["matchExpressions": [["key": "a", "operator": "In"]]])
        }
        #expect(throws: SelectorError.self) {
            try LabelSelector(json: ["matchExpressions": [["key": "a", "operator": "Like"]]])
        }
    }

    @Test(arguments: ["a=b", "!x,y in (p,q)", "n>5", "k!=v,z notin (a,b)"])
    func `reads what it writes`(_ text: String) throws {
        #expect(try LabelSelector(parsing: text).description == text)
    }
}

struct `A field selector` {
    private let pod = Object([
        "metadata": ["name": "web", "namespace": "shop"], "spec": ["nodeName": "n1"],
        "status": ["phase": "Running", "ready": true, "count": 3],
    ])

    @Test(arguments: [
        ("", true), ("metadata.name=web", true), ("metadata.name==api", false),
        ("metadata.namespace=shop,status.phase!=Failed", true), ("status.phase!=Running", false),
        ("spec.schedulerName=", true), ("spec.nodeName=n1", true), ("status.ready=true", true),
        ("status.count=3", true), ("involvedObject.name=web", false),
    ])
    func `matches`(_ text: String, _ expected: Bool) throws {
        #expect(try FieldSelector(parsing: text).matches(pod) == expected)
    }

    @Test func `escapes commas and equal signs`() throws {
        let selector = try FieldSelector(parsing: #"a=x\,y\=z\\"#)
        #expect(selector.requirements.map(\.value) == [#"x,y=z\"#])
        #expect(selector.description == #"a=x\,y\=z\\"#)
    }

    @Test(arguments: ["metadata.name", "=x", "a..b=c", "a=b=c", #"a=b\"#])
    func `that is no selector is refused`(_ text: String) {
        #expect(throws: SelectorError.self) { try FieldSelector(parsing: text) }
    }

    @Test func `knows the one name it asks for`() throws {
        #expect(try FieldSelector(parsing: "metadata.name=web").name == "web")
        #expect(try FieldSelector(parsing: "metadata.name!=web").name == nil)
    }
}
