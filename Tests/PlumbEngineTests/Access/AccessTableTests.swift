// The whole matrix of roles, verbs and conditions, against expectations that were written by hand.

import PlumbModel
import Testing

@testable import PlumbEngine

/// What each role may, one letter a verb: `y` everywhere, `d` in dev only, `r` everywhere but in production with
/// another person's approval, `k` as `r` and only what is known to be good, `s` with another person's approval
/// wherever it is.
private let roles: [AccessRole] = [
    .viewer, .dataScientist, .invoker, .deployer, .approver, .operator, .auditor, .admin,
]
private let expected: [(verb: AccessVerb, letters: String)] = [
    //                    v d i p a o u m
    (.read, /*         */ "yy.yyyyy"),
    (.readCaptures, /* */ ".y......"),
    (.readAudit, /*    */ "......y."),
    (.invoke, /*       */ ".yy....."),
    (.registerModel, /**/ ".y......"),
    (.deploy, /*       */ ".d.r.k.."),
    (.rollback, /*     */ "...r.r.."),
    (.emergencyRollback, "...y.y.."),
    (.steer, /*        */ "...y.y.."),
    (.promote, /*      */ "...r.r.."),
    (.scale, /*        */ "...d.y.."),
    (.stop, /*         */ "...d.y.."),
    (.silence, /*      */ "...d.y.."),
    (.backup, /*       */ ".....y.."),
    (.drill, /*        */ ".....y.."),
    (.failover, /*     */ ".....r.."),
    (.approve, /*      */ "....y..."),
    (.closeReview, /*  */ "....y.yy"),
    (.breakGlass, /*   */ "...y.y.y"),
    (.manageAccess, /* */ ".......y"),
    (.grantRole, /*    */ ".......s"),
    (.manageData, /*   */ ".......y"),
    (.alterAudit, /*   */ "........"),
]

/// A Wednesday at noon.
private let noon = 1_800_446_400.0

/// A condition that a grant may have, and contexts that meet it, do not, and do not say.
private struct ConditionCase: Sendable, CustomTestStringConvertible {
    var text: String
    var set: @Sendable (inout AccessContext, Fit) -> Void
    enum Fit: CaseIterable { case met, unmet, absent }
    var testDescription: String { text }
}

private let conditions: [ConditionCase] = [
    ConditionCase(text: "team=vision,nlp-*") { context, fit in
        context.team = fit == .met ? "nlp-east" : fit == .unmet ? "visionary" : nil
    },
    ConditionCase(text: "network=10.0.0.0/8,2001:db8::/32") { context, fit in
        context.address = fit == .met ? "10.200.3.4" : fit == .unmet ? "11.0.0.1" : nil
    },
    ConditionCase(text: "network=10.0.0.0/8,2001:db8::/32") { context, fit in
        context.address = fit == .met ? "2001:db8:1::7" : fit == .unmet ? "2001:db9::7" : nil
    },
    ConditionCase(text: "time=Mon-Fri 08:00-18:00") { context, fit in
        context.at = fit == .met ? noon : fit == .unmet ? noon + 3 * 86_400 : nil
    },
    ConditionCase(text: "change-ticket=CHG-*") { context, fit in
        context.changeTicket = fit == .met ? "CHG-17" : fit == .unmet ? "INC-17" : nil
    },
    ConditionCase(text: "break-glass=open") { context, fit in context.isGlassBroken = fit == .met },
]

struct AccessTableTests {
    private func context(_ environment: Environment?, approved: Bool, good: Bool, glass: Bool) -> AccessContext {
        var context = AccessContext(environment: environment, at: noon, approvalID: approved ? "a1" : nil)
        context.isKnownGood = good
        context.isGlassBroken = glass
        return context
    }

    /// What the letter says, worked out from its meaning alone.
    private func isExpected(
        _ letter: Character, _ environment: Environment?, approved: Bool, good: Bool, glass: Bool
    ) -> Bool {
        let isProduction = environment == nil || environment == .production
        return switch letter {
        case "y": true
        case "d": environment == .dev
        case "r": !isProduction || approved || glass
        case "k": good && (!isProduction || approved || glass)
        case "s": approved
        default: false
        }
    }

    @Test func theTableOfExpectationsIsWhole() {
        #expect(expected.map(\.verb) == AccessVerb.allCases)
        #expect(Set(roles) == Set(AccessRole.allCases) && expected.allSatisfy { $0.letters.count == roles.count })
    }

