// What every route is handed: pools, settings, the compiled programs, time, chance and the wake-ups. Nothing here does
// anything; app.ts makes it once, tests make it with a database of their own.
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Pool } from 'pg';
import type { Log } from '../log.ts';
import type { Counting } from '../postgres/counts.ts';
import type { Programs } from '../postgres/programs.ts';
import type { ParkedRow } from '../postgres/quarantine-read.ts';
import type { Role } from './roles.ts';

/** The server as routes see it: zod schemas give the types of body, query and params. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface HttpConfig {
  /** Where browsers find us, without a slash at the end: `http://localhost:4000`. */
  readonly publicUrl: string;
  /** Signs cookies and links; derived keys only, see `secretFor`. */
  readonly secret: string;
  /** Folder of uploads and generated files. */
  readonly dataDir: string;
  /** Built console (`console/dist`); null: no console is served. */
  readonly consoleDir: string | null;
  /** The built browser tag (`tag/dist/tag.js`); null: none is served. */
  readonly tagFile: string | null;
  /** Webhooks may reach loopback and private addresses. */
  readonly allowPrivate: boolean;
  /** SMTP_URL, or null: messages go to the built-in mailbox. */
  readonly smtpUrl: string | null;
  readonly version: string;
  /** Of one caller under /api; absent: 6,000. */
  readonly requestsPerMinute?: number;
}

/** Callbacks into the workers of this process; all of them return at once and may be no-ops. */
export interface Wake {
  readonly clock: () => void;
  readonly sender: () => void;
  /** A program changed: reload, upgrade the states, look at activations. */
  readonly definitions: () => void;
  readonly imports: () => void;
  readonly backtests: () => void;
  /** The rhythm is to be learnt. */
  readonly fits: () => void;
  /** The sample store is to be loaded or removed. */
  readonly sample: () => void;
}

/** What the System page shows of this process; app.ts knows it. */
export interface SystemReport {
  readonly workers: {
    readonly [name: string]: { readonly state: 'running' | 'paused' | 'stopped'; readonly detail?: string };
  };
  readonly clock: { readonly offset_ms: number; readonly paused: boolean };
  readonly disk: { readonly free_bytes: number; readonly total_bytes: number } | null;
}

interface Mailbox {
  readonly name: string;
  readonly address: string;
}
export interface TestLetter {
  readonly id: string;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo?: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly sentAt: Date;
}
export type TestOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed' | 'uncertain'; readonly detail: string };

export interface HttpDeps {
  /** One pool a lane, so that a slow report never holds up ingestion. */
  readonly pools: {
    readonly console: Pool;
    readonly ingest: Pool;
    readonly clock: Pool;
    readonly sender: Pool;
  };
  readonly config: HttpConfig;
  /** The compiled program per workspace (postgres/programs.ts). */
  readonly programs: Programs;
  /** The one clock: whole milliseconds since 1970. */
  readonly now: () => number;
  /** How far silence may be judged (an outage's start while backlogs come in); absent: up to now. */
  readonly silenceUpTo?: (now: number) => number;
  /** UUIDv7 from the process's one monotonic generator. */
  readonly newId: () => string;
  readonly log: Log;
  /** The default workspace. Routes take `actor.workspaceId`; doors without a session take this one. */
  readonly workspaceId: string;
  readonly wake: Wake;
  /** What is dear to count is counted once and kept for a while. */
  readonly counting: Counting;
  /** Steps a parked input again; marks it resolved when the engine takes it. */
  readonly retryParked: (workspaceId: string, parked: ParkedRow) => Promise<void>;
  /** Hands one letter to the mail server, for a test to oneself: never throws, never repeats. Absent: there is no mail server. */
  readonly handTest?: (letter: TestLetter) => Promise<TestOutcome>;
  readonly system: () => SystemReport;
  /** Works out Home's figures beside, when they are old; returns at once. */
  readonly figures: {
    readonly refresh: (workspaceId: string) => void;
    readonly isRunning: (workspaceId: string) => boolean;
  };
}

/** Who asks. A server key acts as a developer. */
export type Actor =
  | {
      readonly kind: 'user';
      readonly id: string;
      readonly workspaceId: string;
      readonly role: Role;
      readonly name: string;
      readonly email: string;
    }
  | {
      readonly kind: 'key';
      readonly id: string;
      readonly workspaceId: string;
      readonly role: 'developer';
      readonly name: string;
    };
