// A fit in words that need no statistics: what was learnt, how right it was, what the alarms would have done.
import type { FitReport } from '@rapport/engine';

type Rhythm = FitReport['orders'];

const number = new Intl.NumberFormat('en');
const n = (value: number): string => number.format(Math.round(value));
const days = (value: number): string => `${n(value)} ${Math.round(value) === 1 ? 'day' : 'days'}`;
const percent = (share: number): string => `${n(Math.abs(share) * 100)} %`;

export function verdictWords(rhythm: Rhythm, of: 'orders' | 'visits'): string {
  const who = of === 'orders' ? 'customers' : 'visitors';
  const what = of === 'orders' ? 'order' : 'visit';
  switch (rhythm.verdict) {
    case 'fits': {
      const gap =
        rhythm.usualGapDays === null
          ? ''
          : ` People usually ${what} again after ${days(rhythm.usualGapDays)};`;
      const lost =
        rhythm.loss === null
          ? ''
          : ` after ${of === 'orders' ? 'an order' : 'a visit'}, about ${n(rhythm.loss * 100)} in 100 do not come again.`;
      return `Learnt from ${n(rhythm.customers)} ${who}, ${n(rhythm.repeating)} of whom came more than once.${gap}${lost}`;
    }
    case 'degenerate':
      return `In the ${what}s of ${n(rhythm.customers)} ${who} nothing shows that people are ever lost for good. So silence is judged by each person’s own gaps, and by everyone’s where these are few.`;
    case 'not_converged':
      return `The ${what}s of ${n(rhythm.customers)} ${who} follow no rhythm that could be found. What was learnt before stays in use.`;
    case 'too_little':
      return `Too little to learn from: ${n(rhythm.customers)} ${who}, ${n(rhythm.repeating)} of whom came more than once. It takes 100, 50 of whom came more than once, over two months.`;
  }
}

/** "Of 100 we called at risk, 81 did not return." Null where nothing could be held out. */
export function heldOutWords(rhythm: Rhythm): { readonly risk: string; readonly total: string } | null {
  const { heldOut } = rhythm;
  if (heldOut === null) return null;
  const { atRisk, model, asBefore, from, until } = heldOut;
  const span = `the last ${days(until - from)}, which it had not seen`;
  const risk =
    atRisk.customers === 0
      ? `Nobody was at risk at the beginning of ${span}.`
      : `Of 100 we called at risk, ${n((100 * atRisk.stayedAway) / atRisk.customers)} did not return in ${span}.`;
  if (model.total === null) return { risk, total: `Nobody ordered in ${span}.` };
  const off = (total: number | null): string =>
    total === null ? 'nothing to compare' : `${percent(total)} too ${total < 0 ? 'few' : 'many'}`;
  return {
    risk,
    total: `It expected ${off(model.total)} orders in all; “as often as before” would have said ${off(asBefore.total)}.`,
  };
}

/** As in the papers: `MBG/NBD`, `MBG/CNBD-3`, `Pareto/NBD`. */
export function modelName(family: Rhythm['tried'][number]['model'], k: number): string {
  if (family === 'pareto') return 'Pareto/NBD';
  return `${family.toUpperCase()}/${k === 1 ? 'NBD' : `CNBD-${k}`}`;
}

/** Why this model of the three; null where nothing was chosen. */
export function choiceWords({ tried, heldOut, verdict }: Rhythm): string | null {
  const [chosen, ...others] = tried;
  if (verdict !== 'fits' || chosen === undefined || others.length === 0) return null;
  const name = modelName(chosen.model, chosen.k);
  if ((chosen.heldOut ?? null) === null || heldOut === null)
    return `${name} was chosen of ${tried.length} models: your history is likeliest to it. There is too little to hold days out yet.`;
  const later = Math.max(...others.map((each) => each.heldOut ?? -Infinity));
  const span = `the last ${days(heldOut.until - heldOut.from)}`;
  return later > (chosen.heldOut ?? 0)
    ? `${name} was chosen of ${tried.length} models: another foresaw ${span} no better than by chance, so the simplest is in use.`
    : `${name} was chosen of ${tried.length} models: it foresaw ${span} best, without having seen them.`;
}

/** Whether personal lapse moments are worth it here, said either way. */
export function alarmWords(rhythm: Rhythm, cap: number): string | null {
  const evaluation = rhythm.alarms.find((each) => Math.abs(each.cap - cap) < 1e-9);
  const rowOf = (kind: string, group: string) =>
    evaluation?.rules.find((rule) => rule.kind === kind)?.rows.find((row) => row.group === group);
  const personal = rowOf('personal', 'fast');
  const fixed = rowOf('fixed', 'fast');
  const mine = personal?.daysWeighted ?? null;
  const others = fixed?.daysWeighted ?? null;
  if (mine === null || others === null) return null;
  if (others - mine < 1)
    return `Your fast customers are noticed after ${days(mine)}, no earlier than by the best fixed number of days (${days(others)}).`;
  return `Your fast customers are noticed after ${days(mine)}; the best fixed number of days that is as fair to everyone would take ${days(others)}.`;
}

export function seasonWords(season: FitReport['season']): readonly string[] {
  const months = [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ];
  const words: string[] = [];
  if (season.season?.shows === true)
    words.push(
      `${months[season.season.high]} brings ${percent(season.season.swing)} more repeat orders than usual, ${months[season.season.low]} the fewest. The rhythm takes this for chance: expect more before, fewer after.`,
    );
  else if (season.season === null)
    words.push(
      `Whether there is a season or a trend shows after two years; there are ${n(season.months)} whole months so far.`,
    );
  else words.push('No season shows in how often customers order again.');
  if (season.trend?.shows === true)
    words.push(
      `Repeat orders ${season.trend.perYear < 0 ? 'fall' : 'grow'} by about ${percent(season.trend.perYear)} a year.`,
    );
  return words;
}
