// The words of an explanation: what a node of the tree says behind "True:" or "Not true:", and what alone would change it. No React.
import type { Why } from '../api/rules.ts';

/** What must happen for the answer to change, where time alone will not do it. By kind of condition; others need something new. */
const changers: { readonly [kind: string]: string } = {
  orders: 'a new order',
  order_span: 'a new order',
  last_order: 'a new order',
  spend_trend: 'a new order',
  quiet: 'a new order or visit',
  trait: 'a new value of this fact',
  identity: 'a new address or id',
  consent: 'their own word',
  segment: 'what that segment asks about',
  stage: 'a change of their stage',
  tier: 'a change of their tier',
  points: 'points earned, spent or taken back',
  episode: 'an ending and a return',
  in_journey: 'entering or leaving that journey',
  share: 'nothing: the draw stands',
};

export function headingOf(why: Why): string {
  switch (why.kind) {
    case 'all':
      return why.children.length === 0 ? 'everyone, for there is no condition' : 'all of these';
    case 'any':
      return 'at least one of these';
    case 'not':
      return 'that this does not hold';
    default:
      return why.sentence;
  }
}

/** "until 12 Mar 2027, 10:00", or what alone would turn it. */
export function untilWords(why: Why, dateTime: (at: string) => string): string {
  if (why.until !== null)
    return why.holds
      ? `until ${dateTime(why.until)}, if nothing happens before`
      : `may turn true on ${dateTime(why.until)} by itself`;
  if (why.children.length > 0) return '';
  const by = changers[why.kind] ?? 'something new that they do';
  if (by.startsWith('nothing')) return 'never changes';
  return `turns ${why.holds ? 'false' : 'true'} only by ${by}`;
}
