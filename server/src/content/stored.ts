// From a template's row to its source. What is stored passed `compileTemplate` when it was saved.
import type { Letter } from './blocks/letter.ts';
import { letterMjml } from './blocks/mjml.ts';
import type { TemplateSource } from './template.ts';

export interface StoredTemplate {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly body: {
    readonly subject?: string;
    readonly preheader?: string;
    readonly body_mjml?: string;
    /** A letter of blocks has no MJML of its own: it is made anew, so that a better look reaches every letter. */
    readonly letter?: object | null;
    readonly text?: string | null;
    readonly purpose?: TemplateSource['purpose'];
  };
}

export function toTemplateSource(row: StoredTemplate): TemplateSource {
  const { body } = row;
  const purpose = body.purpose ?? 'marketing';
  const { letter } = body;
  return {
    key: row.key,
    name: row.name,
    channel: 'email',
    purpose,
    subject: body.subject ?? '',
    preheader: body.preheader ?? '',
    ...bodyOf({ letter: (letter ?? null) as Letter | null, body_mjml: body.body_mjml ?? '' }, purpose),
    ...(typeof body.text === 'string' && body.text !== '' ? { text: body.text } : {}),
    version: row.version,
  };
}

/** Of a letter of blocks the MJML is made; of any other it is what was written. */
export function bodyOf(
  body: { readonly letter: Letter | null; readonly body_mjml: string },
  purpose: TemplateSource['purpose'],
): Pick<TemplateSource, 'body_mjml' | 'letter'> {
  const { letter } = body;
  return letter === null ? { body_mjml: body.body_mjml } : { letter, body_mjml: letterMjml(letter, purpose) };
}
