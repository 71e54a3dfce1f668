// PlumbPolicyTests
