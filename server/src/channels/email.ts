// The line to the SMTP server: a pool of connections over nodemailer's SMTPConnection. Not nodemailer's own pool,
// because that one repeats by itself and hides at which stage a connection was lost, and exactly that decides
// between "failed, proven" and "uncertain". Nothing here retries once a byte of a message may have left.
import { Readable } from 'node:stream';

import DKIM from 'nodemailer/lib/dkim';
import { parseConnectionUrl } from 'nodemailer/lib/shared';
import SMTPConnection from 'nodemailer/lib/smtp-connection';

import { asciiAddress, composeEmail } from './mime.ts';
import type { Composed, Email } from './mime.ts';
import { failedForGood, failedForNow, sent, uncertain } from './outcome.ts';
import type { HandOver } from './outcome.ts';
import { classifyFailure, isConnectionLost, providerIdIn } from './smtp-failure.ts';
import type { SmtpFailure } from './smtp-failure.ts';

export interface EmailChannelOptions {
  /** smtp://user:password@host:587 or smtps://…, options as query (`?ignoreTLS=true&tls.rejectUnauthorized=false`) */
  readonly smtpUrl: string;
  readonly connectionsMax?: number;
  readonly dkim?: { readonly domain: string; readonly selector: string; readonly privateKey: string };
  readonly limits?: Partial<typeof EMAIL_LIMITS>;
}

export interface EmailChannel {
  /** Never throws. Waits for a free connection first: whoever must not wait asks `freeConnections`. */
  handOver(email: Email): Promise<HandOver>;
  /** How many hand-overs may begin at once without waiting. */
  freeConnections(): number;
  /** Connects, signs in and says goodbye: for the sender checklist. */
  check(): Promise<{ readonly kind: 'ready' } | (HandOver & { readonly kind: 'failed' })>;
  /** Lets hand-overs under way finish, then closes. */
  close(): Promise<void>;
}

export const EMAIL_LIMITS = {
  /** providers that allow fewer say so by refusing connections: then fewer are used */
  connectionsMax: 40,
  /** how long fewer are used before more are tried again */
  fewerForMs: 60_000,
  messagesPerConnectionMax: 1_000,
  connectMsMax: 20_000,
  greetingMsMax: 30_000,
  silenceMsMax: 60_000,
  /** from the first command of a message to its last reply; the ledger's lease is renewed meanwhile */
  handOverMsMax: 120_000,
  idleMsMax: 30_000,
};

interface Line {
  readonly smtp: SMTPConnection;
  messages: number;
  alive: boolean;
  idleTimer: NodeJS.Timeout | undefined;
}

type Attempt =
  | { readonly kind: 'accepted'; readonly response: string }
  | { readonly kind: 'broken'; readonly error: SmtpFailure; readonly bodyBegun: boolean };

