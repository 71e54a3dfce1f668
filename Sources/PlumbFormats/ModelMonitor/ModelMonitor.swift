// The files of SageMaker Model Monitor, and the data it is pointed at.
//
// StatisticsFile.swift and ConstraintsFile.swift read and write what its jobs do. CaptureReader.swift reads what
// endpoints capture, DelimitedReader.swift and ObjectLineReader.swift read data sets, GroundTruthReader.swift reads
// labels. Readers of data take bytes as they come and fill batches of rows; nothing is kept but the batch.
