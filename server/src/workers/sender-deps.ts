// What the sender is handed, and what travels between its steps: claimed → ready → handing → result.
import type { EmailChannel } from '../channels/email.ts';
import type { RenderedMessage } from '../content/template.ts';
import type { TemplateCache } from '../content/template-cache.ts';
import type { HandOver } from '../channels/outcome.ts';
import type { WebhookChannel } from '../channels/webhook.ts';
import type { Log } from '../log.ts';
import type { ClaimedMessage } from '../postgres/messages.ts';
import type { SendingWorkspace } from '../postgres/sending.ts';
import type { StepDeps } from '../postgres/steps.ts';
import type { CrashPoint } from './crash.ts';

export interface SenderDeps extends StepDeps {
  readonly log: Log;
  /** null: no SMTP_URL. */
  readonly email: EmailChannel | null;
  readonly webhook: WebhookChannel;
  readonly templates: TemplateCache;
  readonly publicUrl: string;
  /** Signs links (content/unsubscribe-token.ts, `linkKey`). */
  readonly linkKey: Uint8Array;
  /** Keys of suppression hashes and webhook signatures, one for each use. */
  readonly addressKey: string;
  readonly webhookSecret: (workspaceId: string) => string;
  /** A reason to send nothing for now (disk, clock, a restored backup), or null. */
  readonly paused?: () => string | null;
  /** After a restored backup was confirmed: what was asked for before this instant does not go. */
  readonly sendFrom?: () => number | null;
  readonly crash: CrashPoint;
  readonly limits?: Partial<typeof SENDER_LIMITS>;
}

export const SENDER_LIMITS = {
  /** claimed in one go, and how few may be left before more are claimed */
  claimMax: 200,
  readyMin: 100,
  /** last looks in one transaction */
  groupMax: 50,
  /** transactions of last looks under way at once: one commits while the other's group is handed over */
  looksMax: 2,
  webhooksMax: 20,
  /** a look waits until one in so many connections is free, or for so long */
  gatherShare: 4,
  gatherMs: 5,
  /** results are recorded together: so many at once, or after so long */
  recordMin: 25,
  recordAfterMs: 10,
  /** handed over and not recorded yet: nothing more is handed over until some of it is */
  unrecordedMax: 50,
  claimLeaseMs: 60_000,
  /** renewed while the hand-over is under way */
  handingLeaseMs: 60_000,
  renewEveryMs: 15_000,
  /** while something is under way or went wrong; at rest others tell, and should nobody */
  pollMs: 1_000,
  restMs: 30_000,
  growthMs: 1_000,
  /** after a failure of ours (no database, say) */
  pauseMs: 1_000,
  /** after a failed last look, so that one that always fails does not keep the others waiting */
  mendMs: 3_000,
  parkedMs: 3_600_000,
  /** how long stopping waits for hand-overs under way; a provider may take two minutes to answer */
  stopMsMax: 130_000,
};

/** What can be handed over, or why it cannot. */
export type Content =
  | {
      readonly kind: 'email';
      readonly message: RenderedMessage;
      readonly unsubscribeUrl: string | null;
      readonly toName: string;
    }
  | { readonly kind: 'webhook'; readonly url: string; readonly payload: unknown }
  | { readonly kind: 'unrenderable'; readonly detail: string };

export interface Ready {
  readonly workspace: SendingWorkspace;
  readonly claimed: ClaimedMessage;
  readonly content: Content;
  /** As the person had it when it was rendered; the last look asks again. */
  readonly address: string;
}

export interface Result {
  readonly workspaceId: string;
  readonly claimed: ClaimedMessage;
  readonly outcome: HandOver;
  readonly via: 'smtp' | 'webhook';
  readonly sentTo: string;
}
