// The one rounding of stored floats: results of log, exp and pow are cut to 12 significant digits, so that the last
// bits of a machine's arithmetic never reach a stored row.

export function roundStored(x: number): number {
  return Number(x.toPrecision(12));
}
