// Ids as they are printed: with their kind (`per_0190…`), accepted with or without it. Inside, only the UUID travels.
import { ProblemError } from '../errors.ts';

export const idKinds = {
  view: 'view of people',
  per: 'person',
  not: 'note',
  msg: 'message',
  run: 'run',
  key: 'key',
  imp: 'import',
  bkt: 'backtest',
  fit: 'fit',
  act: 'activation',
  prk: 'parked input',
  qua: 'quarantined event',
  aud: 'entry of the audit log',
  usr: 'user',
  inv: 'invitation',
  ses: 'session',
  wsp: 'workspace',
} as const;
export type IdKind = keyof typeof idKinds;

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/;

export function printId(kind: IdKind, id: string): string {
  return `${kind}_${id}`;
}

/** The UUID inside, or undefined when the text is no id of this kind. */
export function findId(kind: IdKind, text: string): string | undefined {
  const lower = text.trim().toLowerCase();
  const bare = lower.startsWith(`${kind}_`) ? lower.slice(kind.length + 1) : lower;
  if (!uuid.test(bare)) return undefined;
  const hex = bare.replaceAll('-', '');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** As findId; what is no id names nothing, so the answer is 404. */
export function readId(kind: IdKind, text: string): string {
  const id = findId(kind, text);
  if (id === undefined) throw notFound(idKinds[kind], text);
  return id;
}

/** 404, saying what was looked for. */
export function notFound(what: string, name: string): ProblemError {
  return new ProblemError({
    code: 'not_found',
    message: `There is no ${what} "${name.slice(0, 100)}".`,
    hint: 'Check the id or key; the list of what exists is one level up.',
  });
}
