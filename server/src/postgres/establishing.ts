// How history that an import stored is to be lived through: as of which day, by which import, with which consents.
import type { EstablishOptions } from '@rapport/engine';
import type { PersonKey } from './bucket.ts';
import type { Queryable } from './pool.ts';

interface ImportRow {
  readonly id: string;
  readonly as_of: string | null;
  readonly permission: string | null;
  readonly created_at: Date;
}

/** The newest import that got as far as storing: it restates what earlier ones established. */
export async function loadEstablishing(
  client: Queryable,
  workspaceId: string,
  _person: PersonKey,
  now: number,
): Promise<Omit<EstablishOptions, 'now'>> {
  const { rows } = await client.query<ImportRow>({
    name: 'import_newest',
    text: `select id, options->>'as_of' as as_of, options->>'permission' as permission, created_at
           from imports
           where workspace_id = $1 and started_at is not null and status <> 'preview'
           order by started_at desc
           limit 1`,
    values: [workspaceId],
  });
  const row = rows[0];
  if (row === undefined) return { asOf: now, importId: 'unknown', consents: [] };
  const asOf = row.as_of === null ? row.created_at.getTime() : Date.parse(row.as_of);
  return {
    asOf: Number.isNaN(asOf) ? now : Math.min(asOf, now),
    importId: row.id,
    consents: consentsOf(row.permission),
  };
}

function consentsOf(permission: string | null): EstablishOptions['consents'] {
  if (permission !== 'existing' && permission !== 'opted_in' && permission !== 'opted-in') return [];
  const basis = permission === 'existing' ? 'existing_customer' : 'opted_in';
  return [{ channel: 'email', topic: '*', status: 'given', basis, source: 'import' }];
}
