// The look of letters: a colour and a logo, once for all of them. What is unreadable is refused with the nearest way out.
import { z } from 'zod';
import { contrast, isReadable } from '../content/brand.ts';
import { ProblemError } from '../errors.ts';
import { getSendingWorkspace, updateBrand } from '../postgres/sending.ts';
import { actorOf } from './auth.ts';
import { changeOther } from './changes.ts';
import type { App, HttpDeps } from './deps.ts';

const brandSchema = z
  .object({ colour: z.string().nullable(), logo_url: z.string().nullable() })
  .meta({ id: 'Brand' });
const changeSchema = z.strictObject({
  colour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'is not a colour such as #0F6B62')
    .transform((colour) => colour.toUpperCase())
    .nullable()
    .optional(),
  logo_url: z
    .string()
    .trim()
    .max(2_000)
    .regex(/^https:\/\/[^\s<>"{}|\\^`]+$/, 'must begin with https://')
    .nullable()
    .optional(),
});

export function registerBrand(app: App, deps: HttpDeps): void {
  app.get(
    '/api/settings/brand',
    { schema: { tags: ['content'], summary: 'The look of letters', response: { 200: brandSchema } } },
    async (request) => (await getSendingWorkspace(deps.pools.console, actorOf(request).workspaceId)).brand,
  );

  app.put(
    '/api/settings/brand',
    {
      schema: {
        tags: ['content'],
        summary: 'Change it; every letter not yet written has the new look',
        body: changeSchema,
        response: { 200: brandSchema },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { colour, logo_url } = request.body;
      if (typeof colour === 'string' && !isReadable(colour)) throw unreadable(colour);
      const before = (await getSendingWorkspace(deps.pools.console, actor.workspaceId)).brand;
      const brand = {
        colour: colour === undefined ? before.colour : colour,
        logo_url: logo_url === undefined ? before.logo_url : logo_url,
      };
      const what = { action: 'settings.brand', subject: 'workspace', detail: { ...brand } };
      await changeOther(deps, actor, what, (connection) => updateBrand(connection, actor.workspaceId, brand));
      return brand;
    },
  );
}

function unreadable(colour: string): ProblemError {
  return new ProblemError({
    code: 'invalid_body',
    path: '/colour',
    message: `Links in ${colour} could not be read on white: their contrast is ${contrast(colour, '#FFFFFF').toFixed(1)}, and 4.5 is needed.`,
    hint: 'Choose a darker shade of it.',
  });
}