export function openEmailChannel(options: EmailChannelOptions): EmailChannel {
  const limits = { ...EMAIL_LIMITS, ...options.limits };
  const connectionsMax = options.connectionsMax ?? connectionsIn(options.smtpUrl) ?? limits.connectionsMax;
  const connect = connector(options.smtpUrl, limits);
  const sign = options.dkim === undefined ? undefined : signer(options.dkim);
  const lines = createLines({ connect, connectionsMax, limits });
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function handOver(email: Email): Promise<HandOver> {
    const from = asciiAddress(email.from.address);
    const to = asciiAddress(email.to.address);
    if (to === undefined)
      return failedForGood('bad_address', 'The address is not one that can be written to.');
    if (from === undefined)
      return failedForNow('sender_refused', 'The sender address in the settings is not valid.');
    await seat();
    try {
      return await composeAndDeliver({
        ...email,
        from: { ...email.from, address: from },
        to: { ...email.to, address: to },
      });
    } catch (error) {
      // Nothing is known to throw here; should it, nobody knows what left.
      return uncertain(error instanceof Error ? error.message : String(error));
    } finally {
      busy -= 1;
      waiting.shift()?.();
    }
  }

  async function seat(): Promise<void> {
    while (busy >= connectionsMax) await new Promise<void>((resolve) => waiting.push(resolve));
    busy += 1;
  }

  async function composeAndDeliver(email: Email): Promise<HandOver> {
    let composed: Composed;
    try {
      composed = composeEmail(email);
      if (sign !== undefined) composed = { ...composed, raw: await sign(composed.raw) };
    } catch (error) {
      return failedForNow('message_refused', error instanceof Error ? error.message : String(error));
    }
    return deliver(composed);
  }

  /** A connection that was used before may have been dropped meanwhile: while nothing of the message left, one more try is safe. */
  async function deliver(composed: Composed): Promise<HandOver> {
    for (;;) {
      const line = await lines.take();
      if ('error' in line)
        return outcomeOf({ kind: 'broken', error: line.error, bodyBegun: false }, composed);
      const usedBefore = line.messages > 0;
      const attempt = await transmit(line, composed, limits.handOverMsMax);
      await giveBack(line, attempt);
      const stale = usedBefore && attempt.kind === 'broken' && !attempt.bodyBegun;
      if (stale && isConnectionLost(attempt.error)) continue;
      return outcomeOf(attempt, composed);
    }
  }

  async function giveBack(line: Line, attempt: Attempt): Promise<void> {
    line.messages += 1;
    // After a body that was not accepted the two sides may disagree about where it ended: never used again.
    const clean =
      attempt.kind === 'accepted' || (!attempt.bodyBegun && isRefusal(attempt.error) && (await reset(line)));
    if (clean && line.messages < limits.messagesPerConnectionMax) lines.keep(line);
    else line.smtp.close();
  }

  return {
    handOver,
    freeConnections: () => Math.max(0, lines.allowed() - busy),
    async check() {
      const line = await connect(() => undefined);
      if ('error' in line) {
        const outcome = classifyFailure(line.error, { bodyBegun: false, recipient: '' });
        return outcome.kind === 'failed'
          ? outcome
          : { kind: 'failed', permanent: false, code: 'not_connected', detail: line.error.message };
      }
      line.smtp.quit();
      return { kind: 'ready' };
    },
    async close() {
      while (busy > 0) await new Promise<void>((resolve) => waiting.push(resolve));
      lines.closeIdle();
    },
  };
}

function outcomeOf(attempt: Attempt, composed: Composed): HandOver {
  if (attempt.kind === 'accepted') return sent(providerIdIn(attempt.response));
  return classifyFailure(attempt.error, { bodyBegun: attempt.bodyBegun, recipient: composed.envelope.to });
}

/** `?maxConnections=5`, as nodemailer spells it. */
function connectionsIn(smtpUrl: string): number | undefined {
  const asked = Number(URL.parse(smtpUrl)?.searchParams.get('maxConnections') ?? Number.NaN);
  return Number.isInteger(asked) && asked >= 1 && asked <= 200 ? asked : undefined;
}

interface Lines {
  /** An idle connection, else a new one, else the next that comes free. An error only when there is none at all. */
  readonly take: () => Promise<Line | { readonly error: SmtpFailure }>;
  readonly keep: (line: Line) => void;
  readonly allowed: () => number;
  readonly closeIdle: () => void;
}

