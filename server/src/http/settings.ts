// What the business is and what counts as a purchase and a visit. A change of these is a new program version; nobody is contacted.
import { isDeepStrictEqual } from 'node:util';
import type { Selector } from '@rapport/engine';
import { z } from 'zod';
import { getWorkspace, industries, industryEvents, updateWorkspace } from '../postgres/definitions.ts';
import type { Industry, Workspace, WorkspaceSettings } from '../postgres/definitions.ts';
import { sayInPurchaseWords } from '../postgres/industry.ts';
import type { Connection } from '../postgres/pool.ts';
import { bumpProgram } from '../postgres/programs.ts';
import { actorOf } from './auth.ts';
import { changeDefinitions } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';
import { durationSchema, selectorSchema } from './wire.ts';

export const timeZoneSchema = z
  .string()
  .max(60)
  .refine(isTimeZone, {
    error: (issue) => `"${String(issue.input)}" is not a time zone such as Europe/Madrid`,
  });

export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, 'is not an ISO 4217 currency such as EUR')
  .refine(
    (code) => Intl.supportedValuesOf('currency').includes(code),
    'is not an ISO 4217 currency such as EUR',
  );

const hourSchema = z.number().int().min(0).max(24);

const policySchema = z.object({
  marketing_per_day: z.number().int().min(0).max(1000),
  marketing_per_week: z.number().int().min(0).max(1000),
  per_week_by_channel: z.record(z.string().max(40), z.number().int().min(0).max(1000)),
  quiet_hours: z.record(z.string().max(40), z.tuple([hourSchema, hourSchema])),
  shelf_life: durationSchema,
  complaint_wait: durationSchema,
});

const settingsSchema = z
  .object({
    name: z.string(),
    time_zone: z.string(),
    currency: z.string(),
    industry: z.enum(industries),
    purchase: selectorSchema,
    refund: selectorSchema,
    visit: selectorSchema,
    gap_days: z.number().nullable(),
    visit_gap_days: z.number().nullable(),
    strict_linking: z.boolean(),
    policy: policySchema,
    program_version: z.number().int(),
  })
  .meta({ id: 'Settings' });

const changeSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  time_zone: timeZoneSchema.optional(),
  currency: currencySchema.optional(),
  industry: z.enum(industries).optional(),
  purchase: selectorSchema.optional(),
  refund: selectorSchema.optional(),
  visit: selectorSchema.optional(),
  strict_linking: z.boolean().optional(),
  policy: policySchema.partial().optional(),
  // Read only: taken, so that what was read can be sent back whole, and ignored.
  gap_days: z.number().nullable().optional(),
  visit_gap_days: z.number().nullable().optional(),
  program_version: z.number().optional(),
});

export function registerSettings(app: App, deps: HttpDeps): void {
  app.get(
    '/api/settings',
    { schema: { tags: ['settings'], summary: 'The business', response: { 200: settingsSchema } } },
    async (request) => viewSettings(await getWorkspace(deps.pools.console, actorOf(request).workspaceId)),
  );

  app.put(
    '/api/settings',
    {
      schema: {
        tags: ['settings'],
        summary: 'Change any part of it',
        body: changeSchema,
        response: { 200: settingsSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const what = {
        action: 'settings.update',
        subject: 'workspace',
        detail: { changed: Object.keys(request.body) },
      };
      await changeDefinitions(deps, actor, what, async (connection) => {
        const before = await getWorkspace(connection, actor.workspaceId);
        const after = mergeSettings(before, request.body);
        await updateWorkspace(connection, after);
        await sayInPurchaseWords(connection, {
          workspaceId: actor.workspaceId,
          from: before.settings.purchase,
          to: after.settings.purchase,
          at: new Date(deps.now()),
        });
        return { result: null, bumps: !isDeepStrictEqual(before.settings, after.settings) };
      });
      return viewSettings(await getWorkspace(deps.pools.console, actor.workspaceId));
    },
  );
}

/** Only what was sent changes; a new industry brings its own events unless these were sent too. */
function mergeSettings(before: Workspace, change: z.infer<typeof changeSchema>): Workspace {
  const { settings } = before;
  const events =
    change.industry !== undefined && change.industry !== settings.industry
      ? industryEvents(change.industry)
      : { purchase: settings.purchase, refund: settings.refund, visit: settings.visit };
  const merged: WorkspaceSettings = {
    ...settings,
    time_zone: change.time_zone ?? settings.time_zone,
    currency: change.currency ?? settings.currency,
    industry: change.industry ?? settings.industry,
    purchase: toSelector(change.purchase) ?? events.purchase,
    refund: toSelector(change.refund) ?? events.refund,
    visit: toSelector(change.visit) ?? events.visit,
    strict_linking: change.strict_linking ?? settings.strict_linking,
    policy: { ...settings.policy, ...defined(change.policy ?? {}) },
  };
  return { ...before, name: change.name ?? before.name, settings: merged };
}

/** What the owner said at set-up; the caller holds the transaction in which the owner is made. */
export async function writeBusiness(
  connection: Connection,
  setup: {
    readonly workspaceId: string;
    readonly at: Date;
    readonly business: {
      readonly name: string;
      readonly time_zone: string;
      readonly currency: string;
      readonly industry: Industry;
    };
  },
): Promise<void> {
  await connection.query('select 1 from workspaces where id = $1 for update', [setup.workspaceId]);
  const before = await getWorkspace(connection, setup.workspaceId);
  const after = mergeSettings(before, setup.business);
  await updateWorkspace(connection, after);
  await sayInPurchaseWords(connection, {
    workspaceId: setup.workspaceId,
    from: before.settings.purchase,
    to: after.settings.purchase,
    at: setup.at,
  });
  await bumpProgram(connection, setup.workspaceId, {
    what: 'settings.update workspace',
    by: null,
    at: setup.at.getTime(),
  });
}

function viewSettings(workspace: Workspace): z.infer<typeof settingsSchema> {
  const { settings } = workspace;
  return {
    name: workspace.name,
    time_zone: settings.time_zone,
    currency: settings.currency,
    industry: settings.industry,
    purchase: selectorSchema.parse(settings.purchase),
    refund: selectorSchema.parse(settings.refund),
    visit: selectorSchema.parse(settings.visit),
    gap_days: settings.gap_days ?? null,
    visit_gap_days: settings.visit_gap_days ?? null,
    strict_linking: settings.strict_linking === true,
    policy: policySchema.parse(settings.policy),
    program_version: workspace.program_version,
  };
}

function toSelector(selector: z.infer<typeof selectorSchema> | undefined): Selector | undefined {
  if (selector === undefined) return undefined;
  const { event, where } = selector;
  return where === undefined
    ? { event }
    : { event, where: where.map(({ value, ...rest }) => (value === undefined ? rest : { ...rest, value })) };
}

function defined<T extends object>(parts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 know no daylight saving; a business has a place.
  if (/^[+-]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
