// Which ready journey would help first, judged by what the history shows. Pure; it only proposes, nothing is switched on by it.

export interface SuggestionFacts {
  readonly customers: number;
  /** Ordered on one day only. */
  readonly once: number;
  readonly quiet: number;
  /** Keys of ready journeys that exist here and are off. */
  readonly off: ReadonlySet<string>;
}

export interface Suggestion {
  readonly journey: string;
  readonly why: string;
}

/** More than this share bought once only: the second purchase is then the step that most do not take. */
const mostShare = 0.5;
/** Fewer customers than this say nothing about "most". */
const customersMin = 20;

/** The best first, then the others worth a look. Empty when every ready journey is on or gone. */
export function suggestJourneys(facts: SuggestionFacts): readonly Suggestion[] {
  const number = new Intl.NumberFormat('en');
  const share = facts.customers === 0 ? 0 : facts.once / facts.customers;
  const mostOnce = facts.customers >= customersMin && share > mostShare;
  const second: Suggestion = {
    journey: 'welcome',
    why: mostOnce
      ? `${number.format(facts.once)} of ${number.format(facts.customers)} customers bought once only: the second purchase is the step that most of them do not take.`
      : 'A first order is the beginning of something: it is welcomed, and after 60 days without a second one there is a reason to come back.',
  };
  const broken: Suggestion = {
    journey: 'broken_rhythm',
    why:
      facts.quiet > 0
        ? `${number.format(facts.quiet)} ${facts.quiet === 1 ? 'customer is' : 'customers are'} silent for longer than their own rhythm explains. A friendly question costs nothing and tells you why.`
        : 'Nobody is unusually quiet today; when somebody falls silent, a friendly question at that moment costs nothing.',
  };
  const others: readonly Suggestion[] = [
    {
      journey: 'replenishment',
      why: 'A reminder to regular buyers at their own rhythm, without a discount.',
    },
    { journey: 'win_back', why: 'One kind letter to whoever is gone by every sign, at most once a year.' },
  ];
  const order = mostOnce ? [second, broken] : [broken, second];
  return [...order, ...others].filter(({ journey }) => facts.off.has(journey));
}
