// What would happen to a message for one person now: the governor's column of questions, each with its own answer. Changes nothing.
import { Draft } from '../draft.ts';
import type { Verdict } from '../decision.ts';
import type { Instant } from '../lib/instant.ts';
import { drawArm } from '../journeys/start.ts';
import type { Arm, OpenMessage, Person } from '../person.ts';
import type { Program } from '../program.ts';
import { askEach, govern } from './governor.ts';
import type { AnsweredQuestion } from './governor.ts';
import { questionOf } from './look.ts';

/** A message that nobody has asked for. */
export interface Supposed {
  readonly channel: string;
  readonly topic: string;
  readonly marketing: boolean;
  readonly promised: boolean;
  readonly shelfLifeMs: number | null;
  /** Where in a journey it stands; null: a letter by itself. */
  readonly journey: { readonly key: string; readonly version: number; readonly node: string } | null;
  /** Looked up by whoever has the lists. */
  readonly suppressed: boolean;
}

export interface Supposition {
  /** The control group gets nothing that was not promised: no question is asked then. */
  readonly arm: Arm | null;
  readonly verdict: Verdict;
  readonly questions: readonly AnsweredQuestion[];
  /** When it would be too late to be useful. */
  readonly expiresAt: Instant;
}

/** `person` as it stands at `now`: lived through the silence up to then. */
export function askGovernor(program: Program, person: Person, supposed: Supposed, now: Instant): Supposition {
  const draft = new Draft(program, person, Math.max(now, person.advanced_to));
  const { journey } = supposed;
  const run =
    journey === null
      ? undefined
      : Object.values(person.standing.runs).find((one) => one.journey === journey.key);
  const message: OpenMessage = {
    id: 'supposed',
    run: run?.id ?? null,
    journey: journey?.key ?? null,
    version: journey?.version ?? null,
    node: journey?.node ?? null,
    channel: supposed.channel,
    topic: supposed.topic,
    marketing: supposed.marketing,
    promised: supposed.promised,
    run_started_at: journey === null ? null : (run?.started_at ?? draft.now),
    cancelled: null,
    at: draft.now,
    expires_at: draft.now + (supposed.shelfLifeMs ?? program.shelfLifeMs),
    handing: false,
  };
  const question = questionOf(draft, message, {
    at: draft.now,
    suppressed: supposed.suppressed,
    notBefore: null,
  });
  return {
    arm: journey === null ? null : armOf(draft, person, journey),
    verdict: govern(question),
    questions: askEach(question),
    expiresAt: message.expires_at,
  };
}

/** The one already drawn, or the one that would be: the same hash. */
function armOf(
  draft: Draft,
  person: Person,
  journey: { readonly key: string; readonly version: number },
): Arm {
  const drawn = person.standing.journeys[journey.key]?.arm;
  const graph = draft.program.journeys.get(journey.key)?.versions.get(journey.version);
  return drawn ?? drawArm(draft, journey.key, graph?.holdOut ?? 0);
}
