// An event as it passed the door: what ingestion hands to storage. Data only; made by http/ingest/read-event.ts.
import type { EventFact } from '@rapport/engine';

export interface IncomingEvent {
  /** Its place in the request. */
  readonly index: number;
  /** `at` is skew-corrected and never ahead of `receivedAt`; `identities` are normalised, not yet resolved. */
  readonly fact: EventFact;
  readonly receivedAt: number;
  /** Everything else the sender said, kept with the fact. */
  readonly context: unknown;
  /** Alias only: the id that is said to be the same person's. */
  readonly previousId: string | null;
  /** JSON text of the fact and its context, made once. */
  readonly body: string;
  /** 16 bytes of workspace, trust and messageId; null: we made the messageId ourselves, so nothing can repeat it. */
  readonly messageHash: Buffer | null;
  /** 16 bytes of what was said, without `sentAt`. */
  readonly bodyHash: Buffer;
  /** What was refused of it at the door (an identity, a consent); the event itself stands. */
  readonly notices: readonly Refusal[];
  /** Bytes held while it waits. */
  readonly size: number;
}

/** Why something was refused: said to the sender and kept in quarantine. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly field: string | null;
  readonly message: string;
  readonly hint: string;
}

/** Closed; docs/events.md lists them. Add, never rename. */
export type RefusalCode =
  | 'malformed_json'
  | 'body_too_large'
  | 'not_an_object'
  | 'unknown_type'
  | 'invalid_type'
  | 'missing_field'
  | 'missing_identity'
  | 'too_long'
  | 'event_too_large'
  | 'too_deep'
  | 'too_many_events'
  | 'nul_character'
  | 'broken_unicode'
  | 'forbidden_key'
  | 'invalid_number'
  | 'invalid_time'
  | 'time_ahead'
  | 'time_too_old'
  | 'message_id_reused'
  | 'data_refused'
  // somebody who was erased
  | 'erased_identity'
  // the event is stored, one of its identities is not
  | 'placeholder_id'
  | 'self_alias'
  // the event is stored, the consent in it does not count
  | 'browser_consent'
  | 'shared_device'
  | 'browser_merge'
  | 'sample_person'
  | 'token_needed'
  | 'too_many_merges'
  | 'too_many_identities';

/** One event that was not taken, with what is kept of it. */
export interface Refused {
  readonly index: number;
  readonly refusal: Refusal;
  readonly messageId: string | null;
  readonly body: string;
}

/** What became of one event. */
export type EventOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'parked'; readonly reason: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };
