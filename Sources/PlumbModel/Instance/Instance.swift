// The figures of the machines that host endpoints: processors, memory, disks and price by instance type.
//
// `InstanceType.named("ml.g5.xlarge")` answers what controls and the compiler ask of a type; the figures themselves
// stand in InstanceType+Table.swift, what they cost in PriceList+Families1.swift and PriceList+Families2.swift.
