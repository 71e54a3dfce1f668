// How examples rewrite the alarms of the compiled graph into the forms that people use.

import PlumbModel

extension Graph {
    /// Makes an alarm read one statistic of one metric of the endpoint's variant.
    mutating func rewrite(
        _ alarmID: String, metric: String, statistic: String, namespace: String = "AWS/SageMaker",
        _ change: (inout Alarm) -> Void = { _ in }
    ) {
        guard var alarm = alarms[id: alarmID] else { return }
        alarm.queries = .known([query(metric, statistic, namespace: namespace)])
        alarm.periodSeconds = 60
        change(&alarm)
        alarms[id: alarmID] = alarm
    }

    /// A row of an alarm on the first variant of the first endpoint.
    func query(
        _ metric: String, _ statistic: String, namespace: String = "AWS/SageMaker", id: String = "m1",
        returnsData: Bool = true
    ) -> AlarmQuery {
        let variant = endpointConfigs.first?.variants.value?.first?.name ?? .absent
        var row = AlarmQuery()
        row.id = .known(id)
        row.namespace = .known(namespace)
        row.metricName = .known(metric)
        row.statistic = .known(statistic)
        row.periodSeconds = 60
        row.dimensions = .known([
            DimensionFact("EndpointName", endpoints.first?.name ?? .absent), DimensionFact("VariantName", variant),
        ])
        row.returnsData = .known(returnsData)
        return row
    }

    /// Changes every dimension of that name in one alarm.
    mutating func redirect(_ alarmID: String, dimension: String, to value: Fact<String>) {
        changeRows(of: alarmID) { row in
            let dimensions = row.dimensions.value ?? []
            row.dimensions = .known(
                dimensions.map { $0.name == dimension ? DimensionFact(dimension, value) : $0 })
        }
    }

    /// Takes a dimension away from every row of one alarm.
    mutating func drop(_ alarmID: String, dimension: String) {
        changeRows(of: alarmID) { row in
            row.dimensions = .known((row.dimensions.value ?? []).filter { $0.name != dimension })
        }
    }

    /// Changes every row of one alarm.
    mutating func changeRows(of alarmID: String, _ change: (inout AlarmQuery) -> Void) {
        guard var rows = alarms[id: alarmID]?.queries.value else { return }
        for index in rows.indices { change(&rows[index]) }
        alarms[id: alarmID]?.queries = .known(rows)
    }

    /// Changes the guarded deployment of every endpoint.
    mutating func changeBlueGreen(_ change: (inout BlueGreenPolicy) -> Void) {
        endpoints.mutateEach { endpoint in
            guard var policy = endpoint.blueGreen.value else { return }
            change(&policy)
            endpoint.blueGreen = .known(policy)
        }
    }

    /// Changes every variant of every endpoint configuration.
    mutating func changeVariants(_ change: (inout Variant) -> Void) {
        endpointConfigs.mutateEach { config in
            guard var variants = config.variants.value else { return }
            for index in variants.indices { change(&variants[index]) }
            config.variants = .known(variants)
        }
    }

    /// Changes what was declared of every endpoint.
    mutating func changeDeclarations(_ change: (inout Declaration) -> Void) {
        for index in declarations.indices { change(&declarations[index]) }
    }
}
