import Testing

/// Every promise of the contract, kept by the box.
struct `The API of the box` {
    @Test(arguments: Contract.promises)
    func `keeps the contract`(promise: Promise) async throws {
        try await promise.check(try Box().api)
    }
}

/// The same promises, kept by whatever cluster the environment names. `.ci/run` names one.
@Suite(.enabled(if: Kubernetes.isNamed, "SLUICE_TEST_KUBECONFIG names no cluster"))
struct `A Kubernetes server` {
    @Test(.timeLimit(.minutes(10)), arguments: Contract.promises)
    func `keeps the contract`(promise: Promise) async throws {
        let server = try Kubernetes()
        let version = try await server.minorVersion()
        if version < promise.sinceMinorVersion {
            try Test.cancel("a server of 1.\(version) does not promise this")
        }
        try await server.withNamespace { try await promise.check($0) }
    }
}

/// One thing that clients rely on.
struct Promise: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// The first minor version of Kubernetes 1 that gives it without being asked to.
    let sinceMinorVersion: Int
    let check: @Sendable (APIUnderTest) async throws -> Void

    init(
        _ sentence: String, since minorVersion: Int = 20,
        _ check: @escaping @Sendable (APIUnderTest) async throws -> Void
    ) {
        testDescription = sentence
        sinceMinorVersion = minorVersion
        self.check = check
    }
}

extension Contract {
    static let promises = [
        Promise("new objects get an identity", givesNewObjectsAnIdentity),
        Promise("generated names are completed", completesGeneratedNames),
        Promise("what is not there is not found", refusesWhatIsNotThere),
        Promise("invalid names are refused with their field", refusesInvalidNames),
        Promise("writes to old versions conflict", refusesWritesToOldVersions),
        Promise("a write without a change changes nothing", changesNothingWithoutAChange),
        Promise("each form of patch is taken", takesEachFormOfPatch),
        Promise("fields belong to those who applied them", appliesForAManager),
        Promise("generations count changes of the wanted state", countsGenerations),
        Promise("status has an endpoint of its own", keepsStatusApart),
        Promise("replicas can be scaled", scales),
        Promise("labels and fields select", selects),
        Promise("pages of one list show one moment", pages),
        Promise("a watch goes on from a version", watchesFromAVersion),
        Promise("a watch without a version begins with everything", watchesFromNowOn),
        Promise("a streamed list ends with a bookmark", since: 32, streamsLists),
        Promise("an object that leaves a selection is deleted for its watch", leavesASelection),
        Promise("what an object owns goes with it", deletesWhatIsOwned),
        Promise("finalizers keep a deleted object", waitsForFinalizers),
        Promise("a dry run changes nothing", triesWithoutDoing),
        Promise("definitions add kinds", servesDefinedKinds),
        Promise("nothing is changed where nothing is", refusesChangesOfNothing),
        Promise("an object is what its path says", refusesContradictions),
        Promise("ways that are none are refused", refusesUnknownWays),
        Promise("patches that do not fit are refused", refusesPatchesThatDoNotFit),
        Promise("impossible deployments are refused", refusesImpossibleDeployments),
        Promise("impossible deletions are refused", refusesImpossibleDeletions),
        Promise("impossible routes are refused", refusesImpossibleRoutes),
        Promise("pods keep what they began with", keepsPodsAsTheyBegan),
        Promise("pods can be evicted", evictsPods),
    ]
}
