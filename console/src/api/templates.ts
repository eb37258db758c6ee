// Templates: what messages say, and what they would say to one person. Topics: what people agree to hear about.
import { queryOptions } from '@tanstack/react-query';
import type { Letter } from '../lib/letter.ts';
import type { FilledField } from '../lib/letter-words.ts';
import { get, post, put } from './client.ts';
import type { PageOf } from './page.ts';
import type { PersonRow } from './people.ts';
import type { FieldProblem } from './problem.ts';

export interface TemplateRow {
  readonly key: string;
  readonly name: string;
  readonly channel: string;
  readonly purpose: string;
  readonly subject: string;
  readonly version: number;
  readonly updated_at: string;
  readonly used_by: readonly { readonly journey: string; readonly name: string }[];
}

export interface Template extends TemplateRow {
  readonly preheader: string | null;
  /** Null: written as MJML by hand. */
  readonly letter: Letter | null;
  readonly body_mjml: string;
  readonly text: string | null;
  readonly versions: readonly { readonly version: number; readonly created_at: string }[];
}

/** A letter of blocks, or MJML written by hand. */
export type TemplateDraft = {
  readonly subject: string;
  readonly preheader: string;
  readonly text: string | null;
} & ({ readonly letter: Letter } | { readonly body_mjml: string });

/** As it was saved: what a letter of blocks and one in MJML share, and the whole. */
export const linesOf = ({ subject, preheader, text }: Template) => ({
  subject,
  preheader: preheader ?? '',
  text,
});
export function draftOfTemplate(template: Template): TemplateDraft {
  const { letter, body_mjml } = template;
  return { ...linesOf(template), ...(letter === null ? { body_mjml } : { letter }) };
}

export interface Brand {
  readonly colour: string | null;
  readonly logo_url: string | null;
}

export interface TemplatePreview {
  readonly subject: string | null;
  readonly preheader: string | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly to: string | null;
  /** What was filled in for this person. */
  readonly fields: readonly FilledField[];
  readonly problems: readonly FieldProblem[];
  /** Worth a look before it is used; forbids nothing. */
  readonly advice: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

export interface Topic {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly position: number;
}

const at = (key: string) => `/api/templates/${encodeURIComponent(key)}`;

export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: () => get<PageOf<TemplateRow>>('/api/templates'),
});
export const templateQuery = (key: string) =>
  queryOptions({ queryKey: ['templates', key], queryFn: () => get<Template>(at(key)) });
/** Refused with `conflict` when somebody saved a newer version than the one it is based on. */
export const changeTemplate = (key: string, draft: TemplateDraft, basedOn: number) =>
  put<Template>(at(key), { ...draft, based_on: basedOn });
export const newTemplate = (template: {
  readonly name: string;
  readonly subject: string;
  readonly letter: Letter;
}) => post<Template>('/api/templates', template);
export const brandQuery = queryOptions({
  queryKey: ['brand'],
  queryFn: () => get<Brand>('/api/settings/brand'),
});
export const changeBrand = (brand: Brand) => put<Brand>('/api/settings/brand', brand);
export type UnsavedTemplate = TemplateDraft & { readonly purpose?: string };
/** What a template would say to somebody: as saved, or as it is being written. Problems come beside it, not as a failure. */
export const previewTemplate = (what: {
  readonly template: string;
  readonly draft?: UnsavedTemplate | undefined;
  readonly person?: string | undefined;
}) => {
  const person = what.person === undefined ? {} : { person: what.person };
  return what.draft === undefined
    ? post<TemplatePreview>(`${at(what.template)}/preview`, person)
    : post<TemplatePreview>('/api/templates/preview', { ...what.draft, ...person });
};
/** The same, as the preview and whoever shows problems beside it ask; `reader` undefined: not known yet. */
export const letterPreviewQuery = (what: {
  readonly template: string;
  readonly draft?: UnsavedTemplate | undefined;
  readonly reader: string | undefined;
}) =>
  queryOptions({
    queryKey: ['template-preview', what.template, what.draft ?? null, what.reader ?? null],
    queryFn: () =>
      previewTemplate({
        template: what.template,
        draft: what.draft,
        person: what.reader === nobody ? undefined : what.reader,
      }),
    enabled: what.reader !== undefined,
    placeholderData: (before: TemplatePreview | undefined) => before,
    staleTime: what.draft === undefined ? 0 : 60_000,
  });
/** In place of a person's id: somebody about whom nothing is known. */
export const nobody = 'nobody';
export interface Readers {
  readonly items: readonly PersonRow[];
  /** Who they are, in words; null: anyone. */
  readonly of: string | null;
}
/** Real people whom it suits, those with a name and an address first. */
export const readersQuery = (template: string) =>
  queryOptions({
    queryKey: ['templates', template, 'readers'],
    queryFn: () => get<Readers>(`${at(template)}/readers`),
    staleTime: 60_000,
  });
export interface SentTest {
  readonly id: string;
  readonly to: string;
  readonly went: 'mailbox' | 'sent' | 'failed' | 'uncertain';
  readonly note: string | null;
}
/** To whoever asks, as it would read to this person. */
export const sendTest = (what: {
  readonly template: string;
  readonly draft?: UnsavedTemplate | undefined;
  readonly person?: string | undefined;
}) =>
  post<SentTest>(`${at(what.template)}/test`, {
    ...(what.person === undefined ? {} : { person: what.person }),
    ...(what.draft === undefined ? {} : { draft: what.draft }),
  });
export const topicsQuery = queryOptions({
  queryKey: ['topics'],
  queryFn: () => get<PageOf<Topic>>('/api/topics'),
  staleTime: 60_000,
});