    @Test(arguments: expected.map(\.verb))
    func everyRoleMayWhatTheTableSaysInEveryEnvironmentAndNoMore(verb: AccessVerb) throws {
        let letters = Array(try #require(expected.first { $0.verb == verb }).letters)
        for (place, role) in roles.enumerated() {
            for environment in Environment.allCases.map(Optional.some) + [nil] {
                for bits in 0..<8 {
                    let (approved, good, glass) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0)
                    let request = AccessRequest(
                        verb, on: "endpoint/digits",
                        context(environment, approved: approved, good: good, glass: glass))
                    let decision = AccessTable.decide(request, holding: [AccessGrant(allow: role)])
                    let wanted = isExpected(letters[place], environment, approved: approved, good: good, glass: glass)
                    #expect(
                        decision.isAllowed == wanted,
                        "\(role) \(verb) \(environment.map(\.rawValue) ?? "unknown") \(bits): \(decision.why)")
                    #expect(!decision.why.isEmpty)
                }
            }
        }
    }

    @Test(arguments: conditions)
    fileprivate func aConditionThatIsNotMetOrNotToldAllowsNothingWhateverTheRoleAndVerb(condition: ConditionCase) throws
    {
        let term = try AccessCondition(condition.text)
        for role in roles {
            for verb in AccessVerb.allCases {
                for environment in Environment.allCases {
                    for fit in ConditionCase.Fit.allCases {
                        var context = context(environment, approved: true, good: true, glass: false)
                        condition.set(&context, fit)
                        let request = AccessRequest(verb, on: "endpoint/digits", context)
                        let bare = AccessTable.decide(request, holding: [AccessGrant(allow: role)])
                        let bound = AccessTable.decide(request, holding: [AccessGrant(allow: role, if: [term])])
                        #expect(bound.isAllowed == (bare.isAllowed && fit == .met), "\(role) \(verb) \(fit)")
                    }
                }
            }
        }
    }

    @Test(arguments: conditions)
    fileprivate func aDenyWinsOverEveryAllowUnlessItsConditionIsKnownNotToFit(condition: ConditionCase) throws {
        let term = try AccessCondition(condition.text)
        let everything = AccessRole.allCases.map { AccessGrant(allow: $0) }
        for verb in AccessVerb.allCases {
            for fit in ConditionCase.Fit.allCases {
                var context = context(.dev, approved: true, good: true, glass: false)
                condition.set(&context, fit)
                let request = AccessRequest(verb, on: "endpoint/digits", context)
                let bare = AccessTable.decide(request, holding: everything).isAllowed
                // A glass that is not broken is not known to be whole: the key is never told as unmet.
                let applies = fit != .unmet || term.key == .breakGlass
                for verbs in [[], [verb]] {
                    let denied = AccessTable.decide(
                        request, holding: everything + [AccessGrant(deny: verbs, if: [term])])
                    #expect(denied.isAllowed == (bare && !applies), "\(verb) \(fit)")
                }
                let other = try #require(AccessVerb.allCases.first { $0 != verb })
                let beside = everything + [AccessGrant(deny: [other])]
                #expect(AccessTable.decide(request, holding: beside).isAllowed == bare)
            }
        }
    }

    @Test func environmentsOfAGrantAreAConditionLikeTheOthers() throws {
        let grant = AccessGrant(allow: .viewer, if: [try AccessCondition("environment=dev,staging")])
        for environment in Environment.allCases.map(Optional.some) + [nil] {
            let request = AccessRequest(.read, on: "engine", AccessContext(environment: environment, at: noon))
            #expect(
                AccessTable.decide(request, holding: [grant]).isAllowed
                    == (environment == .dev || environment == .staging))
        }
    }

    @Test func withoutAGrantNothingIsAllowedAndAGrantReachesItsResourcesOnly() {
        let context = AccessContext(environment: .dev, at: noon)
        for verb in AccessVerb.allCases {
            #expect(!AccessTable.decide(AccessRequest(verb, on: "engine", context), holding: []).isAllowed)
        }
        let grant = AccessGrant(allow: .operator, on: ["endpoint/dig*", "endpoint/*-v2"])
        for (resource, isReached) in [
            ("endpoint/digits", true), ("endpoint/dig", true), ("endpoint/faces-v2", true), ("endpoint/faces", false),
            ("engine", false), ("xendpoint/digits", false), ("endpoint/v2-faces", false),
        ] {
            let decision = AccessTable.decide(AccessRequest(.scale, on: resource, context), holding: [grant])
            #expect(decision.isAllowed == isReached, "\(resource)")
        }
    }

    @Test func onlyAMissingApprovalIsToldAsOne() throws {
        let production = AccessContext(environment: .production, at: noon)
        let deploy = AccessRequest(.deploy, on: "endpoint/digits", production)
        #expect(AccessTable.decide(deploy, holding: [AccessGrant(allow: .deployer)]).answer == .needsApproval)
        #expect(AccessTable.decide(deploy, holding: [AccessGrant(allow: .viewer)]).answer == .denied)
        let ticket = AccessGrant(allow: .deployer, if: [try AccessCondition("change-ticket=CHG-*")])
        #expect(AccessTable.decide(deploy, holding: [ticket]).answer == .denied)
        let approval = AccessGrant(allow: .operator, if: [try AccessCondition("approval=required")])
        let scale = AccessRequest(.scale, on: "endpoint/digits", AccessContext(environment: .dev, at: noon))
        #expect(AccessTable.decide(scale, holding: [approval]).answer == .needsApproval)
    }

    @Test func nobodyGivesMoreThanTheyHold() throws {
        let dev = try AccessCondition("environment=dev")
        let both = try AccessCondition("environment=dev,staging")
        let held = [AccessGrant(allow: .admin, on: ["endpoint/digits*"], if: [both])]
        func isGiven(_ grant: AccessGrant) -> Bool { AccessTable.objection(toGiving: grant, holding: held) == nil }
        #expect(isGiven(AccessGrant(allow: .operator, on: ["endpoint/digits"], if: [dev])))
        #expect(isGiven(AccessGrant(allow: .admin, on: ["endpoint/digits-*"], if: [both])))
        #expect(!isGiven(AccessGrant(allow: .operator, on: ["endpoint/digits"])))
        #expect(!isGiven(AccessGrant(allow: .operator, on: ["*"], if: [dev])))
        #expect(!isGiven(AccessGrant(allow: .viewer, on: ["endpoint/faces"], if: [dev])))
        #expect(!isGiven(AccessGrant(allow: .viewer, if: [try AccessCondition("environment=production")])))
        #expect(isGiven(AccessGrant(deny: [])))
        #expect(AccessTable.objection(toGiving: AccessGrant(allow: .viewer), holding: []) != nil)
    }

    @Test(arguments: [
        "", "environment", "environment=", "environment=prod", "colour=red", "network=10.0.0.0/33",
        "network=10.0.0.1.2",
        "network=010.0.0.1", "network=::1::2", "network=fd00::/129", "time=8-18", "time=08:00-08:00",
        "time=Mon-Foo 08:00-18:00", "time=25:00-26:00", "team=", "approval=yes", "break-glass=1", "network=10.0.0.0/+8",
    ])
    func conditionsThatCannotBeReadAreRefused(text: String) {
        #expect(throws: PlumbError.self) { try AccessCondition(text) }
    }

    @Test func windowsOfTimeGoOverMidnightAndBelongToTheDayTheyBeganOn() throws {
        let night = try AccessCondition("time=Fri 22:00-04:00")
        func isIn(_ at: Double) -> Bool? { night.isMet(by: AccessContext(at: at)) }
        let friday = noon + 2 * 86_400
        #expect(isIn(friday + 10 * 3600) == true && isIn(friday + 15.9 * 3600) == true)
        #expect(isIn(friday + 16 * 3600) == false && isIn(friday) == false && isIn(friday - 9 * 3600) == false)
        #expect(isIn(.nan) == false && isIn(-1e300) == false)
        let always = try AccessCondition("time=00:00-24:00")
        #expect(always.isMet(by: AccessContext(at: -5)) == true && always.isMet(by: AccessContext(at: 86_399)) == true)
    }

    @Test func aPatternWithManyStarsTakesNoLongTime() {
        let pattern = String(repeating: "a*", count: 60) + "b"
        #expect(!AccessPattern.matches(pattern, String(repeating: "a", count: 2000)))
        #expect(AccessPattern.matches("*a*b*", "xxaxxbxx") && !AccessPattern.matches("a*b", "abx"))
        #expect(AccessPattern.matches("*", "") && AccessPattern.matches("", "") && !AccessPattern.matches("", "a"))
    }
}
