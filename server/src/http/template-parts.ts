// What the doors of templates share: fields as they are sent, the row behind a key, problems in words, and which journeys send it.
import type { Definition } from '@rapport/engine';
import { z } from 'zod';
import { letterSchema } from '../content/blocks/letter.ts';
import type { TemplateProblem } from '../content/problem.ts';
import { bodyOf } from '../content/stored.ts';
import type { TemplateSource } from '../content/template.ts';
import { ProblemError } from '../errors.ts';
import type { Failure, Problem } from '../errors.ts';
import { findTemplate } from '../postgres/templates.ts';
import type { TemplateRow } from '../postgres/templates.ts';
import type { Actor, HttpDeps } from './deps.ts';
import { notFound } from './ids.ts';
import { findReferences } from './references.ts';

export const templateKey = z.string().max(100);
export const templateParams = z.object({ key: templateKey });

/** A body is a letter of blocks or MJML; where both are sent the letter stands. */
export const templateFields = {
  purpose: z.enum(['marketing', 'transactional']),
  subject: z.string().max(2_000),
  preheader: z.string().max(2_000),
  letter: letterSchema.nullable(),
  body_mjml: z.string().max(400_000),
  text: z.string().max(400_000).nullable(),
};

export const draftSchema = z.strictObject({
  purpose: templateFields.purpose.default('marketing'),
  subject: templateFields.subject,
  preheader: templateFields.preheader.default(''),
  letter: templateFields.letter.default(null),
  body_mjml: templateFields.body_mjml.default(''),
  text: templateFields.text.default(null),
});

/** A draft as content/ takes it. */
export function sourceOf(
  draft: z.infer<typeof draftSchema>,
  as: Pick<TemplateSource, 'key' | 'name' | 'version'>,
): TemplateSource {
  const { letter, body_mjml, text, ...rest } = draft;
  return {
    ...rest,
    ...as,
    channel: 'email',
    ...bodyOf({ letter, body_mjml }, draft.purpose),
    ...(text === null || text === '' ? {} : { text }),
  };
}

export async function getTemplate(
  deps: HttpDeps,
  actor: Actor,
  key: string,
  version?: number,
): Promise<TemplateRow> {
  const wanted = { workspaceId: actor.workspaceId, key, ...(version === undefined ? {} : { version }) };
  const row = await findTemplate(deps.pools.console, wanted);
  if (row === undefined) throw notFound('template', key);
  return row;
}

export function usedBy(definition: Definition, template: string): { journey: string; name: string }[] {
  return findReferences(definition, { kind: 'template', key: template }).map(({ key, name }) => ({
    journey: key,
    name,
  }));
}

export function viewProblem(problem: TemplateProblem): {
  code: string;
  path: string;
  message: string;
  hint: string;
} {
  const where = problem.line === undefined ? '' : `Line ${problem.line}: `;
  return {
    code: problem.code,
    path: `/${problem.path}`,
    message: `${where}${problem.message}`,
    hint: problem.hint,
  };
}

export function invalidTemplate(
  shown: readonly { readonly path: string; readonly message: string; readonly hint: string }[],
): ProblemError {
  const problems = shown.map(({ path, message, hint }): Problem => ({
    code: 'invalid_template',
    path,
    message,
    hint,
  }));
  const failure: Failure = {
    code: 'invalid_template',
    path: problems[0]?.path ?? '/',
    message: problems.map((problem) => problem.message).join(' '),
    hint: problems[0]?.hint ?? 'See docs/templates.md.',
  };
  return new ProblemError(failure, { problems });
}
