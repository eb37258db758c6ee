// The accounts that somebody's group calls put them into, newest first, each with what those calls said of it.
import type { EventFact } from '../input.ts';
import type { Account, AccountsSlot } from './slot.ts';
import { isLater } from './slots.ts';
import type { TraitLimits } from './traits.ts';
import { mergeSaid, saidIn } from './traits.ts';

export const ACCOUNTS_MAX = 8;
export const ACCOUNT_LIMITS: TraitLimits = { keys: 32, keyChars: 64, chars: 256 };
const ID_CHARS_MAX = 200;

const NONE: AccountsSlot = { kind: 'accounts', accounts: [], more: false };

/** Null when the event puts nobody into an account. */
export function accountId(event: EventFact): string | null {
  if (event.type !== 'group') return null;
  const id = event.properties['group_id'];
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id !== '' && id.length <= ID_CHARS_MAX ? id : null;
}

export function foldAccount(
  slot: AccountsSlot | undefined,
  event: EventFact,
): AccountsSlot | undefined | 'needs_history' {
  const account = accountIn(event);
  if (account === null) return slot;
  const before = slot ?? NONE;
  const next = placed(before, account);
  // Perhaps it was known once, with traits that are forgotten.
  const isUnsure = before.more && !before.accounts.some(({ id }) => id === account.id);
  return isUnsure && next !== before ? 'needs_history' : next;
}

/** Of all events at once. */
export function refoldAccounts(events: readonly EventFact[]): AccountsSlot | undefined {
  const accounts = events.map(accountIn).filter((account) => account !== null);
  return accounts.length === 0 ? undefined : newestOf(accounts);
}

export function mergeAccounts(a: AccountsSlot, b: AccountsSlot): AccountsSlot | 'needs_history' {
  const merged = newestOf([...a.accounts, ...b.accounts]);
  const isUnsure = ({ id }: Account): boolean =>
    [a, b].some((each) => each.more && !each.accounts.some((known) => known.id === id));
  return merged.accounts.some(isUnsure)
    ? 'needs_history'
    : { ...merged, more: merged.more || a.more || b.more };
}

function newestOf(all: readonly Account[]): AccountsSlot {
  const byId = new Map<string, Account>();
  for (const account of all) {
    const known = byId.get(account.id);
    byId.set(account.id, known === undefined ? account : joined(known, account));
  }
  const sorted = [...byId.values()].sort((a, b) => (isNewer(a, b) ? -1 : 1));
  return { kind: 'accounts', accounts: sorted.slice(0, ACCOUNTS_MAX), more: sorted.length > ACCOUNTS_MAX };
}

function accountIn(event: EventFact): Account | null {
  const id = accountId(event);
  return id === null ? null : { id, at: event.at, event: event.id, traits: saidIn(event, ACCOUNT_LIMITS) };
}

/** The same slot where the account is older than those that are kept. */
function placed(slot: AccountsSlot, account: Account): AccountsSlot {
  const known = slot.accounts.find(({ id }) => id === account.id);
  const next = known === undefined ? account : joined(known, account);
  const others = slot.accounts.filter(({ id }) => id !== account.id);
  let i = 0;
  while (i < others.length && isNewer(others[i]!, next)) i++;
  if (i >= ACCOUNTS_MAX) return slot.more ? slot : { ...slot, more: true };
  const accounts = others.toSpliced(i, 0, next);
  return {
    kind: 'accounts',
    accounts: accounts.slice(0, ACCOUNTS_MAX),
    more: slot.more || accounts.length > ACCOUNTS_MAX,
  };
}

function joined(a: Account, b: Account): Account {
  const { at, event } = isNewer(b, a) ? b : a;
  return { id: a.id, at, event, traits: mergeSaid(a.traits, b.traits, ACCOUNT_LIMITS) };
}

function isNewer(a: Account, b: Account): boolean {
  return isLater(a.at, a.event, b.at, b.event);
}
