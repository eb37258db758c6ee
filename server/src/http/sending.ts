// How this workspace sends: the switch between mailbox, test and live, who it is from, and what is still missing for it.
// Switching is the only thing that makes letters leave; an SMTP server alone never does.
import { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import { derivedSecret } from '../config.ts';
import { ProblemError } from '../errors.ts';
import { getSendingWorkspace, sendingModes, updateSending } from '../postgres/sending.ts';
import type { SendingSettings } from '../postgres/sending.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { Actor, App, HttpDeps } from './deps.ts';

const addressSchema = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>()",;:\\[\]]+@[^\s@<>()",;:\\[\]]+\.[^\s@<>()",;:\\[\]]+$/, 'is not an e-mail address');

const allowSchema = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>]*@[^\s@<>]+$/, 'is neither an address nor a domain such as @shop.example')
  .transform((entry) => entry.toLowerCase());

const singleLine = z
  .string()
  .trim()
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must be one line');

/** `{ "name", "address" }`, or as people write it: `Blue Door Tea <hello@shop.example>`. */
const fromSchema = z.union([
  z.strictObject({ name: singleLine.max(100).default(''), address: addressSchema }),
  z
    .string()
    .max(400)
    .transform((written) => {
      const [, name = '', address = written] = /^([^<>]*)<([^<>]+)>$/.exec(written.trim()) ?? [];
      return { name: name.trim().replace(/^"|"$/g, ''), address: address.trim() };
    })
    .pipe(z.object({ name: singleLine.max(100), address: addressSchema })),
]);

const changeSchema = z.strictObject({
  mode: z.enum(sendingModes).optional(),
  allow: z.array(allowSchema).max(500).optional(),
  from: fromSchema.nullable().optional(),
  reply_to: addressSchema.nullable().optional(),
  postal_address: singleLine.max(300).nullable().optional(),
});

const checkSchema = z.object({
  key: z.string(),
  state: z.enum(['ok', 'missing', 'warning', 'unknown']),
  note: z.string(),
});
type Check = z.infer<typeof checkSchema>;

const sendingSchema = z
  .object({
    mode: z.enum(sendingModes),
    allow: z.array(z.string()),
    from: z.object({ name: z.string(), address: z.string() }).nullable(),
    reply_to: z.string().nullable(),
    postal_address: z.string().nullable(),
    smtp: z.object({ configured: z.boolean(), host: z.string().nullable() }),
    webhook_secret: z.string().nullable(),
    checklist: z.array(checkSchema),
  })
  .meta({ id: 'Sending' });

const DNS_MS = 2_000;
/** Who may connect things sees what webhooks are signed with. */
const CONNECTORS: readonly Actor['role'][] = ['owner', 'admin', 'developer'];

