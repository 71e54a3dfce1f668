// What was spent, hour by hour, what budgets make of it, and which days are not as they should be.
//
// `SpendMeter` counts, `BudgetMachine` decides, `SpendDesk` writes both down and tells the endpoints' runners.
