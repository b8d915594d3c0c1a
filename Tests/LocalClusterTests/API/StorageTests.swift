import Documents
import Foundation
import KubernetesObjects
import ObjectStore
import Serving
import Testing

@testable import LocalCluster

struct `The database of the box` {
    @Test func `brings every object back`() async throws {
        try await withDirectory { directory in
            let path = directory + "/objects.sqlite"
            let first = try ObjectDatabase(path: path)
            let box = try Box(database: first)
            _ = try await box.api.create(box.api.path(.configMaps), Contract.configMap("kept"))
            _ = try await box.api.create(box.api.path(.configMaps), Contract.configMap("gone"))
            _ = try await box.api.delete(box.api.path(.configMaps, "gone"))
            try await Contract.servesDefinedKinds(box.api)
            let before = try await box.everything()
            try first.close()

            let second = try ObjectDatabase(path: path)
            let again = try Box(database: second)
            #expect(try await again.everything() == before)
            #expect(await again.server.resourceVersion == box.server.resourceVersion)
            let cars = "/apis/contract.example/v1/namespaces/default/cars"
            #expect(try await again.api.get(cars).names == ["beetle"])
            try second.close()
        }
    }

    @Test func `makes watches from before a restart list again`() async throws {
        try await withDirectory { directory in
            let path = directory + "/objects.sqlite"
            let first = try ObjectDatabase(path: path)
            _ = try Box(database: first)
            try first.close()
            let second = try ObjectDatabase(path: path)
            let box = try Box(database: second)
            let events = try await box.api.watch(
                "/api/v1/namespaces?watch=1&resourceVersion=1", 1)
            #expect(events.first?["type"] == "ERROR")
            #expect(events.first?["object"]?["code"] == 410)
            try second.close()
        }
    }

    @Test func `belongs to its owner and to one process`() async throws {
        try await withDirectory { directory in
            let path = directory + "/objects.sqlite"
            let database = try ObjectDatabase(path: path)
            _ = try Box(database: database)
            for file in try FileManager.default.contentsOfDirectory(atPath: directory) {
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: "\(directory)/\(file)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
            }
            let error = #expect(throws: DatabaseFailure.self) { try ObjectDatabase(path: path) }
            #expect(error?.description.contains("in use by another process") == true)
            try database.close()
        }
    }

    @Test func `refuses a file that is no database`() async throws {
        try await withDirectory { directory in
            let path = directory + "/objects.sqlite"
            try Data("this is no database, whatever its name says".utf8)
                .write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: DatabaseFailure.self) { try ObjectDatabase(path: path) }
            #expect(error?.description.contains("is no SQLite file") == true)
        }
    }

    @Test func `undoes a write that it cannot keep`() async throws {
        try await withDirectory { directory in
            let database = try ObjectDatabase(
                path: directory + "/objects.sqlite", maximumBytes: 64 << 10)
            let box = try Box(database: database)
            let large = Contract.configMap(
                "large", ["text": .string(String(repeating: "x", count: 100 << 10))])
            let answer = try await box.api.create(box.api.path(.configMaps), large)
            #expect(answer.status == 500)
            #expect(try await box.api.get(box.api.path(.configMaps, "large")).status == 404)
            let small = try await box.api.create(
                box.api.path(.configMaps), Contract.configMap("small"))
            #expect(small.status == 201)
            try database.close()
        }
    }

    @Test func `trusts nothing when it is gone`() async throws {
        try await withDirectory { directory in
            let database = try ObjectDatabase(path: directory + "/objects.sqlite")
            let box = try Box(database: database)
            try database.close()
            let body = Contract.configMap("lost")
            #expect(try await box.api.create(box.api.path(.configMaps), body).status == 500)
            #expect(try await box.api.get(box.api.path(.configMaps)).status == 500)
        }
    }
}

extension Box {
    /// Every object of every kind.
    func everything() async throws -> [Object] {
        var objects: [Object] = []
        for resource in await server.catalog.resources {
            objects += try await server.list(resource).items
        }
        return objects
    }
}

/// A directory of one test, gone with it.
func withDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/box-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: false,
        attributes: [.posixPermissions: 0o700])
    do {
        try await body(directory)
    } catch {
        try FileManager.default.removeItem(atPath: directory)
        throw error
    }
    try FileManager.default.removeItem(atPath: directory)
}
