// Fills the folder of an engine that does not run with endpoints and their past, through the store's own code, so that
// what a large engine takes can be measured: Benchmarks/console.py --endpoints 200 --days 90.

import ArgumentParser
import Foundation
import PlumbEngine
import PlumbFormats
import PlumbModel
import PlumbStore

@main
struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plumb-seed",
        abstract: "Fill an empty engine's folder with endpoints of staging that are parked, and with their past.")

    @Argument(help: "The engine's folder.") var home: String
    @Option(help: "A spec that each endpoint is like.") var spec: String
    @Option(help: "Endpoints.") var endpoints = 200
    @Option(help: "Days of metrics, metered hours and audit entries.") var days = 90
    @Option(help: "Audit entries of an endpoint in a day.") var entriesADay = 5
    /// Of everything that differs from endpoint to endpoint and hour to hour.
    private static let seed: UInt64 = 7

    func run() async throws {
        let now = Date().timeIntervalSince1970
        let text = try String(contentsOfFile: spec, encoding: .utf8)
        let reading = SpecReader.read(text, file: spec, environment: .staging)
        guard var sample = reading.spec else { throw ValidationError("\(reading.diagnostics)") }
        let folder = URL(filePath: spec).deletingLastPathComponent().path
        let store = try Store(folder: home)
        let vault = try Vault(folder: home, at: now)
        try await store.seal(with: vault)
        let artifacts = try ArtifactStore(folder: home, vault: vault)
        let path = sample.model.path ?? ""
        let digest = try artifacts.add(fileAt: path.hasPrefix("/") ? path : "\(folder)/\(path)")
        var luck = Luck(state: Self.seed)
        for number in 0..<endpoints {
            sample.name = "endpoint-\(number)"
            sample.team = "team-\(number % 12)"
            let record = try record(sample, digest, folder, now, &luck)
            try await store.save("endpoint", [record.name: record])
            try await saveHistory(of: record.name, in: store, now, &luck)
            try await saveHours(of: sample, in: store, now, &luck)
        }
        try await saveAudit(in: store, now, &luck)
        try store.close()
    }

    /// An endpoint with three revisions and twenty rollouts, parked by hand.
    private func record(
        _ spec: Spec, _ digest: String, _ folder: String, _ now: Double, _ luck: inout Luck
    ) throws -> EndpointRecord {
        var record = EndpointRecord(name: spec.name, environment: .staging)
        record.revisions = (18...20).map { number in
            Revision(
                number: number, spec: spec, modelDigest: digest,
                createdAt: now - Double(21 - number) * 86_400, author: "ann", folder: folder)
        }
        (record.active, record.previous) = (20, 19)
        for number in 1...20 {
            let isBad = luck.next() % 5 == 0
            let began = now - Double(21 - number) * 86_400
            record.history.append(
                RolloutRecord(
                    new: number, old: number > 1 ? number - 1 : nil, startedAt: began, endedAt: began + 400,
                    outcome: isBad ? .rolledBack(reason: "error-rate is in ALARM") : RolloutOutcome.promoted))
        }
        record.scaling = ScalingMachine(ScalingPlan(spec), count: 2, at: now)
        record.parking = try parked(digest, now)
        return record
    }

    /// Its parts are the engine's own to change: they are read as from a file.
    private func parked(_ digest: String, _ now: Double) throws -> ParkingState {
        let plain = try JSONSerialization.jsonObject(with: JSONEncoder().encode(ParkingMachine(isProduction: false)))
        guard var machine = plain as? [String: Any] else { throw ValidationError("a parking machine is no object") }
        machine["phase"] = ParkingMachine.Phase.parked.rawValue
        let record: [String: Any] = [
            "revision": 20, "count": 2, "floor": 1, "ceiling": 4, "modelDigest": digest, "reason": "seeded", "at": now,
        ]
        let state: [String: Any] = ["machine": machine, "isParkedByHand": true, "record": record]
        return try JSONDecoder().decode(ParkingState.self, from: JSONSerialization.data(withJSONObject: state))
    }

    private func saveHistory(of name: String, in store: Store, _ now: Double, _ luck: inout Luck) async throws {
        var records: [String: [MetricPoint]?] = [:]
        for tier in HistoryTier.allCases {
            let (period, chunk) = (tier.periodSeconds, tier.chunkSeconds)
            let first = max(Int(now) - days * 86_400, Int(now) - tier.keptSeconds) / chunk * chunk
            for start in stride(from: first, to: Int(now), by: chunk) {
                let points = stride(from: start, to: min(start + chunk, Int(now) / period * period), by: period).map {
                    point(at: $0, seconds: period, &luck)
                }
                records[HistoryChunk.key(of: name, tier, at: start)] = points
            }
        }
        try await store.save("history", records)
    }

    private func point(at second: Int, seconds: Int, _ luck: inout Luck) -> MetricPoint {
        var point = MetricPoint(at: second)
        // As people are awake.
        let swing = 1 + sin(Double(second % 86_400) / 86_400 * 2 * .pi)
        point.requests = Int(Double(seconds) * (5 + 20 * swing)) + Int(luck.next() % 100)
        point.serverErrors = Int(luck.next() % 3)
        point.p50Milliseconds = 4 + Double(luck.next() % 100) / 50
        point.p99Milliseconds = 12 + Double(luck.next() % 1000) / 50
        point.instances = 2
        point.utilizationPercent = 20 + 25 * swing
        point.quality = 0.9 + Double(luck.next() % 100) / 2000
        point.driftLevel = Double(luck.next() % 100) / 200
        return point
    }

    private func saveHours(of spec: Spec, in store: Store, _ now: Double, _ luck: inout Luck) async throws {
        var records: [String: MeteredHour?] = [:]
        for hour in Int(now) / 3600 - days * 24..<Int(now) / 3600 {
            var row = MeteredHour(
                endpoint: spec.name, hour: hour, environment: .staging, team: spec.team, region: spec.region,
                from: Double(hour) * 3600)
            row.until = Double(hour + 1) * 3600
            row.seenSeconds = 3600
            row.running = [spec.instances.type: Double(100 + luck.next() % 100)]
            row.planned = row.running
            row.requests = Int(luck.next() % 100_000)
            if let price = PriceBook.embedded.price(of: spec.instances.type, in: spec.region) {
                row.prices = [spec.instances.type: MeteredPrice(price)]
            }
            records[SpendMeter.key(row.endpoint, row.hour)] = row
        }
        try await store.save("metered", records)
    }

    private func saveAudit(in store: Store, _ now: Double, _ luck: inout Luck) async throws {
        let actions = ["deploy", "rollout.promoted", "scale", "alarm.raised", "captures.read"]
        let count = endpoints * days * entriesADay
        for start in stride(from: 0, to: count, by: 1000) {
            let entries = (start..<min(count, start + 1000)).map { number in
                AuditEntry(
                    at: now - Double(days) * 86_400 * (1 - Double(number) / Double(count)), actor: "ann",
                    action: actions[Int(luck.next() % UInt64(actions.count))],
                    subject: "endpoint/endpoint-\(luck.next() % UInt64(max(1, endpoints)))",
                    details: ["reason": "the load of this hour asked for it", "from": "2", "to": "3"])
            }
            try await store.append(entries)
        }
    }
}

/// Numbers that are the same each time (SplitMix64, Steele, Lea and Flood 2014).
private struct Luck {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
