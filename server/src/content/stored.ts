// From a template's row to its source. What is stored passed `compileTemplate` when it was saved.
import type { TemplateSource } from './template.ts';

export interface StoredTemplate {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly body: {
    readonly subject?: string;
    readonly preheader?: string;
    readonly body_mjml?: string;
    readonly text?: string | null;
    readonly purpose?: TemplateSource['purpose'];
  };
}

export function toTemplateSource(row: StoredTemplate): TemplateSource {
  const { body } = row;
  return {
    key: row.key,
    name: row.name,
    channel: 'email',
    purpose: body.purpose ?? 'marketing',
    subject: body.subject ?? '',
    preheader: body.preheader ?? '',
    body_mjml: body.body_mjml ?? '',
    ...(typeof body.text === 'string' && body.text !== '' ? { text: body.text } : {}),
    version: row.version,
  };
}
