// What an account's cost tools say of a time: the bill by endpoint, anomalies, idle endpoints, advice, a savings plan.

public import PlumbModel

extension AWSClient {
    /// Asks each tool once; one that refuses, or is not switched on, is named with AWS's reason and stops no other.
    /// Cost Explorer takes a cent a request, of which these are three.
    public func spendTools(from first: Day, through last: Day) async throws -> SpendTools {
        var tools = SpendTools()
        try await ask("Cost Explorer (bill)", &tools) { $0.billedUSD = try await bill(from: first, through: last) }
        try await ask("Cost Anomaly Detection", &tools) {
            $0.anomalies = try await anomalies(from: first, through: last)
        }
        try await ask("Compute Optimizer", &tools) { $0.advice += try await idleEndpoints() }
        try await ask("Trusted Advisor", &tools) { $0.advice += try await advisorChecks() }
        try await ask("Cost Explorer (savings plans)", &tools) { $0.plan = try await savingsPlan() }
        return tools
    }

    private func ask(
        _ name: String, _ tools: inout SpendTools, _ question: (inout SpendTools) async throws -> Void
    ) async throws {
        do {
            try await question(&tools)
            tools.answered.append(name)
        } catch let error as PlumbError {
            // Without an answer of AWS's own nobody was asked: no network, no credentials.
            guard let reason = error.cause as? AWSError else { throw error }
            let action = IAMAction.name(service: reason.service, operation: reason.operation)
            tools.refused.append("\(name): \(reason.code) on \(action), \(reason.message.prefix(200))")
        }
    }

    /// Dollars by the tag `ml:endpoint`.
    private func bill(from first: Day, through last: Day) async throws -> [String: Double] {
        let question = EndpointBill.question(from: "\(first)", through: last)
        return EndpointBill.dollars(try await items(.costExplorer, "GetCostAndUsage", question, in: "ResultsByTime"))
    }

    private func anomalies(from first: Day, through last: Day) async throws -> [SpendTools.Anomaly] {
        let found = try await items(
            .costExplorer, "GetAnomalies",
            [
                "DateInterval": ["StartDate": .text("\(first)"), "EndDate": .text("\(last)")], "MaxResults": 100,
            ], in: "Anomalies")
        return found.map { anomaly in
            let causes = anomaly["RootCauses"].items.prefix(3).map { cause in
                ["Service", "Region", "UsageType"].compactMap { cause[$0].text }.joined(separator: " ")
            }
            return SpendTools.Anomaly(
                day: anomaly["AnomalyStartDate"].text.map { String($0.prefix(10)) } ?? "an unknown day",
                impactUSD: anomaly["Impact"]["TotalImpact"].number ?? 0,
                cause: causes.isEmpty ? "of no cause that AWS names" : causes.joined(separator: "; "))
        }
    }

    /// Endpoints that Compute Optimizer takes for idle.
    private func idleEndpoints() async throws -> [SpendTools.Advice] {
        let found = try await items(
            .computeOptimizer, "GetIdleRecommendations",
            ["filters": [["name": "ResourceType", "values": ["SageMakerEndpoint"]]]], in: "idleRecommendations")
        return found.map { idle in
            let saving = idle["savingsOpportunity"]["estimatedMonthlySavings"]
            return SpendTools.Advice(
                tool: "Compute Optimizer", subject: idle["resourceArn"].text ?? "a resource without a name",
                advice: "\(idle["finding"].text ?? "idle") over \(Int(idle["lookBackPeriodInDays"].number ?? 0)) days",
                savingUSD: saving["currency"] == "USD" ? saving["value"].number : nil)
        }
    }

    /// The checks of Trusted Advisor on cost that flag something.
    private func advisorChecks() async throws -> [SpendTools.Advice] {
        let checks = try await call(.support, "DescribeTrustedAdvisorChecks", ["language": "en"])["checks"].items
        let names = Dictionary(
            checks.filter { $0["category"] == "cost_optimizing" }.compactMap { check in
                check["id"].text.map { ($0, check["name"].text ?? $0) }
            }
        ) { first, _ in first }
        guard !names.isEmpty else { return [] }
        let ids = names.keys.sorted().map { AWSValue.text($0) }
        let summaries = try await call(
            .support, "DescribeTrustedAdvisorCheckSummaries", ["checkIds": .list(ids)])["summaries"].items
        return summaries.filter { $0["hasFlaggedResources"].bool == true }.map { summary in
            let flagged = Int(summary["resourcesSummary"]["resourcesFlagged"].number ?? 0)
            return SpendTools.Advice(
                tool: "Trusted Advisor", subject: names[summary["checkId"].text ?? ""] ?? "a check",
                advice: "\(flagged) resources flagged",
                savingUSD: summary["categorySpecificSummary"]["costOptimizing"]["estimatedMonthlySavings"].number)
        }
    }

    /// What Cost Explorer would commit to for a year, nothing upfront; nil where it has no recommendation.
    private func savingsPlan() async throws -> SpendTools.PlanOffer? {
        let answer = try await call(
            .costExplorer, "GetSavingsPlansPurchaseRecommendation",
            [
                "SavingsPlansType": "SAGEMAKER_SP", "TermInYears": "ONE_YEAR", "PaymentOption": "NO_UPFRONT",
                "LookbackPeriodInDays": "THIRTY_DAYS",
            ])
        let recommendation = answer["SavingsPlansPurchaseRecommendation"]
        let detail = recommendation["SavingsPlansPurchaseRecommendationDetails"].items.first ?? .null
        guard let percent = detail["EstimatedSavingsPercentage"].number, percent > 0 else { return nil }
        return SpendTools.PlanOffer(
            discount: percent / 100, commitmentUSDPerHour: detail["HourlyCommitmentToPurchase"].number,
            source: "Cost Explorer, one year, nothing upfront, by the last 30 days")
    }
}

extension AWSClient {
    /// Deletes an endpoint; its configuration and model stay, so that it can come back.
    public func deleteEndpoint(_ name: String) async throws {
        _ = try await call(.sageMaker, "DeleteEndpoint", ["EndpointName": .text(name)])
    }
}
