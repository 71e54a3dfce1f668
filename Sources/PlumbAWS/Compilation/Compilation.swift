// Jobs of SageMaker that make another model of a model: compiled by Neo, or a language model optimised for an instance.
//
// CompilationTarget.swift knows what there is to compile for, CompilationOrder.swift writes the request,
// CompilationJobMachine.swift says what the states of a job mean, CompilationJob.swift starts and watches one.
