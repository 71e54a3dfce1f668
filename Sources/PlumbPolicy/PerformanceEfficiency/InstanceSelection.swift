// Instance selection must be based on workload characteristics.

import PlumbModel

extension PolicyBook {
    static let instanceSelection = Policy(
        "PERF-1", .performanceEfficiency, "Instance selection must be based on workload characteristics.",
        controls: [workloadClass, instanceFamily, memorySizing, utilisationEvidence])

    private static let workloadClass = Control(
        "PERF-1.1", "The workload class is declared",
        severities: Severities(dev: .high, staging: .high, production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live],
        seed: "Instance selection must be based on workload characteristics.",
        remedy:
            "Say what bounds the model (spec: workload: cpu, gpu or memory), or tag the endpoint configuration with "
            + "ml:workload; a memory-bound model also says its size (spec: model.size).",
        traps: [
            "Reading the class off the instance type would make the rule true of anything.",
            "memory without the model's size says nothing that could be sized.",
        ],
        holds: [
            ControlExample("cpu"),
            ControlExample("memory, with the model's size", spec: "workload: memory\ninstances: {type: ml.g5.2xlarge}"),
        ],
        fails: [
            ControlExample("nothing said") { $0.changeDeclarations { $0.workload = .absent } },
            ControlExample("the configuration's tag says otherwise") { graph in
                graph.endpointConfigs.mutateEach { $0.head.tags = .known(["ml:workload": "gpu"]) }
            },
            ControlExample("memory, and no size", spec: "workload: memory\ninstances: {type: ml.g5.2xlarge}") { graph in
                graph.changeDeclarations { $0.modelSize = .absent }
            },
        ]
    ) { graph in
        graph.judgeDeclarations { endpoint, declaration, ask in
            let heads = [graph.endpointConfigs[endpoint.config]?.head, endpoint.head].compactMap { $0 }
            if let head = heads.first(where: { $0.tags.value?["ml:workload"] != nil }),
                let tag = head.tags.value?["ml:workload"], Workload(rawValue: tag) == nil
            {
                return ask.fail("\(head.id) is tagged '\(tag)', wanted cpu, gpu or memory", at: head.place)
            }
            guard let workload = ask.need(declaration.workload, "the workload class (spec: workload; tag ml:workload)")
            else { return }
            ask.prove("the workload is \(workload.rawValue)")
            if workload == .memory && declaration.modelSize.isAbsent {
                ask.fail("the model is memory-bound, and its size is not declared (spec: model.size)")
            }
            guard let config = graph.config(of: endpoint, &ask) else { return }
            if let why = config.head.tags.whyUnknown {
                ask.doubt("whether the tags of \(config.id) say the same cannot be told: \(why)")
            } else if let tag = config.head.tags.value?["ml:workload"], tag != workload.rawValue {
                ask.fail(
                    "the declared class is \(workload.rawValue), and \(config.id) is tagged '\(tag)'", at: config.place)
            }
        }
    }

