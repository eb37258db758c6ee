// What was asked of an import, as it is stored, turned into what reading takes; and the context a file is read under.

import { createHmac } from 'node:crypto';
import { getWorkspace } from '../postgres/definitions.ts';
import type { StoredOptions } from '../postgres/imports.ts';
import type { Queryable } from '../postgres/pool.ts';
import { DATE_FORMATS } from './dates.ts';
import type { ImportContext, ImportOptions } from './survey.ts';
import type { DelimiterName } from './table.ts';

/** Rows without order ids are told apart by this; another secret makes other ids. */
function importKey(secret: string, workspaceId: string): Buffer {
  return createHmac('sha256', secret).update(`import rows of ${workspaceId}`).digest();
}

/** What a file is read under: the workspace's zone and currency, and the instant of the start. */
export async function contextOf(
  deps: { readonly pool: Queryable; readonly secret: string; readonly now: () => number },
  workspaceId: string,
  options: StoredOptions,
): Promise<ImportContext> {
  const { settings } = await getWorkspace(deps.pool, workspaceId);
  const now = options.read_at === undefined ? deps.now() : Date.parse(options.read_at);
  return {
    timeZone: settings.time_zone,
    currency: settings.currency,
    now,
    asOf: options.as_of === null ? now + 1 : Date.parse(options.as_of),
    key: importKey(deps.secret, workspaceId),
  };
}

/** Stored options as reading takes them; what is none of ours was refused at the door. */
export function readingOptions(options: StoredOptions): ImportOptions {
  const { kind, map, decimal, encoding, header, currency } = options;
  const dateFormat = DATE_FORMATS.find((name) => name === options.date_format);
  const delimiter = findDelimiter(options.delimiter);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(map === undefined ? {} : { map }),
    ...(dateFormat === undefined ? {} : { dateFormat }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(header === undefined ? {} : { header }),
    ...(currency === undefined ? {} : { currency }),
  };
}

export const DELIMITER_NAMES = [
  'comma',
  'semicolon',
  'tab',
  'pipe',
  'whitespace',
] as const satisfies readonly DelimiterName[];

function findDelimiter(name: string | undefined): DelimiterName | undefined {
  return DELIMITER_NAMES.find((known) => known === name);
}
