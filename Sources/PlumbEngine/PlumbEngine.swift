// What every engine is, and the decisions they share; touches nothing.
//
// Reading order: Engine.swift (what an engine can do), Rollout/RolloutMachine.swift (how a new revision gets the
// traffic), Rollout/RolloutRunner.swift (who carries it out), Plane/ControlPlane.swift (what people can ask for).