    private static let instanceFamily = Control(
        "PERF-1.2", "The family matches the class",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live],
        seed:
            "CPU-bound workloads: Use ml.m5 instance family / GPU-bound workloads: Use ml.g5 or ml.p5 instance family",
        limit: "ml.m5 for CPU, ml.g5 or ml.p5 for GPU",
        remedy: "Choose an ml.m5 type for a CPU-bound model and an ml.g5 or ml.p5 type for a GPU-bound one (spec: "
            + "instances.type); a newer family needs a waiver with a benchmark.",
        traps: [
            "ml.m5d, ml.p5e and ml.p5en are other families.",
            "An ml.g5 without a CUDA image is a CPU endpoint at six times the price.",
        ],
        holds: [
            ControlExample("ml.m5.xlarge for a CPU-bound model"),
            ControlExample(
                "ml.g5.xlarge for a GPU-bound model", spec: "workload: gpu\ninstances: {type: ml.g5.xlarge}"),
            ControlExample(
                "a memory-bound model on a type of any family, which PERF-1.3 sizes",
                spec: "workload: memory\ninstances: {type: ml.g5.2xlarge}"),
        ],
        fails: [
            ControlExample("ml.m5d.xlarge", spec: "instances: {type: ml.m5d.xlarge}"),
            ControlExample("a GPU for a CPU-bound model", spec: "instances: {type: ml.g5.xlarge}"),
            ControlExample("ml.g6 for a GPU-bound model", spec: "workload: gpu\ninstances: {type: ml.g6.xlarge}"),
        ]
    ) { graph in
        graph.judgeInstanceEndpoints { endpoint, variants, ask in
            guard let declaration = graph.declaration(of: endpoint) else {
                return ask.doubt("the workload class is not declared (PERF-1.1), and the family depends on it")
            }
            guard let workload = declaration.workload.value else {
                return ask.doubt("the workload class is not known (PERF-1.1), and the family depends on it")
            }
            for variant in variants { requireFamily(variant, workload, in: graph, &ask) }
        }
    }

    private static func requireFamily(
        _ variant: Variant, _ workload: Workload, in graph: Graph, _ ask: inout Inquiry
    ) {
        guard let type = graph.instanceType(of: variant, &ask) else { return }
        let families: [String]
        switch workload {
        case .cpu: families = ["m5"]
        case .gpu: families = ["g5", "p5"]
        case .memory: return ask.prove("the model is memory-bound: PERF-1.3 judges \(type.name) by what it needs")
        }
        guard families.contains(type.family) else {
            let wanted = families.map { "ml.\($0)" }.formatted(joinedBy: "or")
            return ask.fail(
                "\(variant.title) runs on \(type.name), and a \(workload.rawValue)-bound model wants \(wanted)",
                at: variant.instanceType.place)
        }
        ask.prove("\(type.name) is of family \(type.family), as a \(workload.rawValue)-bound model wants")
    }

    private static let memorySizing = Control(
        "PERF-1.3", "Memory-bound models are sized by computation",
        severities: Severities(production: .high),
        provableAt: [.spec, .cloudformation, .terraform, .live, .engine],
        seed: "Memory-bound workloads: Consider ml.g5.12xlarge or ml.p5.48xlarge",
        limit: "85 % of the memory",
        remedy:
            "Declare the model's size (spec: model.size) and choose the smallest type whose memory it fills to at "
            + "most 85 %.",
        traps: [
            "ml.g5.16xlarge has one GPU; the 89 GiB of ml.g5.12xlarge are four times 22, usable only with tensor "
                + "parallelism.",
            "One ml.g5.12xlarge costs more than the whole budget band; quantising first is cheaper.",
        ],
        holds: [
            ControlExample("a small model on ml.g5.2xlarge", spec: memorySpec(millions: 7_000, bytes: 1)),
            ControlExample(
                "30 GiB over four GPUs", spec: memorySpec(millions: 13_000, bytes: 2, type: "ml.g5.12xlarge")),
        ],
        fails: [
            ControlExample("26 GB of weights on one GPU of 22 GiB", spec: memorySpec(millions: 13_000, bytes: 2)),
            ControlExample(
                "26 GB of weights on ml.g5.16xlarge, which has one GPU too",
                spec: memorySpec(millions: 13_000, bytes: 2, type: "ml.g5.16xlarge")),
            ControlExample("no size declared", spec: memorySpec(millions: 7_000, bytes: 1)) { graph in
                graph.changeDeclarations { $0.modelSize = .absent }
            },
        ],
        judge: sizesMemory)

    private static func memorySpec(millions: Int, bytes: Int, type: String = "ml.g5.2xlarge") -> String {
        """
        workload: memory
        instances: {type: \(type)}
        model: {size: {parametersMillions: \(millions), bytesPerParameter: \(bytes), activationsGiB: 1, runtimeGiB: 1}}
        """
    }

    @Sendable private static func sizesMemory(_ graph: Graph) -> [Judgement] {
        graph.endpoints.map { endpoint in
            let declaration = graph.declaration(of: endpoint)
            if let workload = declaration?.workload.value, workload != .memory {
                return Judgement(
                    .notApplicable, endpoint.id, at: endpoint.place, "the model is \(workload.rawValue)-bound")
            }
            return .about(endpoint) { ask in
                guard let declaration, declaration.workload.isKnown else {
                    return ask.doubt(
                        "the workload class is not known (PERF-1.1), and only memory-bound models are sized")
                }
                guard let size = ask.need(declaration.modelSize, "the model's size (spec: model.size)") else { return }
                guard let need = MemoryNeed(size) else {
                    return ask.fail("the size names no parametersMillions and bytesPerParameter to compute with")
                }
                for variant in graph.variants(of: endpoint, &ask) where variant.isServing && !variant.isServerless {
                    guard let type = graph.instanceType(of: variant, &ask) else { continue }
                    requireRoom(need, on: type, &ask)
                }
            }
        }
    }

    private static func requireRoom(_ need: MemoryNeed, on type: InstanceType, _ ask: inout Inquiry) {
        let capacity = MemoryNeed.capacityGiB(of: type)
        let (room, whole) = (
            Arithmetic.text(MemoryNeed.shareMax * capacity, places: 2), Arithmetic.text(capacity, places: 2)
        )
        let told = "\(need.sum); \(type.name) has 0.85 x \(whole) = \(room) GiB"
        guard need.fits(type) else {
            let fitting = InstanceType.all.filter {
                need.fits($0) && $0.usdPerHour != nil && ($0.gpus > 0) == (type.gpus > 0) && $0.isARM == type.isARM
                    && ($0.neuronDevices > 0) == (type.neuronDevices > 0)
            }
            let cheapest = fitting.min { ($0.usdPerHour ?? 0) < ($1.usdPerHour ?? 0) }
            ask.fix = cheapest.map {
                "The cheapest type that fits is \($0.name), \(Arithmetic.text($0.usdPerMonth ?? 0, places: 0)) USD a "
                    + "month each."
            }
            return ask.fail(told)
        }
        let split =
            need.needsTensorParallelism(on: type) ? ", split over its \(type.gpus) GPUs by tensor parallelism" : ""
        ask.prove("\(told)\(split). \(considered)")
    }

    /// The seed's two types with their price, so that the record shows what was weighed.
    private static var considered: String {
        let told = ["ml.g5.12xlarge", "ml.p5.48xlarge"].compactMap(InstanceType.named).map {
            "\($0.name) (\(Arithmetic.text(MemoryNeed.capacityGiB(of: $0))) GiB, "
                + "\(Arithmetic.text($0.usdPerMonth ?? 0, places: 0)) USD a month)"
        }
        return "Considered: " + told.joined(separator: ", ")
    }

    private static let utilisationEvidence = Control(
        "PERF-1.4", "Evidence supports the choice",
        severities: Severities(production: .medium),
        provableAt: [.spec, .live, .engine],
        seed: "based on workload characteristics",
        limit: "p95 of at least 40 % CPU or GPU, 60 % memory",
        remedy:
            "Run the load test on the production type and record the 95th percentiles (plumb bench; spec: "
            + "benchmark); a type that stays idle is too large.",
        traps: [
            "CPUUtilization above 100 is not normalised: divide by the vCPUs first.",
            "A GPU that the model never touches is paid for all the same.",
        ],
        holds: [
            ControlExample("62 % of the CPU at peak"),
            ControlExample(
                "55 % of the GPU",
                spec: "workload: gpu\ninstances: {type: ml.g5.xlarge}\nbenchmark: {gpuP95Percent: 55}"),
        ],
        fails: [
            ControlExample("12 % of the CPU", spec: "benchmark: {cpuP95Percent: 12}"),
            ControlExample("a raw 248 % of four vCPUs") { graph in
                graph.changeDeclarations { $0.benchmark = $0.benchmark.map { changed($0) { $0.cpuP95Percent = 248 } } }
            },
            ControlExample(
                "an idle GPU under a CPU-bound model",
                spec: "instances: {type: ml.g5.xlarge}\nbenchmark: {gpuP95Percent: 0}"),
            ControlExample("no load test") { $0.changeDeclarations { $0.benchmark = .absent } },
        ],
        judge: usesItsMachine)

    private static func changed<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var copy = value
        change(&copy)
        return copy
    }

    @Sendable private static func usesItsMachine(_ graph: Graph) -> [Judgement] {
        graph.judgeDeclarations { endpoint, declaration, ask in
            guard let record = ask.need(declaration.benchmark, "the load test (spec: benchmark)") else { return }
            guard let workload = declaration.workload.value else {
                return ask.doubt("the workload class is not known (PERF-1.1), and the evidence depends on it")
            }
            switch workload {
            case .cpu:
                requireUse(record.cpuP95Percent, "CPU", atLeast: 40, &ask)
                for variant in graph.variants(of: endpoint, &ask) where variant.isServing && !variant.isServerless {
                    guard let type = graph.instanceType(of: variant, &ask), type.gpus > 0 else { continue }
                    requireUse(record.gpuP95Percent, "GPU", atLeast: 10, &ask)
                }
            case .gpu: requireUse(record.gpuP95Percent, "GPU", atLeast: 40, &ask)
            case .memory: requireUse(record.memoryP95Percent, "memory", atLeast: 60, &ask)
            }
        }
    }

    private static func requireUse(
        _ percent: Double?, _ what: String, atLeast floor: Double, _ ask: inout Inquiry
    ) {
        guard let percent else { return ask.fail("the load test did not record the p95 of \(what) use") }
        let told = "the p95 of \(what) use is \(Arithmetic.text(percent)) %"
        if percent > 100 {
            ask.fail("\(told), which is not normalised: divide by the number of processors")
        } else if percent < floor {
            ask.fail("\(told), wanted at least \(Arithmetic.text(floor)) %: the machine is larger than the work")
        } else {
            ask.prove(told)
        }
    }
}
