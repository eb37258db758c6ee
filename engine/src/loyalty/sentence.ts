// A programme in plain English: what earns, when points go, which tier asks what. "1 point for every 1 spent".
import type { EarningRule, ProgrammeDefinition } from '../definition.ts';
import { sentence } from '../rules/sentence.ts';
import type { Names } from '../rules/sentence.ts';
import { duration, events } from '../rules/sentence-parts.ts';

/** Without a subject: "1 point for every EUR 1 of an order, rounded down". */
export function earningSentence(
  rule: EarningRule,
  { unit }: Pick<ProgrammeDefinition, 'unit'>,
  { currency, names = {} }: { readonly currency: string; readonly names?: Names },
): string {
  const points = `${rule.points} ${rule.points === 1 ? unit.one : unit.many}`;
  const who = rule.who === undefined ? '' : `, for everyone who ${sentence(rule.who, names)}`;
  if (rule.kind === 'spend')
    return `${points} for every ${currency} ${rule.per} of an order, ${ROUNDED[rule.rounding]}${who}`;
  const { cap } = rule;
  const most =
    cap === undefined ? '' : `, at most ${cap.times === 1 ? 'once' : `${cap.times} times`} a ${cap.per}`;
  return `${points} for ${events(rule)}${most}${who}`;
}

const ROUNDED = { down: 'rounded down', nearest: 'rounded to the nearest', up: 'rounded up' };

export function expirySentence({ expiry, unit }: Pick<ProgrammeDefinition, 'expiry' | 'unit'>): string {
  if (expiry === undefined) return `${unit.many} do not expire`;
  return expiry.kind === 'inactivity'
    ? `all ${unit.many} expire ${duration(expiry.after)} after the last earning or spending`
    : `${unit.many} expire ${duration(expiry.after)} after they were earned, the oldest are spent first`;
}
