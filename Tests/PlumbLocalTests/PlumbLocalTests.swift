// PlumbLocalTests
