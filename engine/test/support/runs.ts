// How many random cases a law is tried on: 200, or as many as LAW_RUNS says when someone looks deeper.

export const RUNS = { numRuns: Number(process.env['LAW_RUNS'] ?? 200) };
