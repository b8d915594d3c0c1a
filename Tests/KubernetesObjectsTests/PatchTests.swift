import Documents
import KubernetesObjects
import Testing

private func patched(
    _ document: String, _ patch: Patch, _ resource: Resource = .deployments
) throws -> JSON {
    try patch.applied(to: Object(JSON(parsing: document)), resource: resource).json
}

struct `A merge patch` {
    /// The test cases of RFC 7386, appendix A, for objects.
    @Test(arguments: [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, "{}"),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ])
    func `gives what RFC 7386 says`(_ before: String, _ patch: String, _ after: String) throws {
        #expect(try patched(before, .merge(JSON(parsing: patch))) == JSON(parsing: after))
    }

    @Test func `keeps the order of members that stay`() throws {
        let result = try patched(#"{"a":1,"b":2,"c":3}"#, .merge(["b": 5, "d": 4]))
        #expect(result.text == #"{"a":1,"b":5,"c":3,"d":4}"#)
    }

    @Test func `must be an object`() {
        #expect(throws: PatchError.malformed("a merge patch must be an object, found a list")) {
            try patched("{}", .merge([1]))
        }
    }

    @Test func `is refused when it is nested without end`() {
        let deep = (0..<500).reduce(JSON.null) { inner, _ in ["a": inner] }
        #expect(throws: PatchError.malformed("the patch is nested deeper than 200 levels")) {
            try patched("{}", .merge(deep))
        }
    }
}

