// The list of people as a file: the columns that were chosen, streamed page by page so that it is never in memory, with an entry in the
// log of changes before the first byte. Cells cannot carry formulas into a spreadsheet.
import { minorDigits } from '@rapport/engine';
import type { Rule } from '@rapport/engine';
import Papa from 'papaparse';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ProblemError } from '../errors.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import type { CountsOf } from './lifecycle-view.ts';
import { limitMax } from './paging.ts';
import { filterOf, listedBy } from './people-columns.ts';
import { listPeoplePage, searchPeoplePage, viewPeople } from './people-list.ts';
import type { PeopleQuery, PersonItem } from './people-list.ts';
import { parseAsked } from './segment-count.ts';
import { listMatching } from './segment-draft.ts';
import { theStart } from './ask-everyone.ts';

const usual = ['name', 'email', 'phone', 'orders', 'last_order'];

interface Asked {
  readonly query: Omit<PeopleQuery, 'cursor' | 'limit'>;
  readonly search: string;
  readonly rule: Rule | null;
}

export function registerPeopleExport(app: App, deps: HttpDeps, counts: CountsOf): void {
  app.get(
    '/api/people/export',
    {
      schema: {
        tags: ['people'],
        summary: 'People as CSV: by search, stage, segment or a rule, with the columns chosen',
        querystring: listedBy.extend({
          search: z.string().trim().max(200).default(''),
          /** A rule, as JSON. */
          rule: z.string().max(20_000).optional(),
        }),
      },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      const { workspaceId } = actor;
      const { search, stage, segment, rule } = request.query;
      const columns = request.query.columns?.length ? request.query.columns : usual;
      const asked: Asked = {
        query: filterOf(workspaceId, request.query, columns),
        search,
        rule: rule === undefined ? null : await parseAsked(deps, actor, readJson(rule)),
      };
      const by = { search, stage, segment, rule };
      const what = { action: 'people.export', subject: 'people', detail: { columns, ...by } };
      await changeOther(deps, actor, what, async () => undefined);
      let gone = false;
      reply.raw.once('close', () => (gone = true));
      const { people } = await counts(workspaceId);
      const pages = asked.rule === null ? listed(deps, asked) : matching(deps, asked, people, () => !gone);
      const { time_zone: zone, currency } = (await deps.programs.get(workspaceId)).definition;
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="people.csv"')
        .header('cache-control', 'no-store')
        .send(Readable.from(csvOf(pages, { columns, zone, currency })));
    },
  );
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError({
      code: 'invalid_query',
      path: 'rule',
      message: 'The rule is no JSON.',
      hint: 'Send it as JSON.stringify gives it, encoded for an address.',
    });
  }
}

async function* listed(deps: HttpDeps, { query, search }: Asked): AsyncGenerator<readonly PersonItem[]> {
  let cursor: string | undefined;
  do {
    const page: { readonly items: readonly PersonItem[]; readonly next_cursor: string | null } =
      search === ''
        ? await listPeoplePage(deps, { ...query, limit: limitMax, cursor })
        : await searchPeoplePage(deps, { ...query, search, limit: limitMax, cursor });
    yield page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

async function* matching(
  deps: HttpDeps,
  { query, rule }: Asked,
  people: number,
  isWanted: () => boolean,
): AsyncGenerator<readonly PersonItem[]> {
  if (rule === null) return;
  let from: Parameters<typeof listMatching>[2]['from'] | null = theStart;
  while (from !== null && isWanted()) {
    const { workspaceId } = query;
    const found: Awaited<ReturnType<typeof listMatching>> = await listMatching(
      deps,
      { workspaceId, rule, people },
      { from, limit: limitMax },
      isWanted,
    );
    yield await viewPeople(deps, workspaceId, found.keys, query.columns);
    from = found.next;
  }
}

interface Form {
  readonly columns: readonly string[];
  readonly zone: string;
  readonly currency: string;
}

async function* csvOf(
  pages: AsyncIterable<readonly PersonItem[]>,
  { columns, ...form }: Form,
): AsyncGenerator<string> {
  const lines = (rows: readonly (readonly string[])[]): string =>
    `${Papa.unparse(
      rows.map((row) => [...row]),
      { escapeFormulae: true, newline: '\r\n' },
    )}\r\n`;
  // With a byte order mark spreadsheets read letters beyond ASCII as they are.
  yield `\uFEFF${lines([columns.map(headOf)])}`;
  for await (const people of pages) {
    if (people.length > 0)
      yield lines(people.map((person) => columns.map((column) => cellOf(person, column, form))));
  }
}

const headOf = (column: string): string => column.replace(/^trait:/, '').replace(':', ' ');

function cellOf(person: PersonItem, column: string, { zone, currency }: Omit<Form, 'columns'>): string {
  const [kind = '', ...rest] = column.split(':');
  const of = rest.join(':');
  switch (kind) {
    case 'orders':
      return String(person.orders);
    case 'last_order':
      return dayOf(person.last_order_at, zone);
    case 'created':
      return dayOf(person.created_at, zone);
    case 'segments':
      return person.segments.join(' ');
    case 'stage':
      return person.stages[of]?.stage ?? '';
    case 'since':
      return dayOf(person.stages[of]?.since ?? null, zone);
    case 'spent':
    case 'worth':
      return majorOf(person[kind] ?? null, currency);
    case 'points':
      return String(person.points?.[of] ?? '');
    case 'tier':
      return person.tiers?.[of] ?? '';
    case 'trait':
      return textOf(person.traits?.[of]);
    case 'name':
    case 'email':
    case 'phone':
    case 'user_id':
    case 'id':
      return person[kind] ?? '';
    default:
      return '';
  }
}

/** As spreadsheets count: 12.50. */
function majorOf(minor: number | null, currency: string): string {
  const digits = minorDigits(currency);
  return minor === null ? '' : (minor / 10 ** digits).toFixed(digits);
}

/** Local day of the workspace, which every spreadsheet reads. */
function dayOf(at: string | null, zone: string): string {
  return at === null ? '' : Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number | boolean);
}
