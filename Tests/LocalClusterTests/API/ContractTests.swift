import Testing

struct `The API of the box keeps the contract` {
    private let api: APIUnderTest

    init() throws { api = try Box().api }

    @Test func `new objects get an identity`() async throws {
        try await Contract.givesNewObjectsAnIdentity(api)
    }

    @Test func `generated names are completed`() async throws {
        try await Contract.completesGeneratedNames(api)
    }

    @Test func `what is not there is not found`() async throws {
        try await Contract.refusesWhatIsNotThere(api)
    }

    @Test func `invalid names are refused with their field`() async throws {
        try await Contract.refusesInvalidNames(api)
    }

    @Test func `writes to old versions conflict`() async throws {
        try await Contract.refusesWritesToOldVersions(api)
    }

    @Test func `a write without a change changes nothing`() async throws {
        try await Contract.changesNothingWithoutAChange(api)
    }

    @Test func `each form of patch is taken`() async throws {
        try await Contract.takesEachFormOfPatch(api)
    }

    @Test func `fields belong to those who applied them`() async throws {
        try await Contract.appliesForAManager(api)
    }

    @Test func `generations count changes of the wanted state`() async throws {
        try await Contract.countsGenerations(api)
    }

    @Test func `status has an endpoint of its own`() async throws {
        try await Contract.keepsStatusApart(api)
    }

    @Test func `replicas can be scaled`() async throws {
        try await Contract.scales(api)
    }

    @Test func `labels and fields select`() async throws {
        try await Contract.selects(api)
    }

    @Test func `pages of one list show one moment`() async throws {
        try await Contract.pages(api)
    }

    @Test func `a watch goes on from a version`() async throws {
        try await Contract.watchesFromAVersion(api)
    }

    @Test func `a watch without a version begins with everything`() async throws {
        try await Contract.watchesFromNowOn(api)
    }

    @Test func `a streamed list ends with a bookmark`() async throws {
        try await Contract.streamsLists(api)
    }

    @Test func `an object that leaves a selection is deleted for its watch`() async throws {
        try await Contract.leavesASelection(api)
    }

    @Test func `what an object owns goes with it`() async throws {
        try await Contract.deletesWhatIsOwned(api)
    }

    @Test func `finalizers keep a deleted object`() async throws {
        try await Contract.waitsForFinalizers(api)
    }

    @Test func `a dry run changes nothing`() async throws {
        try await Contract.triesWithoutDoing(api)
    }

    @Test func `definitions add kinds`() async throws {
        try await Contract.servesDefinedKinds(api)
    }
}
