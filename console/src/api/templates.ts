// Templates: what messages say, and what they would say to one person. Topics: what people agree to hear about.
import { queryOptions } from '@tanstack/react-query';
import { get, post, put } from './client.ts';
import type { PageOf } from './page.ts';
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
  readonly body_mjml: string;
  readonly text: string | null;
  readonly versions: readonly { readonly version: number; readonly created_at: string }[];
}

export interface TemplateDraft {
  readonly subject: string;
  readonly preheader: string;
  readonly body_mjml: string;
  readonly text: string | null;
}

export interface TemplatePreview {
  readonly subject: string | null;
  readonly preheader: string | null;
  readonly html: string | null;
  readonly text: string | null;
  readonly to: string | null;
  readonly problems: readonly FieldProblem[];
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
export const changeTemplate = (key: string, draft: TemplateDraft) => put<Template>(at(key), draft);
/** What an unsaved draft would say; problems come beside it, not as a failure. */
export const previewTemplate = (draft: TemplateDraft & { purpose?: string; person?: string }) =>
  post<TemplatePreview>('/api/templates/preview', draft);
export const testTemplate = (key: string, person?: string) =>
  post<{ id: string }>(`${at(key)}/test`, person ? { person } : {});
export const topicsQuery = queryOptions({
  queryKey: ['topics'],
  queryFn: () => get<PageOf<Topic>>('/api/topics'),
  staleTime: 60_000,
});
