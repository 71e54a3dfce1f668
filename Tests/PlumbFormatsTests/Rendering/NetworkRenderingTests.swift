// The private network, printed and read back.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct NetworkRenderingTests {
    @Test func theNetworkIsReadBackAsItWasCompiled() throws {
        let trip = try RenderedRoundTrip(ArchitectureExample.spec())
        #expect(trip.compiled.vpcs.count == 2)
        trip.expectSame(\.vpcs)
        trip.expectSame(\.subnets)
        trip.expectSame(\.routeTables)
        trip.expectSame(\.securityGroups)
        trip.expectSame(\.vpcEndpoints)
    }

    @Test func whereNothingMayGetInTerraformIsToldSo() throws {
        func field(_ id: String, _ key: String, _ tongue: Tongue) throws -> RenderedField? {
            let deployment = RenderedDeployment(
                try ArchitectureExample.spec(), asOf: ArchitectureExample.today, in: tongue)
            let resource = try #require(deployment.network().first { $0.id == id })
            return resource.fields.first { $0.key(in: tongue) == key }
        }
        // Left out, it would keep what someone adds by hand; an empty list removes it.
        #expect(try field("ModelSecurityGroup", "ingress", .plan)?.value == .list([]))
        #expect(try field("RouteTable", "route", .plan)?.value == .list([]))
        #expect(try field("ModelSecurityGroup", "SecurityGroupIngress", .template) == nil)
        // CloudFormation would let everything out where no rule is written.
        #expect(try field("ModelSecurityGroup", "SecurityGroupEgress", .template) != nil)
        #expect(try field("EndpointSecurityGroup", "SecurityGroupEgress", .template) != nil)
    }

    @Test func everySubnetHasItsRoutes() throws {
        let deployment = RenderedDeployment(
            try ArchitectureExample.spec(), asOf: ArchitectureExample.today, in: .plan)
        for subnet in deployment.graph.subnets {
            let route = try #require(
                deployment.network().first { $0.id == "\(subnet.id)RouteTableAssociation" }, "\(subnet.id)")
            #expect(route.region == subnet.head.region.value)
        }
    }
}