struct `A JSON patch` {
    @Test(arguments: [
        (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2}]"#, #"{"a":1,"b":2}"#),
        (#"{"a":[1,3]}"#, #"[{"op":"add","path":"/a/1","value":2}]"#, #"{"a":[1,2,3]}"#),
        (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/-","value":2}]"#, #"{"a":[1,2]}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[2]}"#),
        (
            #"{"a":{"b":1}}"#, #"[{"op":"replace","path":"/a/b","value":null}]"#,
            #"{"a":{"b":null}}"#
        ),
        (#"{"a":{"b":1}}"#, #"[{"op":"move","from":"/a/b","path":"/c"}]"#, #"{"a":{},"c":1}"#),
        (#"{"a":[1,2]}"#, #"[{"op":"move","from":"/a/0","path":"/a/1"}]"#, #"{"a":[2,1]}"#),
        (#"{"a":[1]}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":[1],"b":[1]}"#),
        (#"{"x/y":1}"#, #"[{"op":"replace","path":"/x~1y","value":2}]"#, #"{"x/y":2}"#),
        (#"{"~1":1}"#, #"[{"op":"remove","path":"/~01"}]"#, "{}"),
        (#"{"a":1}"#, #"[{"op":"test","path":"/a","value":1.0}]"#, #"{"a":1}"#),
        (#"{"a":1}"#, #"[{"op":"replace","path":"","value":{"b":1}}]"#, #"{"b":1}"#),
        (#"{"":1}"#, #"[{"op":"replace","path":"/","value":2}]"#, #"{"":2}"#),
    ])
    func `gives what RFC 6902 says`(_ before: String, _ patch: String, _ after: String) throws {
        let operations = try #require(try JSON(parsing: patch).array)
        #expect(try patched(before, .json(operations)) == JSON(parsing: after))
    }

    @Test(arguments: [
        (#"{"op":"remove","path":"/b"}"#, "the document has no path /b"),
        (#"{"op":"replace","path":"/x/y","value":1}"#, "the document has no path /x/y"),
        (#"{"op":"add","path":"/l/01","value":1}"#, "the document has no path /l/01"),
        (#"{"op":"add","path":"/l/9","value":1}"#, "the document has no path /l/9"),
        (#"{"op":"remove","path":"/l/-"}"#, "the document has no path /l/-"),
        (#"{"op":"test","path":"/a","value":2}"#, "testing value /a failed"),
        (#"{"op":"move","from":"/l","path":"/l/0"}"#, "/l cannot be moved into itself"),
    ])
    func `that does not fit is refused`(_ operation: String, _ message: String) throws {
        let operation = try JSON(parsing: operation)
        #expect(throws: PatchError.refused(message)) {
            try patched(#"{"a":1,"l":[1]}"#, .json([operation]))
        }
    }

    @Test(arguments: [
        #"{"op":"jump","path":"/a"}"#, #"{"path":"/a"}"#, #"{"op":"add","path":"/a"}"#,
        #"{"op":"remove","path":"a"}"#, #"{"op":"move","path":"/a"}"#,
    ])
    func `that is no patch is malformed`(_ operation: String) throws {
        let operation = try JSON(parsing: operation)
        let error = #expect(throws: PatchError.self) {
            try patched(#"{"a":1}"#, .json([operation]))
        }
        guard case .malformed = error else {
            Issue.record("expected malformed, found \(String(describing: error))")
            return
        }
    }
}

struct `A strategic merge patch` {
    private let deployment = """
        {"metadata":{"finalizers":["a","b"]},"spec":{"strategy":{"type":"RollingUpdate",
        "rollingUpdate":{"maxSurge":1}},"template":{"spec":{"containers":[
        {"name":"web","image":"v1","env":[{"name":"A","value":"1"},{"name":"B","value":"2"}],
        "args":["x"],"ports":[{"containerPort":80}]},{"name":"side","image":"s1"}],
        "tolerations":[{"key":"a"}],"volumes":[{"name":"v","emptyDir":{}}]}}}}
        """

    private func containers(_ patch: JSON) throws -> JSON {
        let result = try patched(
            deployment, .strategic(["spec": ["template": ["spec": patch]]]))
        return result["spec"]?["template"]?["spec"] ?? .null
    }

    @Test func `merges containers and environment by name`() throws {
        let spec = try containers([
            "containers": [["name": "web", "image": "v2", "env": [["name": "B", "value": "3"]]]]
        ])
        #expect(spec["containers"]?[0]?["image"] == "v2")
        #expect(
            spec["containers"]?[0]?["env"]
                == [["name": "A", "value": "1"], ["name": "B", "value": "3"]])
        #expect(spec["containers"]?[1] == ["name": "side", "image": "s1"])
    }

    @Test func `adds elements with new keys at the end`() throws {
        let spec = try containers([
            "containers": [["name": "web", "ports": [["containerPort": 90]]]],
            "volumes": [["name": "w", "emptyDir": [:]]],
        ])
        #expect(spec["containers"]?[0]?["ports"] == [["containerPort": 80], ["containerPort": 90]])
        #expect(spec["volumes"]?.array?.count == 2)
    }

    @Test func `replaces lists that have no key`() throws {
        let spec = try containers([
            "containers": [["name": "web", "args": ["y"]]], "tolerations": [["key": "b"]],
        ])
        #expect(spec["containers"]?[0]?["args"] == ["y"])
        #expect(spec["tolerations"] == [["key": "b"]])
    }

    @Test func `deletes an element by directive`() throws {
        let spec = try containers(["containers": [["name": "side", "$patch": "delete"]]])
        #expect(spec["containers"]?.array?.map { $0["name"]?.string } == ["web"])
    }

    @Test func `replaces a list or a map by directive`() throws {
        let spec = try containers([
            "containers": [["$patch": "replace"], ["name": "n", "image": "i"]]
        ])
        #expect(spec["containers"] == [["name": "n", "image": "i"]])
        let map = try patched(
            deployment,
            .strategic(["spec": ["strategy": ["$patch": "replace", "type": "Recreate"]]]))
        #expect(map["spec"]?["strategy"] == ["type": "Recreate"])
    }

    @Test func `keeps only what retainKeys names`() throws {
        let result = try patched(
            deployment,
            .strategic(["spec": ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]]]))
        #expect(result["spec"]?["strategy"] == ["type": "Recreate"])
    }

    @Test func `merges finalizers as a set and deletes from them`() throws {
        let added = try patched(
            deployment, .strategic(["metadata": ["finalizers": ["c", "a"]]]))
        #expect(added["metadata"]?["finalizers"] == ["a", "b", "c"])
        let removed = try patched(
            deployment, .strategic(["metadata": ["$deleteFromPrimitiveList/finalizers": ["a"]]]))
        #expect(removed["metadata"]?["finalizers"] == ["b"])
    }

    @Test func `orders elements as setElementOrder says`() throws {
        let spec = try containers([
            "$setElementOrder/containers": [["name": "new"], ["name": "web"]],
            "containers": [["name": "new", "image": "n"]],
        ])
        #expect(spec["containers"]?.array?.map { $0["name"]?.string } == ["new", "web", "side"])
    }

    @Test func `removes with null and drops null where nothing was`() throws {
        let result = try patched(
            deployment,
            .strategic(["spec": ["strategy": ["rollingUpdate": .null], "paused": ["x": .null]]]))
        #expect(result["spec"]?["strategy"] == ["type": "RollingUpdate"])
        #expect(result["spec"]?["paused"] == [:])
    }

    @Test func `merges ports of a service by port`() throws {
        let result = try patched(
            #"{"spec":{"ports":[{"port":80,"targetPort":1},{"port":81}]}}"#,
            .strategic(["spec": ["ports": [["port": 80, "targetPort": 2]]]]), .services)
        #expect(result["spec"]?["ports"] == [["port": 80, "targetPort": 2], ["port": 81]])
    }

    @Test func `needs the merge key`() {
        #expect(
            throws: PatchError.malformed(
                #"an element of spec.template.spec.containers lacks its merge key "name""#)
        ) { try containers(["containers": [["image": "v2"]]]) }
    }

    @Test func `is not for custom resources`() {
        let error = #expect(throws: PatchError.self) {
            try patched("{}", .strategic(["spec": [:]]), .rollouts)
        }
        guard case .unsupported = error else {
            Issue.record("expected unsupported, found \(String(describing: error))")
            return
        }
    }
}
