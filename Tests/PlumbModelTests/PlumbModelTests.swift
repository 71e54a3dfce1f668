// PlumbModelTests
