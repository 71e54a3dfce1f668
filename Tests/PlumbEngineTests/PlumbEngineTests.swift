// The engine's decisions are proved here: machines over thousands of seeded courses of things, and runners that are
// killed at every write.