export function registerSending(app: App, deps: HttpDeps): void {
  app.get(
    '/api/settings/sending',
    {
      schema: {
        tags: ['sending'],
        summary: 'Where letters go, and what is missing',
        querystring: z.object({ check: z.literal('dns').optional() }),
        response: { 200: sendingSchema },
      },
    },
    async (request) => view(deps, actorOf(request), { dns: request.query.check === 'dns' }),
  );

  app.put(
    '/api/settings/sending',
    {
      schema: {
        tags: ['sending'],
        summary: 'Change any part of it',
        body: changeSchema,
        response: { 200: sendingSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const change = defined(request.body);
      const what = {
        action: 'sending.update',
        subject: 'workspace',
        detail: { changed: Object.keys(change), mode: change.mode ?? null },
      };
      await changeOther(deps, actor, what, async (connection) => {
        await connection.query('select 1 from workspaces where id = $1 for update', [actor.workspaceId]);
        const { sending } = await getSendingWorkspace(connection, actor.workspaceId);
        const after = {
          ...sending,
          ...change,
          postal_address: orNull(change.postal_address, sending.postal_address),
        };
        const missing = missingFor(deps, after);
        if (missing !== null) throw missing;
        await updateSending(connection, actor.workspaceId, after);
      });
      deps.wake.sender();
      return view(deps, actor, { dns: false });
    },
  );
}

/** What cannot be done without. The rest of the checklist warns. */
function missingFor(deps: HttpDeps, sending: SendingSettings): ProblemError | null {
  if (sending.mode === 'mailbox') return null;
  const missing = [
    ...(sending.from === null ? ['from address'] : []),
    ...(deps.config.smtpUrl === null ? ['SMTP server (set SMTP_URL and start again)'] : []),
  ];
  if (missing.length === 0) return null;
  return new ProblemError({
    code: 'conflict',
    message: `Sending cannot be switched to "${sending.mode}": there is no ${missing.join(', and no ')}.`,
    hint: 'Send `from` and `mode` together, or set it first. A postal address belongs in every marketing letter too.',
  });
}

async function view(
  deps: HttpDeps,
  actor: Actor,
  options: { readonly dns: boolean },
): Promise<z.infer<typeof sendingSchema>> {
  const { sending } = await getSendingWorkspace(deps.pools.console, actor.workspaceId);
  const { smtpUrl } = deps.config;
  const host = smtpUrl === null ? null : (URL.parse(smtpUrl)?.hostname ?? null);
  return {
    mode: sending.mode,
    allow: [...sending.allow],
    from: sending.from,
    reply_to: sending.reply_to,
    postal_address: sending.postal_address,
    smtp: { configured: smtpUrl !== null, host },
    webhook_secret: CONNECTORS.includes(actor.role)
      ? `whsec_${derivedSecret(deps.config.secret, `webhooks ${actor.workspaceId}`)}`
      : null,
    checklist: [
      ...ownChecks(sending, host),
      ...(await dnsChecks(sending.from?.address ?? null, options.dns)),
    ],
  };
}

function ownChecks(sending: SendingSettings, host: string | null): Check[] {
  return [
    sending.from === null
      ? { key: 'from', state: 'missing', note: 'Say who the letters are from.' }
      : { key: 'from', state: 'ok', note: `${sending.from.name} <${sending.from.address}>` },
    sending.postal_address === null
      ? {
          key: 'postal_address',
          state: 'missing',
          note: 'The law asks for a postal address in every marketing letter.',
        }
      : { key: 'postal_address', state: 'ok', note: sending.postal_address },
    host === null
      ? { key: 'smtp', state: 'missing', note: 'Set SMTP_URL and start Rapport again.' }
      : { key: 'smtp', state: 'ok', note: host },
  ];
}

async function dnsChecks(address: string | null, look: boolean): Promise<Check[]> {
  const domain = address?.slice(address.lastIndexOf('@') + 1) ?? null;
  if (domain === null || !look) {
    return ['spf', 'dkim', 'dmarc'].map((key) => ({ key, state: 'unknown', note: 'Not looked up.' }));
  }
  const [spf, dmarc] = await Promise.all([texts(domain), texts(`_dmarc.${domain}`)]);
  return [
    recordCheck('spf', spf, /^v=spf1\b/i, `${domain} names no servers that may send for it.`),
    {
      key: 'dkim',
      state: 'unknown',
      note: 'Signed by your SMTP provider under a name only it knows: look at a received message.',
    },
    recordCheck('dmarc', dmarc, /^v=DMARC1\b/i, `${domain} does not say what to do with forged mail.`),
  ];
}

function recordCheck(key: string, records: readonly string[] | null, wanted: RegExp, missing: string): Check {
  if (records === null) return { key, state: 'unknown', note: 'The name service did not answer.' };
  const found = records.find((record) => wanted.test(record));
  return found === undefined
    ? { key, state: 'warning', note: missing }
    : { key, state: 'ok', note: found.slice(0, 200) };
}

async function texts(name: string): Promise<readonly string[] | null> {
  const resolver = new Resolver({ timeout: DNS_MS, tries: 1 });
  try {
    return (await resolver.resolveTxt(name)).map((parts) => parts.join(''));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'ENOTFOUND' || code === 'ENODATA' ? [] : null;
  }
}

function orNull(sent: string | null | undefined, before: string | null): string | null {
  if (sent === undefined) return before;
  return sent === null || sent === '' ? null : sent;
}

function defined<T extends object>(parts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
