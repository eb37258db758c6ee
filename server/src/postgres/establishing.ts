// How history that an import stored is to be lived through: as of which day, by which import, with which consents.
// A consent of a file never speaks against somebody's own word.
import type { ConsentChange, EstablishOptions, EventFact, Person } from '@rapport/engine';
import type { Queryable } from './pool.ts';

/** What the newest import says about everyone it touched. */
export interface Establishing {
  /** End of the file's history; null: now. */
  readonly asOf: number | null;
  readonly importId: string;
  readonly permission: 'none' | 'existing' | 'opted_in';
  /** Where the permission comes from, in the words of whoever imported. */
  readonly source: string;
  /** The file says per person who agreed. */
  readonly consentColumn: boolean;
}

interface ImportRow {
  readonly id: string;
  readonly as_of: string | null;
  readonly permission: string | null;
  readonly source: string | null;
  readonly given_on: string | null;
  readonly consent_column: boolean | null;
}

/** The newest import that got as far as storing and was not taken back: it restates what earlier ones established. */
export async function loadEstablishing(client: Queryable, workspaceId: string): Promise<Establishing> {
  const { rows } = await client.query<ImportRow>({
    name: 'import_newest',
    text: `select id, options->>'as_of' as as_of, options->>'permission' as permission,
             options->>'permission_source' as source, options->>'permission_date' as given_on,
             (options->>'consent_column')::boolean as consent_column
           from imports
           where workspace_id = $1 and started_at is not null and status not in ('preview', 'undoing', 'undone')
           order by started_at desc, id desc
           limit 1`,
    values: [workspaceId],
  });
  const row = rows[0];
  const asOf = row?.as_of === null || row === undefined ? Number.NaN : Date.parse(row.as_of);
  return {
    asOf: Number.isNaN(asOf) ? null : asOf,
    importId: row?.id ?? 'unknown',
    permission: row?.permission === 'existing' || row?.permission === 'opted_in' ? row.permission : 'none',
    source: sourceWords(row),
    consentColumn: row?.consent_column === true,
  };
}

function sourceWords(row: ImportRow | undefined): string {
  const said = [row?.source, row?.given_on].filter(Boolean).join(', ');
  return said === '' ? 'import' : `import: ${said}`;
}

/** For one person with all their stored events, in order of time. */
export function establishOptions(
  how: Establishing,
  person: Person,
  history: readonly EventFact[],
  now: number,
): EstablishOptions {
  // Facts later than the as-of day are facts all the same: nobody is lived through to a day before them, and nobody who
  // has lived on is taken back by an older file.
  const newest = history.at(-1)?.at ?? 0;
  const lived = person.standing.seq === 0 ? 0 : (person.frozen_at ?? now);
  const asOf = Math.min(Math.max(how.asOf ?? now, newest, lived), now);
  return { asOf, now, importId: how.importId, consents: consentsOf(how, person, history) };
}

function consentsOf(
  how: Establishing,
  person: Person,
  history: readonly EventFact[],
): readonly ConsentChange[] {
  if (how.permission === 'none') return [];
  if (!history.some(({ identities }) => identities.some(([kind]) => kind === 'email'))) return [];
  const withdrawn = Object.entries(person.standing.consents).some(
    ([key, { status }]) => status === 'withdrawn' && /^(email|\*)\//.test(key),
  );
  if (withdrawn || history.some(({ name }) => name === 'Consent Withdrawn')) return [];
  if (how.permission === 'existing' && !history.some(({ name }) => name === 'Order Completed')) return [];
  if (how.consentColumn) {
    const said = history.findLast(({ traits }) => traits['accepts_marketing'] !== undefined);
    if (said?.traits['accepts_marketing'] !== true) return [];
  }
  if (person.standing.consents['email/*']?.status === 'given') return [];
  const basis = how.permission === 'existing' ? 'existing_customer' : 'opted_in';
  return [{ channel: 'email', topic: '*', status: 'given', basis, source: how.source }];
}
