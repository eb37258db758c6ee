// The sender: claims what is due, renders, asks a last time, hands over in parallel, records what came of it. Several
// may run at once. At most one hand-off begins whose failure is not proven: nothing here repeats what was handed over.
import { clearInterval, clearTimeout, setInterval, setTimeout } from 'node:timers';
import { failedForNow, uncertain } from '../channels/outcome.ts';
import type { HandOver } from '../channels/outcome.ts';
import {
  findHanding,
  giveBackClaim,
  releaseAllClaims,
  releaseClaims,
  renewLeases,
} from '../postgres/messages.ts';
import { listSendingWorkspaces } from '../postgres/sending.ts';
import { isSamplePerson } from '../postgres/sample-ids.ts';
import { refreshStatistics } from '../postgres/statistics.ts';
import { claimAndRender } from './sender-claim.ts';
import type { LostClaim } from './sender-claim.ts';
import { SENDER_LIMITS } from './sender-deps.ts';
import type { Ready, Result, SenderDeps } from './sender-deps.ts';
import { lookAndHand } from './sender-look.ts';
import type { Handing } from './sender-look.ts';
import { endOrphans, writeResults } from './sender-results.ts';

export interface Sender {
  /** Returns at once; the first look at the ledger follows. */
  readonly start: () => void;
  /** Something was queued: look now. May be called at any rate. */
  readonly wake: () => void;
  /** Gives back what is claimed, waits for hand-overs under way and their results. */
  readonly stop: () => Promise<void>;
  readonly state: () => { readonly state: 'running' | 'paused' | 'stopped'; readonly detail?: string };
}

/** Any constant does, as long as it is this one: senders of one database know each other by it. */
const ALIVE_LOCK = 7_270_951;

export function createSender(deps: SenderDeps): Sender {
  return new Pump(deps);
}

/** Three pumps that feed each other: claim → look and hand over → results. Each starts whenever it may. */
class Pump implements Sender {
  readonly deps: SenderDeps;
  readonly limits: typeof SENDER_LIMITS;
  readonly ready: Ready[] = [];
  readonly results: Result[] = [];
  /** Their last look failed, perhaps after its commit. */
  broken: Ready[] = [];
  lostClaims: LostClaim[] = [];
  /** Between the start of their last look and the end of their hand-over: they hold connections. */
  readonly handing = new Map<
    string,
    { readonly claimed: Result['claimed']; readonly workspaceId: string; readonly via: 'smtp' | 'webhook' }
  >();
  readonly idlers: (() => void)[] = [];
  alive: { readonly release: () => void } | undefined;
  claiming = false;
  woken = false;
  looking = 0;
  lookingSmtp = 0;
  /** Letters being handed over. */
  underWay = 0;
  /** Set while a look waits for a few more free connections. */
  gathering: NodeJS.Timeout | undefined;
  gathered = false;
  recording = false;
  pausedUntil = 0;
  growthAfter = 0;
  timer: NodeJS.Timeout | undefined;
  renewal: NodeJS.Timeout | undefined;
  status: 'running' | 'stopping' | 'stopped' = 'stopped';
  trouble: string | null = null;

  constructor(deps: SenderDeps) {
    this.deps = deps;
    this.limits = { ...SENDER_LIMITS, ...deps.limits };
  }

  readonly start = (): void => {
    if (this.status !== 'stopped') return;
    this.status = 'running';
    this.renewal = setInterval(() => void this.renew(), this.limits.renewEveryMs);
    this.renewal.unref();
    void this.guarded(() => this.recover()).then(() => this.wake());
  };

  readonly wake = (): void => {
    this.woken = true;
    this.pump();
  };

  readonly stop = async (): Promise<void> => {
    if (this.status === 'stopped') return;
    this.status = 'stopping';
    clearTimeout(this.timer);
    await this.release();
    await this.idle();
    clearInterval(this.renewal);
    this.alive?.release();
    this.status = 'stopped';
  };

  readonly state = (): { readonly state: 'running' | 'paused' | 'stopped'; readonly detail?: string } => {
    if (this.status === 'stopped') return { state: 'stopped' };
    const reason = this.deps.paused?.() ?? this.trouble;
    return reason === null ? { state: 'running' } : { state: 'paused', detail: reason };
  };

