// Decides which column means what: by what the caller says first, then by its heading, then by its content. A column
// that is needed and not found is a problem that names what was looked for and how to say it.

import { looksLikeDate } from './dates.ts';
import { looksLikeAmount } from './money.ts';
import { listed, notice, problem, shown, type Notice, type Problem } from './problem.ts';
import { HEADINGS, ROLES, TRAIT_ROLES, foldHeading, type Role } from './roles.ts';
import type { Column } from './table.ts';

export type FileKind = 'orders' | 'people';

/** How a column came by its meaning. */
export type Evidence = 'said' | 'heading' | 'content';

export type Mapping = {
  readonly kind: FileKind;
  /** By the column's index. */
  readonly evidence: ReadonlyMap<number, Evidence>;
  readonly roles: Readonly<Partial<Record<Role, Column>>>;
  /** Columns given as `traits.tier=Tier`: kept under that name. */
  readonly traits: readonly { readonly trait: string; readonly column: Column }[];
  /** Columns given as `identity.card=Card number`: identities of a kind of the shop's own. */
  readonly identities: readonly { readonly kind: string; readonly column: Column }[];
  readonly ignored: readonly Column[];
};

export type MappingOutcome =
  | { readonly kind: 'mapped'; readonly mapping: Mapping; readonly notices: readonly Notice[] }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[]; readonly mapping: Mapping };

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** Share of filled cells that must look like it before content alone names a column. */
const CONTENT_SHARE = 0.8;
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]{0,63}$/u;

type Working = {
  readonly columns: readonly Column[];
  readonly sample: readonly (readonly string[])[];
  readonly taken: Map<number, string>;
  readonly evidence: Map<number, Evidence>;
  readonly roles: Partial<Record<Role, Column>>;
  readonly traits: { trait: string; column: Column }[];
  readonly identities: { kind: string; column: Column }[];
  /** Roles that the caller switched off: `--map phone=`. */
  readonly off: Set<Role>;
};

export function mapColumns(
  columns: readonly Column[],
  sample: readonly (readonly string[])[],
  options: { readonly map?: Readonly<Record<string, string>>; readonly kind?: FileKind },
): MappingOutcome {
  const working: Working = {
    columns,
    sample,
    taken: new Map(),
    evidence: new Map(),
    roles: {},
    traits: [],
    identities: [],
    off: new Set(),
  };
  const problems = applyGiven(working, options.map ?? {});
  guessByHeading(working);
  correctByContent(working);
  guessByContent(working, options.kind);
  const kind = options.kind ?? guessKind(working);
  const mapping = finish(working, kind);
  problems.push(...findMissing(mapping, columns));
  if (problems.length > 0) return { kind: 'refused', problems, mapping };
  return { kind: 'mapped', mapping, notices: ignoredNotice(mapping) };
}

function applyGiven(working: Working, map: Readonly<Record<string, string>>): Problem[] {
  const problems: Problem[] = [];
  for (const [target, wanted] of Object.entries(map)) {
    const role = ROLES.find((name) => name === target);
    const trait = /^traits?\.(.+)$/.exec(target)?.[1];
    const identity = /^identity\.(.+)$/.exec(target)?.[1];
    const ownName = trait ?? identity;
    if (role === undefined && (ownName === undefined || !NAME.test(ownName) || FORBIDDEN.has(ownName))) {
      problems.push(
        problem(
          'role_unknown',
          `A column cannot be mapped to '${target}'.`,
          `Use one of ${ROLES.join(', ')}, or traits.NAME for a trait or identity.NAME for an identity of your own.`,
        ),
      );
      continue;
    }
    if (wanted.trim() === '') {
      if (role !== undefined) working.off.add(role);
      continue;
    }
    const column = findColumn(working.columns, wanted);
    if (column === undefined) {
      problems.push(
        problem(
          'column_unknown',
          `There is no column ${shown(wanted)} for '${target}'.`,
          `The columns are ${listed(working.columns.map(({ name }) => name))}. A column can also be given by its number.`,
        ),
      );
      continue;
    }
    working.taken.set(column.index, target);
    working.evidence.set(column.index, 'said');
    if (role !== undefined) working.roles[role] = column;
    else if (trait !== undefined) working.traits.push({ trait, column });
    else if (identity !== undefined) working.identities.push({ kind: identity, column });
  }
  return problems;
}

/** Names that would reach into JavaScript's objects. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

function findColumn(columns: readonly Column[], wanted: string): Column | undefined {
  const exact = columns.find(({ name }) => name === wanted.trim());
  if (exact !== undefined) return exact;
  const folded = foldHeading(wanted);
  const named = columns.find(({ name }) => folded !== '' && foldHeading(name) === folded);
  if (named !== undefined) return named;
  return /^\d{1,3}$/.test(wanted.trim()) ? columns[Number(wanted) - 1] : undefined;
}

function guessByHeading(working: Working): void {
  const byHeading = new Map<string, Column>();
  for (const column of working.columns) {
    const folded = foldHeading(column.name);
    if (!byHeading.has(folded)) byHeading.set(folded, column);
  }
  // Shopify calls the order's number 'Name'.
  const isShopify = byHeading.has('financial status') || byHeading.has('lineitem name');
  for (const role of ROLES) {
    if (working.roles[role] !== undefined || working.off.has(role)) continue;
    const headings = isShopify && role === 'order_id' ? ['name', ...HEADINGS[role]] : HEADINGS[role];
    for (const heading of headings) {
      const column = byHeading.get(heading);
      if (column === undefined || working.taken.has(column.index)) continue;
      take(working, role, column, 'heading');
      break;
    }
  }
}

/** A heading can promise what the cells do not hold: 'Customer' is an e-mail address, a name or a number. */
function correctByContent(working: Working): void {
  const { user_id: userId } = working.roles;
  if (
    userId === undefined ||
    !['customer', 'user', 'buyer', 'client', 'kunde', 'cliente', 'klant'].includes(foldHeading(userId.name))
  )
    return;
  if (share(working, userId, (cell) => EMAIL.test(cell)) >= CONTENT_SHARE) {
    if (working.roles.email !== undefined) return;
    release(working, 'user_id', userId);
    take(working, 'email', userId, 'content');
  } else if (share(working, userId, (cell) => /\p{L}+ \p{L}+/u.test(cell)) >= CONTENT_SHARE) {
    release(working, 'user_id', userId);
    if (working.roles.name === undefined) take(working, 'name', userId, 'content');
  }
}

