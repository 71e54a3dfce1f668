import PlumbModel
import Testing

@Suite struct InstanceTypeTests {
    @Test func figuresAreTheCataloguesOwn() throws {
        let large = try #require(InstanceType.named("ml.m5.large"))
        #expect(large.vCPUs == 2 && large.gpus == 0 && large.memoryGiB == 8 && large.usdPerHour == 0.115)
        let g5 = try #require(InstanceType.named("ml.g5.12xlarge"))
        #expect(g5.gpus == 4 && g5.vCPUs == 48 && g5.usdPerHour == 7.09)
        #expect(try #require(g5.usdPerMonth).rounded() == 5176)
        let p5 = try #require(InstanceType.named("ml.p5.48xlarge"))
        #expect(p5.gpus == 8 && p5.gpuMemoryGiB == 80)
        #expect(InstanceType.pricesAsOf.description == "2026-05-20")
    }

    @Test(arguments: ["ml.g5.xlarge", "ml.g4dn.xlarge", "ml.m5d.large", "ml.p4d.24xlarge", "ml.p5.48xlarge"])
    func localDisksAreToldByFamily(name: String) {
        #expect(InstanceType.isNVMe(name) == true)
    }

    @Test(arguments: ["ml.m5.large", "ml.c5.xlarge", "ml.p3.2xlarge", "ml.inf2.xlarge", "ml.m6i.large"])
    func otherTypesKeepModelsOnEBS(name: String) {
        #expect(InstanceType.isNVMe(name) == false)
    }

    @Test func aNameOfAnotherShapeHasNoFamily() {
        #expect(InstanceType.family(of: "m5.large") == nil)
        #expect(InstanceType.isNVMe("large") == nil)
        #expect(InstanceType.named("ml.m5.small") == nil)
    }

    @Test func everyNameStandsOnce() {
        #expect(Set(InstanceType.all.map(\.name)).count == InstanceType.all.count)
        #expect(InstanceType.all.allSatisfy { $0.vCPUs > 0 && $0.memoryGiB > 0 })
        #expect(InstanceType.all.allSatisfy { ($0.gpus > 0) == ($0.gpuMemoryGiB > 0) })
    }
}
