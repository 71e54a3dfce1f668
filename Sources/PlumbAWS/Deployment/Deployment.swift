// Deploying to an account: a plan that is looked at, stacks that are made as planned, and an endpoint that is watched.
//
// Reading order: DeploymentOrder.swift (what is asked for), ChangeSetPlanner.swift (what would change), StackPlan.swift
// (how a person reads it), AWSDeployment.swift (carrying it out), DeploymentWatchMachine.swift (what an endpoint's
// states mean), RollbackStory.swift (which alarm, and why), EndpointRollback.swift (back by hand),
// EndpointReport.swift (what runs).
//
// Nothing is kept here but in the account itself: whoever looks again finds the deployment where it has come to.