function guessByContent(working: Working, kind: FileKind | undefined): void {
  guessRole(working, 'email', (cell) => EMAIL.test(cell));
  if (kind === 'people') return;
  guessRole(working, 'date', (cell) => looksLikeDate(cell));
  if (working.roles.date === undefined) return;
  if (working.roles.price !== undefined || working.roles.line_total !== undefined) return;
  guessRole(
    working,
    'total',
    (cell) => /[.,]\d{2}\D*$/.test(cell) && looksLikeAmount(cell) && !looksLikeDate(cell),
  );
}

/** Only a single candidate is taken: of two columns of dates nobody can say which is meant. */
function guessRole(working: Working, role: Role, looksRight: (cell: string) => boolean): void {
  if (working.roles[role] !== undefined || working.off.has(role)) return;
  const candidates = working.columns.filter(
    (column) => !working.taken.has(column.index) && share(working, column, looksRight) >= CONTENT_SHARE,
  );
  if (candidates.length === 1 && candidates[0] !== undefined) take(working, role, candidates[0], 'content');
}

function share(working: Working, column: Column, test: (cell: string) => boolean): number {
  let filled = 0;
  let right = 0;
  for (const fields of working.sample) {
    const cell = fields[column.index]?.trim() ?? '';
    if (cell === '') continue;
    filled += 1;
    if (test(cell)) right += 1;
  }
  return filled === 0 ? 0 : right / filled;
}

/** Orders have an amount, or an order id with a date; a list of people has neither. */
function guessKind(working: Working): FileKind {
  const { total, price, line_total: lineTotal, order_id: orderId, date, quantity, status } = working.roles;
  const given = (role: Role) => working.roles[role] !== undefined;
  if (orderId !== undefined || price !== undefined || lineTotal !== undefined || quantity !== undefined)
    return 'orders';
  if (total !== undefined && foldHeading(total.name) !== 'total spent') return 'orders';
  if (date !== undefined && (status !== undefined || !given('email'))) return 'orders';
  return total !== undefined && date !== undefined ? 'orders' : 'people';
}

function finish(working: Working, kind: FileKind): Mapping {
  const roles: Partial<Record<Role, Column>> = {};
  const kept: readonly Role[] =
    kind === 'orders' ? ROLES : ['user_id', 'email', 'phone', 'consent', ...TRAIT_ROLES];
  for (const role of kept) {
    const column = working.roles[role];
    if (column !== undefined) roles[role] = column;
  }
  const used = new Set<number>();
  for (const column of Object.values(roles)) used.add(column.index);
  for (const { column } of [...working.traits, ...working.identities]) used.add(column.index);
  return {
    kind,
    evidence: working.evidence,
    roles,
    traits: working.traits,
    identities: working.identities,
    ignored: working.columns.filter(({ index }) => !used.has(index)),
  };
}

function findMissing(mapping: Mapping, columns: readonly Column[]): Problem[] {
  const { roles } = mapping;
  const problems: Problem[] = [];
  const exist = `The columns are ${listed(columns.map(({ name }) => name))}.`;
  const hasIdentity = roles.user_id ?? roles.email ?? roles.phone ?? mapping.identities[0];
  if (hasIdentity === undefined) {
    problems.push(
      missing('a column that says who it is (customer id, e-mail or phone)', 'user_id', columns, exist),
    );
  }
  if (mapping.kind === 'people') return problems;
  if (roles.date === undefined)
    problems.push(missing('a column with the date of the order', 'date', columns, exist));
  if (roles.total === undefined && roles.line_total === undefined && roles.price === undefined) {
    problems.push(missing('a column with the amount of the order', 'total', columns, exist));
  }
  return problems;
}

function missing(what: string, role: Role, columns: readonly Column[], exist: string): Problem {
  const looked = HEADINGS[role]
    .slice(0, 6)
    .map((heading) => `'${heading}'`)
    .join(', ');
  const example = columns[columns.length - 1]?.name ?? 'Column';
  return problem(
    'column_missing',
    `There is no ${what.replace(/^a /, '')}; looked for ${looked} and the like. ${exist}`,
    `Say which column it is by its name or number, for example --map ${role}=${/[\s,=]/.test(example) ? `"${example}"` : example}.`,
  );
}

function ignoredNotice(mapping: Mapping): Notice[] {
  if (mapping.ignored.length === 0) return [];
  return [
    notice(
      'columns_ignored',
      `Not imported: ${listed(mapping.ignored.map(({ name }) => name))}.`,
      'Keep a column as a trait with --map traits.NAME=COLUMN.',
    ),
  ];
}

function take(working: Working, role: Role, column: Column, evidence: Evidence): void {
  working.taken.set(column.index, role);
  working.evidence.set(column.index, evidence);
  working.roles[role] = column;
}

function release(working: Working, role: Role, column: Column): void {
  working.taken.delete(column.index);
  working.evidence.delete(column.index);
  delete working.roles[role];
}