  pump(): void {
    void this.record();
    if (this.status !== 'running') return;
    if (this.deps.now() >= this.pausedUntil && (this.deps.paused?.() ?? null) === null) {
      while (this.looking < this.limits.looksMax && this.lookNext()) continue;
      void this.claim();
    }
    this.schedule();
  }

  /** What is under way or went wrong wakes itself; messages whose time has come, and those of other processes, are told. */
  schedule(): void {
    clearTimeout(this.timer);
    if (this.status !== 'running') return;
    this.timer = setTimeout(() => this.wake(), this.isAtRest() ? this.limits.restMs : this.limits.pollMs);
    this.timer.unref();
  }

  isAtRest(): boolean {
    const left = [this.ready, this.results, this.broken, this.lostClaims];
    return this.state().state === 'running' && this.isIdle() && left.every((those) => those.length === 0);
  }

  async claim(): Promise<void> {
    if (this.claiming || !this.woken || this.ready.length >= this.limits.readyMin) return;
    this.claiming = true;
    this.woken = false;
    await this.guarded(async () => {
      await this.stayKnown();
      await this.mend();
      for await (const claimed of claimAndRender(this.deps, (claim) => this.lostClaims.push(claim))) {
        this.ready.push(...claimed);
        if (claimed.length >= this.limits.claimMax) this.lookAtGrowth();
        // There may be more: ask again when these are nearly gone.
        if (claimed.length > 0) this.woken = true;
      }
    });
    this.claiming = false;
    if (this.status === 'stopping') await this.release();
    this.pump();
  }

  /**
   * A wave queues thousands of messages within the seconds between two looks at the statistics, and plans made for an
   * empty ledger read all of it (0.64 instead of 0.36 ms of Postgres a message). Beside the work, at most once a second.
   */
  lookAtGrowth(): void {
    if (performance.now() < this.growthAfter) return;
    this.growthAfter = performance.now() + this.limits.growthMs;
    refreshStatistics(this.deps.pool).catch((error: unknown) => {
      this.deps.log.warn({ err: error }, 'the ledger could not be analysed');
    });
  }

  /**
   * A claim or a last look that failed may have been committed all the same, when the database died just then. None of its
   * messages was handed over, and nobody but us could have: the claims are given back (they would wait for the end of their
   * lease otherwise), what is `handing` has failed for now.
   */
  async mend(): Promise<void> {
    for (const claim of this.lostClaims.slice()) {
      await giveBackClaim(this.deps.pool, { ...claim, nextAt: this.deps.now() });
      this.lostClaims = this.lostClaims.filter((one) => one !== claim);
    }
    if (this.broken.length === 0) return;
    const broken = this.broken;
    for (const [workspaceId, ones] of Map.groupBy(broken, (one) => one.workspace.id)) {
      const keys = ones.map((one) => one.claimed);
      const nextAt = this.deps.now() + this.limits.mendMs;
      await releaseClaims(this.deps.pool, { workspaceId, keys, nextAt, reason: null });
      const handing = await findHanding(this.deps.pool, workspaceId, keys);
      for (const { claimed, content } of ones.filter((one) => handing.has(one.claimed.id))) {
        const outcome = failedForNow('not_connected', 'The database was lost before it was handed over.');
        const via = content.kind === 'webhook' ? 'webhook' : 'smtp';
        this.results.push({ workspaceId, claimed, outcome, via, sentTo: '' });
      }
    }
    this.broken = this.broken.filter((one) => !broken.includes(one));
  }

  /** Takes as many as there are free connections for; false when there is nothing to take. */
  lookNext(): boolean {
    // What is handed over and not recorded would be uncertain after a crash: there is a limit to it.
    if (this.results.length >= this.limits.unrecordedMax) return false;
    if (this.ready.length === 0 || this.gathersMore()) return false;
    const group = this.takeGroup();
    if (group.length === 0) return false;
    const letters = group.filter((one) => one.content.kind === 'email').length;
    this.looking += 1;
    this.lookingSmtp += letters;
    void this.guarded(
      async () => {
        const handing = await lookAndHand(this.deps, group);
        // In one go with the hand-overs' beginning, so that free connections are never counted twice.
        this.lookingSmtp -= letters;
        for (const one of handing) this.handOver(one);
        this.deps.crash('sender.during_hand_over');
      },
      () => {
        this.lookingSmtp -= letters;
        this.broken.push(...group);
      },
    ).then(() => {
      this.looking -= 1;
      this.pump();
    });
    return true;
  }