/** The open connections. A provider that refuses one more while others are open wants fewer, and gets fewer for a while. */
function createLines(options: {
  readonly connect: Connector;
  readonly connectionsMax: number;
  readonly limits: typeof EMAIL_LIMITS;
}): Lines {
  const { connect, connectionsMax, limits } = options;
  const idle: Line[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  let fewer: { readonly count: number; readonly until: number } | undefined;

  const allowed = (): number => {
    if (fewer !== undefined && performance.now() >= fewer.until) fewer = undefined;
    return fewer?.count ?? connectionsMax;
  };
  const ended = (): void => {
    open -= 1;
    waiting.shift()?.();
  };

  return {
    allowed,
    async take() {
      for (;;) {
        for (let line = idle.pop(); line !== undefined; line = idle.pop()) {
          clearTimeout(line.idleTimer);
          if (line.alive) return line;
        }
        if (open >= allowed()) {
          await new Promise<void>((resolve) => waiting.push(resolve));
          continue;
        }
        open += 1;
        const made = await connect(ended);
        if (!('error' in made)) return made;
        ended();
        if (open === 0) return made;
        fewer = { count: open, until: performance.now() + limits.fewerForMs };
      }
    },
    keep(line) {
      if (!line.alive) return;
      line.idleTimer = setTimeout(() => {
        line.alive = false;
        line.smtp.quit();
      }, limits.idleMsMax).unref();
      idle.push(line);
      waiting.shift()?.();
    },
    closeIdle() {
      for (const line of idle.splice(0)) {
        clearTimeout(line.idleTimer);
        line.smtp.close();
      }
    },
  };
}

/** `onEnd` is called once, when a connection that was made has ended, for whatever reason. */
type Connector = (onEnd: () => void) => Promise<Line | { readonly error: SmtpFailure }>;

function connector(smtpUrl: string, limits: typeof EMAIL_LIMITS): Connector {
  const { auth, ...server } = parseConnectionUrl(smtpUrl);
  const settings = {
    ...server,
    connectionTimeout: limits.connectMsMax,
    greetingTimeout: limits.greetingMsMax,
    socketTimeout: limits.silenceMsMax,
    socketCloseTimeout: 1_000,
  };
  return (onEnd) =>
    new Promise((resolve) => {
      const smtp = new SMTPConnection(settings);
      const line: Line = { smtp, messages: 0, alive: true, idleTimer: undefined };
      let made = false;
      const ready = (): void => {
        made = true;
        resolve(line);
      };
      const lost = (error: SmtpFailure): void => {
        line.alive = false;
        // before closing, which ends the connection and would tell a lesser reason
        resolve({ error });
        smtp.close();
      };
      // 'error' needs a listener for the life of the connection, or it ends the process
      smtp.on('error', lost);
      smtp.once('end', () => {
        line.alive = false;
        if (made) onEnd();
        else lost(Object.assign(new Error('The connection was closed'), { code: 'ECONNECTION' }));
      });
      smtp.connect((error) => {
        if (error !== undefined) return lost(error);
        if (auth === undefined || !smtp.allowsAuth) return ready();
        smtp.login(auth, (refused) => (refused === null ? ready() : lost(refused)));
      });
    });
}

function transmit(line: Line, composed: Composed, msMax: number): Promise<Attempt> {
  return new Promise((resolve) => {
    let bodyBegun = false;
    // SMTPConnection reads the body only after the server said "go ahead" to DATA: reading it is what begins it.
    const body = new Readable({
      read() {
        bodyBegun = true;
        this.push(composed.raw);
        this.push(null);
      },
    });
    const settle = (attempt: Attempt): void => {
      clearTimeout(timer);
      line.smtp.off('end', onEnd);
      resolve(attempt);
    };
    const broken = (error: SmtpFailure): void => settle({ kind: 'broken', error, bodyBegun });
    // A connection can end without telling the one who waits for a reply; the reply, if there was one, comes first.
    const onEnd = (): void => {
      setImmediate(broken, Object.assign(new Error('The connection was closed'), { code: 'ECONNECTION' }));
    };
    const timer = setTimeout(() => {
      broken(Object.assign(new Error(`No final reply within ${msMax} ms`), { code: 'ETIMEDOUT' }));
      line.alive = false;
      line.smtp.close();
    }, msMax);
    line.smtp.once('end', onEnd);
    line.smtp.send({ ...composed.envelope, size: composed.raw.length }, body, (error, info) => {
      if (error !== null) return broken(error);
      settle({ kind: 'accepted', response: info?.response ?? '' });
    });
  });
}

/** The server refused this message before its body; the connection itself is fine. */
function isRefusal(error: SmtpFailure): boolean {
  return error.code === 'EENVELOPE' && error.responseCode !== undefined && error.responseCode !== 421;
}

function reset(line: Line): Promise<boolean> {
  return new Promise((resolve) => {
    line.smtp.once('end', () => resolve(false));
    line.smtp.reset((error) => resolve(error === null));
  });
}

function signer(dkim: NonNullable<EmailChannelOptions['dkim']>): (raw: Buffer) => Promise<Buffer> {
  const signing = new DKIM({
    domainName: dkim.domain,
    keySelector: dkim.selector,
    privateKey: dkim.privateKey,
    // RFC 8058 wants both List-Unsubscribe headers signed; nodemailer's own list lacks the second
    headerFieldNames:
      'From:Reply-To:Subject:Date:Message-ID:To:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post',
  });
  return async (raw) => {
    const chunks: Buffer[] = [];
    for await (const chunk of signing.sign(raw))
      chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
    return Buffer.concat(chunks);
  };
}
