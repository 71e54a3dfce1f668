// Reads what was seen in an AWS account: the same graph that a template of that account would give.
//
// Reading order: AccountReader.swift (from an inventory to graphs), AccountNames.swift (short ids, and how references
// find what they name), AccountEnvironments.swift (what belongs to dev, staging and production), AccountFacts.swift
// (what only an account shows).
