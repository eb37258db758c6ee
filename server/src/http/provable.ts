// Can a control group say anything here? Judged by how many would have entered in a year, where somebody has looked back.

export interface Entrants {
  readonly times: number;
  /** The span that was looked back over, in milliseconds. */
  readonly spanMs: number;
}

export interface Provable {
  readonly entrants_a_year: number | null;
  readonly note: string;
}

const yearMs = 365 * 86_400_000;
/** Under this many a year a control group says nothing within reason. */
const provableFrom = 2_000;
/** A shorter look back says nothing about a year. */
const spanMinMs = 30 * 86_400_000;

const takes = 'To prove a rise from 10 to 12 % takes about 11,400 entrants with a control group of 20 %.';

export function provableWords(entrants: Entrants | undefined, holdOut: number): Provable {
  if (entrants === undefined || entrants.spanMs < spanMinMs) return { entrants_a_year: null, note: takes };
  const aYear = Math.round((entrants.times * yearMs) / entrants.spanMs);
  if (aYear >= provableFrom || holdOut === 0) return { entrants_a_year: aYear, note: takes };
  const many = new Intl.NumberFormat('en').format(aYear);
  return {
    entrants_a_year: aYear,
    note: `Not provable here: about ${many} a year would enter, and to prove a rise from 10 to 12 % takes about 11,400. Leave the control group out?`,
  };
}
