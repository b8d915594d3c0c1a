import Documents
import KubernetesObjects
import ObjectStore
import Testing

@testable import LocalCluster

struct `A body in protocol buffers` {
    @Test func `is read as the JSON that the client meant`() throws {
        // As kubectl 1.37 sends `create configmap made --from-literal=a=b`.
        let body = """
            6b3873000a0f0a0276311209436f6e6669674d6170121e0a140a046d61646512001a0022002a0032\
            003800420012060a01611201621a002200
            """
        #expect(
            try ProtobufReader.object(bytes(body)) == [
                "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "made"],
                "data": ["a": "b"],
            ])
    }

    @Test func `keeps a zero that says something and drops one that says nothing`() throws {
        // As kubectl 1.37 sends `create deployment made --image=x --replicas=0 --port=80`.
        let body = """
            6b3873000a150a07617070732f7631120a4465706c6f796d656e7412b4010a210a046d6164651200\
            1a0022002a003200380042005a0b0a0361707012046d6164651280010800120d0a0b0a0361707012\
            046d6164651a650a1d0a0012001a0022002a003200380042005a0b0a0361707012046d6164651244\
            12260a01781201782a00320a0a001000185022002a0042006a007200800100880100900100a20100\
            1a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c0800\
            100018002000280038001a002200
            """
        let deployment = Object(try ProtobufReader.object(bytes(body)))
        #expect(deployment["spec", "replicas"] == 0)
        #expect(deployment["spec", "minReadySeconds"] == nil)
        #expect(deployment["metadata", "creationTimestamp"] == nil)
        #expect(deployment["spec", "template", "metadata", "labels"] == ["app": "made"])
        #expect(
            deployment["spec", "template", "spec", "containers"] == [
                ["name": "x", "image": "x", "ports": [["containerPort": 80]], "resources": [:]]
            ])
    }

    @Test func `shows an inlined message in the place of its fields`() throws {
        // Pod.spec (2) . volumes (1): name "v", volumeSource (2) . emptyDir (2)
        let pod: [UInt8] = [0x12, 9, 0x0a, 7, 0x0a, 1, 0x76, 0x12, 2, 0x12, 0]
        #expect(
            Object(try ProtobufReader.object(envelope("Pod", pod)))["spec", "volumes"] == [
                ["name": "v", "emptyDir": [:]]
            ])
    }

    @Test func `is refused with a field that nobody knows`() {
        let error = #expect(throws: StoreError.self) {
            try ProtobufReader.object(envelope("ConfigMap", [0xf8, 0x01, 1]))
        }
        #expect(error?.code == 400)
        #expect(error?.message.contains("field 31 of ConfigMap") == true)
    }

    @Test func `is refused for a kind that nobody knows`() {
        let error = #expect(throws: StoreError.self) {
            try ProtobufReader.object(envelope("Node", []))
        }
        #expect(error?.code == 415)
    }

    @Test(arguments: [[0x0a], [0x0a, 0xff], [0x0b], [0x08] + [UInt8](repeating: 0x80, count: 11)])
    func `is refused where it is torn`(content: [UInt8]) {
        #expect(throws: StoreError.self) {
            try ProtobufReader.object(envelope("ConfigMap", content))
        }
    }

    @Test func `has a table whose messages all exist`() {
        let plain: Set<String> = [
            "Time", "MicroTime", "Quantity", "IntOrString", "FieldsV1", "ExtraValue",
        ]
        let messages = ProtobufFields.messages
        for (name, fields) in messages {
            #expect(!fields.isEmpty || name == "SelfSubjectReviewSpec", "\(name)")
            for field in fields.values {
                guard case .message(let other) = field.type else { continue }
                #expect(messages[other] != nil || plain.contains(other), "\(name).\(field.name)")
            }
        }
    }

    private func envelope(_ kind: String, _ content: [UInt8]) -> [UInt8] {
        let type: [UInt8] = [0x12, UInt8(kind.utf8.count)] + Array(kind.utf8)
        return Array("k8s\0".utf8) + [0x0a, UInt8(type.count)] + type + [
            0x12, UInt8(content.count),
        ]
            + content
    }

    private func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
    }
}

struct `The older description of the API` {
    @Test func `is written as protocol buffers, byte for byte`() {
        let resource = Resource(
            group: "g", version: "v", kind: "K", plural: "ks", isNamespaced: false)
        let swagger = Swagger(catalog: Catalog(resources: [resource], definitions: []))
        let text = swagger.protobuf.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
        #expect(text == golden)
    }

    private let golden = """
        0a03322e3012110a06536c75696365120776312e33342e30429f02129c020a132f617069732f672f\
        762f6b732f7b6e616d657d128402428102421d0a1b12191a1712057175657279220664727952756e\
        3206737472696e6742230a21121f1a1d12057175657279220c6669656c644d616e61676572320673\
        7472696e6742260a2412221a2012057175657279220f6669656c6456616c69646174696f6e320673\
        7472696e67421c0a1a12181a16120571756572792205666f7263653206737472696e674a0f0a0d0a\
        0332303012060a040a024f4b6a1f0a13782d6b756265726e657465732d616374696f6e1208120670\
        617463680a6a430a1f782d6b756265726e657465732d67726f75702d76657273696f6e2d6b696e64\
        1220121e67726f75703a202267220a6b696e643a204b0a76657273696f6e3a20760a4a670a650a05\
        672e762e4b125cb201080a066f626a656374fa014e0a1f782d6b756265726e657465732d67726f75\
        702d76657273696f6e2d6b696e64122b12295b7b2267726f7570223a2267222c2276657273696f6e\
        223a2276222c226b696e64223a224b227d5d0a
        """
}
