// Plans, their approval by another person, keys as ceilings, and lockouts.

import PlumbModel
import Testing

@testable import PlumbEngine

struct FourEyesTests {
    private let now = 1_800_000_000.0
    private func person(_ name: String, _ roles: AccessRole...) -> Principal {
        Principal(name: name, person: name, proof: .token, grants: roles.map { AccessGrant(allow: $0) })
    }
    private func plan(by principal: Principal, author: String? = nil, verb: AccessVerb = .deploy) -> ChangePlan {
        ChangePlan(
            digest: String(repeating: "ab", count: 32), verb: verb, resource: "endpoint/digits",
            environment: .production, summary: "digits", by: principal, author: author, at: now)
    }

    @Test func anotherPersonWhoIsAnApproverMayApprove() {
        let plan = plan(by: person("ada", .deployer))
        #expect(plan.objection(toApprovalBy: person("ben", .approver), at: now + 1) == nil)
        #expect(plan.objection(toApprovalBy: person("ben", .deployer), at: now + 1) != nil)
        #expect(plan.objection(toApprovalBy: person("ben", .approver), at: now + ChangePlan.secondsMax) != nil)
    }

    /// To say no takes a right, and no second person.
    @Test func whoeverMayApproveMayRejectAndSoMayWhoAsked() {
        let plan = plan(by: person("ada", .deployer))
        #expect(plan.objection(toRejectionBy: person("ben", .approver), at: now) == nil)
        #expect(plan.objection(toRejectionBy: person("ada", .deployer), at: now) == nil)
        #expect(plan.objection(toRejectionBy: person("cleo", .deployer), at: now) != nil)
        #expect(plan.objection(toRejectionBy: person("vera", .viewer, .auditor), at: now) != nil)
        let role = self.plan(by: person("ada", .admin), verb: .grantRole)
        #expect(role.objection(toRejectionBy: person("ben", .approver), at: now) != nil)
        #expect(role.objection(toRejectionBy: person("ben", .admin), at: now) == nil)
    }

    @Test(arguments: ["ada", "ADA", "Ada@example.org", "arn:aws:iam::1:user/ada"])
    func neitherTheRequesterNorTheAuthorMayUnderAnyName(name: String) {
        #expect(plan(by: person("ada", .deployer)).objection(toApprovalBy: person(name, .approver), at: now) != nil)
        let written = plan(by: person("cleo", .deployer), author: "ada@example.org")
        #expect(written.objection(toApprovalBy: person(name, .approver), at: now) != nil)
    }

    @Test func aServiceAccountIsThePersonWhoOwnsIt() {
        let robot = Principal(name: "robot", person: "ada", proof: .token, grants: [AccessGrant(allow: .approver)])
        #expect(plan(by: person("ada", .deployer)).objection(toApprovalBy: robot, at: now) != nil)
        let deployer = Principal(name: "ci", person: "ada", proof: .token, grants: [AccessGrant(allow: .deployer)])
        #expect(plan(by: deployer).objection(toApprovalBy: person("ada", .approver), at: now) != nil)
        #expect(plan(by: deployer).objection(toApprovalBy: person("ben", .approver), at: now) == nil)
    }

    @Test func whoeverHasHadACredentialMadeIsOneOfItsHands() {
        var ben = person("ben", .approver)
        ben.issuer = "ada"
        #expect(plan(by: person("ada", .deployer)).objection(toApprovalBy: ben, at: now) != nil)
        var ada = person("ada", .deployer)
        ada.issuer = "cleo"
        #expect(plan(by: ada).objection(toApprovalBy: person("cleo", .approver), at: now) != nil)
        #expect(plan(by: ada).objection(toApprovalBy: person("ben", .approver), at: now) == nil)
    }

    @Test func rolesAreApprovedByAnotherAdminAndNotByAnApprover() {
        let plan = plan(by: person("ada", .admin), verb: .grantRole)
        #expect(plan.objection(toApprovalBy: person("ben", .approver), at: now) != nil)
        #expect(plan.objection(toApprovalBy: person("ben", .admin), at: now) == nil)
        #expect(plan.objection(toApprovalBy: person("ada", .admin), at: now) != nil)
    }

    @Test func anApprovalIsOfThisDigestForThisRequesterUntilItExpires() {
        let ada = person("ada", .deployer)
        var plan = plan(by: ada)
        #expect(!plan.isApproved(for: ada, digest: plan.digest, at: now))
        (plan.approver, plan.approvedAt) = ("ben", now)
        #expect(plan.isApproved(for: ada, digest: plan.digest, at: now + 1))
        #expect(!plan.isApproved(for: ada, digest: plan.digest + "0", at: now + 1))
        #expect(!plan.isApproved(for: person("cleo", .deployer), digest: plan.digest, at: now + 1))
        #expect(!plan.isApproved(for: ada, digest: plan.digest, at: now + ChangePlan.secondsMax))
        #expect(plan.objection(toApprovalBy: person("dan", .approver), at: now + 1) != nil)
        plan.approver = "Ada"
        #expect(!plan.isApproved(for: ada, digest: plan.digest, at: now + 1))
    }

    @Test func aKeyIsACeilingAndTheOwnerOfTheFilesMayAllButChangeTheRecord() {
        let dev = AccessContext(environment: .dev, at: now)
        var ada = person("ada", .operator, .dataScientist)
        ada.ceiling = .viewer
        for verb in AccessVerb.allCases {
            let request = AccessRequest(verb, on: "endpoint/digits", dev)
            #expect(ada.decide(request).isAllowed == [.read, .readCaptures].contains(verb), "\(verb)")
            #expect(Principal.owner(named: "root").decide(request).isAllowed == (verb != .alterAudit))
        }
    }

    @Test func anAddressThatFailsOftenIsNotHeardForAWhile() {
        var machine = LockoutMachine()
        for _ in 0..<10 {
            #expect(machine.mayTry("10.0.0.1", at: now))
            machine.failed("10.0.0.1", at: now)
        }
        #expect(!machine.mayTry("10.0.0.1", at: now + 1) && machine.mayTry("10.0.0.2", at: now + 1))
        #expect(machine.mayTry("10.0.0.1", at: now + 7))
        // A clock that goes back forgives nothing.
        #expect(!machine.mayTry("10.0.0.1", at: now - 1e6))
        machine.tick(at: now + 61)
        #expect(machine.mayTry("10.0.0.1", at: now))
    }

    @Test func moreAddressesThanAreRememberedCountAsOne() {
        var machine = LockoutMachine()
        for number in 0..<(LockoutMachine.addressesMax + 20) { machine.failed("a\(number)", at: now) }
        #expect(!machine.mayTry("one more", at: now) && machine.mayTry("a0", at: now))
    }
}
