// What was spent, day by day, and which days are not as they should be.
