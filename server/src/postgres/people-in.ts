// People by their stages, segments and tiers alone, joined by and, or and not: answered from memberships, so nobody is asked.
// Each membership that is named is read once from its index (memberships_of).
import type { Rule } from '@rapport/engine';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

/** What memberships can answer. */
export type Belonging =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Belonging[] }
  | { readonly kind: 'not'; readonly part: Belonging }
  | {
      readonly kind: 'in';
      readonly what: 'stage' | 'segment' | 'tier';
      readonly of: string;
      readonly values: readonly string[];
    };

/** Null: the rule asks for something that memberships do not hold. */
export function belongingOf(rule: Rule): Belonging | null {
  switch (rule.kind) {
    case 'all':
    case 'any': {
      const parts = rule.rules.map(belongingOf).filter((part) => part !== null);
      return parts.length < rule.rules.length ? null : { kind: rule.kind, parts };
    }
    case 'not': {
      const part = belongingOf(rule.rule);
      return part === null ? null : { kind: 'not', part };
    }
    case 'segment':
      return { kind: 'in', what: 'segment', of: rule.segment, values: [''] };
    case 'stage':
      return rule.for === undefined
        ? { kind: 'in', what: 'stage', of: rule.model, values: [rule.stage].flat() }
        : null;
    case 'tier':
      return rule.for === undefined
        ? { kind: 'in', what: 'tier', of: rule.programme, values: [rule.tier].flat() }
        : null;
    default:
      return null;
  }
}

export interface BelongingPlace {
  readonly at: Date;
  readonly id: string;
}

/** Newest people first. */
export async function listBelonging(
  db: Queryable,
  workspaceId: string,
  page: { readonly of: Belonging; readonly before: BelongingPlace | null; readonly limit: number },
): Promise<readonly (PersonKey & { readonly at: Date })[]> {
  const values: unknown[] = [workspaceId, page.limit];
  const where = conditionOf(page.of, values);
  const before =
    page.before === null
      ? ''
      : `and (p.created_at, p.id) < ($${values.push(page.before.at)}::timestamptz, $${values.push(page.before.id)}::uuid)`;
  const { rows } = await db.query<PersonKey & { readonly at: Date }>(
    `select p.bucket, p.id, p.created_at as at
       from people p
      where p.workspace_id = $1 and p.merged_into is null and ${where} ${before}
      order by p.created_at desc, p.id desc
      limit $2`,
    values,
  );
  return rows;
}

export async function countBelonging(db: Queryable, workspaceId: string, of: Belonging): Promise<number> {
  const values: unknown[] = [workspaceId];
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n
       from people p
      where p.workspace_id = $1 and p.merged_into is null and ${conditionOf(of, values)}`,
    values,
  );
  return rows[0]?.n ?? 0;
}

/** Each membership is read once into a hash, whatever stands around it. */
function conditionOf(of: Belonging, values: unknown[]): string {
  const add = (value: unknown): string => `$${values.push(value)}`;
  switch (of.kind) {
    case 'all':
      return of.parts.length === 0
        ? 'true'
        : `(${of.parts.map((part) => conditionOf(part, values)).join(' and ')})`;
    case 'any':
      return of.parts.length === 0
        ? 'false'
        : `(${of.parts.map((part) => conditionOf(part, values)).join(' or ')})`;
    case 'not':
      return `not ${conditionOf(of.part, values)}`;
    case 'in':
      return `((p.bucket, p.id) in (
        select m.bucket, m.person_id from memberships m
         where m.workspace_id = $1 and m.kind = ${add(of.what)} and m."of" = ${add(of.of)} and m.value = any(${add(of.values)}::text[])))`;
  }
}