  /**
   * Connections come free one by one; a last look for each would cost more than sending does. While others are under way
   * it waits until a few are free, but never longer than some milliseconds.
   */
  gathersMore(): boolean {
    if (this.deps.email === null || this.underWay === 0) return false;
    const free = this.deps.email.freeConnections() - this.lookingSmtp;
    const all = free + this.lookingSmtp + this.underWay;
    if (free >= Math.min(this.ready.length, Math.ceil(all / this.limits.gatherShare))) return false;
    if (this.gathered) {
      this.gathered = false;
      return false;
    }
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      this.gathered = true;
      this.pump();
    }, this.limits.gatherMs);
    return true;
  }

  takeGroup(): readonly Ready[] {
    const [first] = this.ready;
    if (first === undefined) return [];
    const freeSmtp =
      this.deps.email === null ? Infinity : this.deps.email.freeConnections() - this.lookingSmtp;
    const webhooks = [...this.handing.values()].filter((one) => one.via === 'webhook').length;
    let room = { email: Math.max(0, freeSmtp), webhook: this.limits.webhooksMax - webhooks };
    const group: Ready[] = [];
    for (let at = 0; at < this.ready.length && group.length < this.limits.groupMax;) {
      const one = this.ready[at];
      const lane = one?.content.kind === 'webhook' ? 'webhook' : 'email';
      if (one === undefined || one.workspace.id !== first.workspace.id || room[lane] < 1) {
        at += 1;
        continue;
      }
      room = { ...room, [lane]: room[lane] - 1 };
      group.push(one);
      this.ready.splice(at, 1);
    }
    return group;
  }

  handOver(one: Handing): void {
    const { claimed } = one.ready;
    this.handing.set(claimed.id, { claimed, workspaceId: one.workspace.id, via: one.via });
    const letter = one.via === 'smtp' ? 1 : 0;
    this.underWay += letter;
    void this.deliver(one)
      // A channel never throws; should it, nobody knows what left.
      .catch((error: unknown) => uncertain(error instanceof Error ? error.message : String(error)))
      .then((outcome) => {
        this.underWay -= letter;
        this.deps.crash('sender.after_hand_over');
        this.results.push({
          workspaceId: one.workspace.id,
          claimed,
          outcome,
          via: one.via,
          sentTo: one.sentTo,
        });
        this.pump();
      });
  }

  /** Async, so that a mistake in here is an outcome of this one message and never one of its whole group. */
  async deliver(one: Handing): Promise<HandOver> {
    // The last look keeps them already; this door does not rely on it.
    if (isSamplePerson(one.ready.claimed.person.id)) throw new Error('the sample store sends nothing');
    const { content, claimed } = one.ready;
    const sentAt = new Date(this.deps.now());
    if (content.kind === 'webhook') {
      const secret = this.deps.webhookSecret(one.workspace.id);
      return this.deps.webhook.handOver({
        id: `msg_${claimed.id}`,
        url: content.url,
        payload: content.payload,
        sentAt,
        secret,
      });
    }
    const { from, reply_to: replyTo } = one.workspace.sending;
    if (content.kind !== 'email' || from === null || this.deps.email === null)
      throw new Error('a hand-over without a channel');
    const { subject, html, text } = content.message;
    return this.deps.email.handOver({
      id: claimed.id,
      from,
      to: { name: content.toName, address: one.sentTo },
      ...(replyTo === null ? {} : { replyTo }),
      subject,
      html,
      text,
      sentAt,
      ...(content.unsubscribeUrl === null ? {} : { unsubscribeUrl: content.unsubscribeUrl }),
    });
  }

  /** One transaction at a time; what comes back meanwhile goes into the next. */
  async record(): Promise<void> {
    if (this.recording || this.results.length === 0 || this.deps.now() < this.pausedUntil) return;
    this.recording = true;
    // A transaction for each would cost more than sending does; nobody waits for the record but the console.
    if (this.results.length < this.limits.recordMin && this.status === 'running')
      await pause(this.limits.recordAfterMs);
    const workspaceId = this.results[0]?.workspaceId ?? '';
    const batch = this.results.filter((one) => one.workspaceId === workspaceId);
    const done = await this.guarded(() => this.recordAll(workspaceId, batch));
    if (done) {
      const written = new Set(batch);
      this.results.splice(0, this.results.length, ...this.results.filter((one) => !written.has(one)));
      for (const one of batch) this.handing.delete(one.claimed.id);
    }
    this.recording = false;
    this.pump();
    if (this.status === 'stopping') for (const tell of this.idlers.splice(0)) tell();
  }

  /** One that the database refuses must not keep the others from being recorded. */
  async recordAll(workspaceId: string, batch: readonly Result[]): Promise<void> {
    try {
      await writeResults(this.deps, workspaceId, batch);
    } catch (error) {
      if (batch.length === 1) throw error;
      for (const one of batch) await writeResults(this.deps, workspaceId, [one]);
    }
  }

  async renew(): Promise<void> {
    const leaseUntil = this.deps.now() + this.limits.handingLeaseMs;
    const workspaces = Map.groupBy(this.handing.values(), (one) => one.workspaceId);
    await this.guarded(async () => {
      for (const [workspaceId, ones] of workspaces) {
        await renewLeases(this.deps.pool, { workspaceId, keys: ones.map((one) => one.claimed), leaseUntil });
      }
      await this.endLost();
    });
  }

  /** At the start: if no other sender is alive, whatever is `handing` was left by one that died. */
  async recover(): Promise<void> {
    const client = await this.deps.pool.connect();
    let alone = false;
    try {
      const { rows } = await client.query<{ alone: boolean }>('select pg_try_advisory_lock($1) as alone', [
        ALIVE_LOCK,
      ]);
      alone = rows[0]?.alone === true;
      if (alone) {
        for (const { id } of await listSendingWorkspaces(this.deps.pool)) {
          await endOrphans(this.deps, id, null);
          await releaseAllClaims(this.deps.pool, id, this.deps.now());
        }
      }
    } finally {
      // Closing the session gives the lock back, whatever happened.
      client.release(true);
    }
    if (!alone) await this.endLost();
  }

  /** Leases that ran out, of processes that are gone. Our own are renewed long before. */
  async endLost(): Promise<void> {
    for (const { id } of await listSendingWorkspaces(this.deps.pool))
      await endOrphans(this.deps, id, this.deps.now());
  }

  /** A session that holds the lock shared for as long as this process lives. */
  async stayKnown(): Promise<void> {
    if (this.alive !== undefined) return;
    const client = await this.deps.pool.connect();
    let held = true;
    // A lost connection tells of it more than once; it may be given back only once.
    const release = (): void => {
      if (this.alive?.release === release) this.alive = undefined;
      if (held) client.release(true);
      held = false;
    };
    client.on('error', release);
    try {
      await client.query('select pg_advisory_lock_shared($1)', [ALIVE_LOCK]);
    } catch (error) {
      release();
      throw error;
    }
    if (held) this.alive = { release };
  }

  async release(): Promise<void> {
    const held = this.ready.splice(0);
    const byWorkspace = Map.groupBy(held, (one) => one.workspace.id);
    await this.guarded(async () => {
      for (const [workspaceId, ones] of byWorkspace) {
        const keys = ones.map((one) => one.claimed);
        await releaseClaims(this.deps.pool, { workspaceId, keys, nextAt: this.deps.now(), reason: null });
      }
    });
  }

  async idle(): Promise<void> {
    // Without a database results cannot be written; the next start then finds them as uncertain.
    const giveUpAt = performance.now() + this.limits.stopMsMax;
    while (performance.now() < giveUpAt && !this.isIdle()) {
      await new Promise<void>((resolve) => {
        this.idlers.push(resolve);
        setTimeout(resolve, 50);
        this.pump();
      });
    }
  }

  isIdle(): boolean {
    return !this.claiming && this.looking === 0 && this.handing.size === 0 && this.results.length === 0;
  }

  /** A failure of ours (usually: no database) stops nothing for good: it is said, and tried again after a pause. */
  async guarded(work: () => Promise<unknown>, onFailure?: () => void): Promise<boolean> {
    try {
      await work();
      this.trouble = null;
      return true;
    } catch (error) {
      onFailure?.();
      this.trouble = error instanceof Error ? error.message : String(error);
      this.pausedUntil = this.deps.now() + this.limits.pauseMs;
      this.deps.log.error({ err: error }, 'the sender met a failure and tries again');
      return false;
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
