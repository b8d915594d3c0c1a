import Documents
import ObjectStore
import Testing

@testable import LocalCluster

struct `A schema` {
    private let car = FieldSchema([
        "type": "object", "required": ["doors"],
        "properties": [
            "doors": ["type": "integer", "minimum": 1, "maximum": 5],
            "color": ["type": "string", "enum": ["red", "blue"], "default": "red"],
            "plate": ["type": "string", "pattern": "^[A-Z]+$", "maxLength": 4],
            "size": ["x-kubernetes-int-or-string": true],
            "notes": ["type": "object", "additionalProperties": ["type": "string"]],
            "seats": [
                "type": "array", "maxItems": 2,
                "items": [
                    "type": "object",
                    "properties": ["heated": ["type": "boolean", "default": false]],
                ],
            ],
            "extra": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            "chassis": [
                "type": "string", "x-kubernetes-validations": [["rule": "self == oldSelf"]],
            ],
            "gone": ["type": "string", "nullable": true],
        ],
    ])

    private func problems(_ value: JSON, before: JSON? = nil) -> [String] {
        car.causes(in: value, before: before).map { "\($0.field): \($0.message)" }
    }

    @Test func `drops what nobody knows, and says where it was`() {
        var unknown: [String] = []
        let pruned = car.pruned(
            [
                "doors": 4, "wings": 2, "seats": [["heated": true], ["legs": 4]],
                "extra": ["a": ["b": 1]], "notes": ["any": "text"],
            ], into: &unknown)
        #expect(unknown == ["wings", "seats[1].legs"])
        #expect(
            pruned == [
                "doors": 4, "seats": [["heated": true], [:]], "extra": ["a": ["b": 1]],
                "notes": ["any": "text"],
            ])
    }

    @Test func `fills in what is missing`() {
        #expect(
            car.defaulted(["doors": 4, "seats": [[:]]]) == [
                "doors": 4, "color": "red", "seats": [["heated": false]],
            ])
        #expect(car.defaulted(["color": .null]) == ["color": "red"])
        #expect(car.defaulted(["color": "blue"]) == ["color": "blue"])
    }

    @Test func `finds nothing wrong with what fits`() {
        #expect(
            problems([
                "doors": 4, "color": "blue", "plate": "ABC", "size": "30%", "seats": [[:]],
                "notes": ["a": "b"], "gone": .null,
            ]) == [])
        #expect(problems(["doors": .number("4.0"), "size": 3]) == [])
    }

    @Test(
        arguments: [
            ([:], "doors: Required value"),
            (
                ["doors": "4"],
                "doors: Invalid value: doors in body must be of type integer, found a string"
            ),
            (["doors": 9], "doors: Invalid value: 9: doors in body must be at most 5"),
            (["doors": 0], "doors: Invalid value: 0: doors in body must be at least 1"),
            (
                ["doors": 4, "color": "green"],
                #"color: Unsupported value: "green": supported values: "red", "blue""#
            ),
            (
                ["doors": 4, "plate": "abc"],
                #"plate: Invalid value: "abc": plate in body should match '^[A-Z]+$'"#
            ),
            (["doors": 4, "plate": "ABCDE"], "plate: Too many: 5: must have at most 4 characters"),
            (
                ["doors": 4, "size": true],
                "size: Invalid value: size in body must be of type integer or string, "
                    + "found a boolean"
            ),
            (
                ["doors": 4, "notes": ["a": 1]],
                "notes.a: Invalid value: notes.a in body must be of type string, found an integer"
            ),
            (
                ["doors": 4, "seats": [[:], [:], [:]]],
                "seats: Too many: 3: must have at most 2 items"
            ),
            (
                ["doors": 4, "seats": [1]],
                "seats[0]: Invalid value: seats[0] in body must be of type object, found an integer"
            ),
        ] as [(JSON, String)])
    func `says what does not fit`(value: JSON, problem: String) {
        #expect(problems(value) == [problem])
    }

    @Test func `names every problem at once`() {
        #expect(problems(["color": "green", "notes": "x"]).count == 3)
    }

    @Test func `does not look again at what is as it was`() {
        let old: JSON = ["doors": 9, "color": "red"]
        #expect(problems(["doors": 9, "color": "blue"], before: old) == [])
        #expect(problems(["doors": 8, "color": "red"], before: old).count == 1)
    }

    @Test func `keeps what may not change`() {
        let old: JSON = ["doors": 4, "chassis": "x"]
        #expect(problems(["doors": 4, "chassis": "y"], before: old).count == 1)
        #expect(problems(["doors": 3, "chassis": "x"], before: old) == [])
    }

    @Test func `combines others`() {
        let schema = FieldSchema(["anyOf": [["type": "integer"], ["type": "string"]]])
        #expect(schema.causes(in: 1).isEmpty && schema.causes(in: "a").isEmpty)
        #expect(schema.causes(in: true).count == 1)
        let either = FieldSchema([
            "oneOf": [["required": ["a"]], ["required": ["b"]]], "not": ["required": ["c"]],
        ])
        #expect(either.causes(in: ["a": 1]).isEmpty)
        #expect(either.causes(in: ["a": 1, "b": 1]).count == 1)
        #expect(either.causes(in: ["a": 1, "c": 1]).count == 1)
    }
}

struct `The parts of the built-in kinds` {
    @Test func `refer to parts that exist`() throws {
        func look(_ schema: JSON, in part: String) {
            if let other = schema["$ref"]?.string {
                #expect(PartSchemas.all[other] != nil, "\(part) -> \(other)")
            }
            for member in schema.object?.members ?? [] { look(member.value, in: part) }
        }
        for (part, schema) in PartSchemas.all { look(schema, in: part) }
    }

    @Test func `have a field for each text and each must`() {
        for key in FieldTexts.texts.keys {
            let parts = key.split(separator: ".").map(String.init)
            let part = PartSchemas.all[parts[0]]
            #expect(
                part != nil && (parts.count == 1 || part?["properties"]?[parts[1]] != nil), "\(key)"
            )
        }
        for (part, fields) in FieldsBesides.required {
            for field in fields {
                #expect(PartSchemas.all[part]?["properties"]?[field] != nil, "\(part).\(field)")
            }
        }
    }

    @Test func `say how lists merge`() {
        let ports = PartSchemas.all["Container"]?["properties"]?["ports"]
        #expect(ports?["x-kubernetes-patch-merge-key"] == "containerPort")
        #expect(ports?["x-kubernetes-patch-strategy"] == "merge")
        let volumes = PartSchemas.all["PodSpec"]?["properties"]?["volumes"]
        #expect(volumes?["x-kubernetes-patch-merge-key"] == "name")
        let finalizers = PartSchemas.all["ObjectMeta"]?["properties"]?["finalizers"]
        #expect(finalizers?["x-kubernetes-patch-strategy"] == "merge")
        #expect(finalizers?["x-kubernetes-patch-merge-key"] == nil)
    }
}
