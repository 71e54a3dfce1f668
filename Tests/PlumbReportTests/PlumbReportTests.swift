// PlumbReportTests
