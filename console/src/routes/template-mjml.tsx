// A template written as MJML with Liquid, for whoever wants every detail in hand.
import { Textarea, TextInput } from '@mantine/core';
import { linesOf, type Template, type TemplateDraft } from '../api/templates.ts';
import { fieldError } from '../lib/fields.ts';
import { useTemplateDraft } from './template-draft.ts';
import { TemplateFrame } from './template-frame.tsx';

type MjmlDraft = Extract<TemplateDraft, { body_mjml: string }>;

export function MjmlEditor({ template }: { readonly template: Template }) {
  const { body_mjml } = template;
  const inHand = useTemplateDraft<MjmlDraft>(template, { ...linesOf(template), body_mjml });
  const { value: draft, set, error } = inHand;
  return (
    <TemplateFrame template={template} inHand={inHand}>
      <TextInput
        label="Subject"
        value={draft.subject}
        error={fieldError(error, '/subject')}
        onChange={(e) => set({ subject: e.currentTarget.value }, 'subject')}
      />
      <TextInput
        label="Preview line"
        description="Shown after the subject in most mail readers"
        value={draft.preheader}
        error={fieldError(error, '/preheader')}
        onChange={(e) => set({ preheader: e.currentTarget.value }, 'preheader')}
      />
      <Textarea
        className="mono"
        label="Body (MJML with Liquid)"
        autosize
        minRows={16}
        maxRows={36}
        spellCheck={false}
        value={draft.body_mjml}
        error={fieldError(error, '/body_mjml')}
        onChange={(e) => set({ body_mjml: e.currentTarget.value }, 'body')}
      />
      <p className="muted">
        Names in double braces are filled in for each person, for example{' '}
        <code>{'{{ person.first_name | default: "there" }}'}</code> or <code>{'{{ business.name }}'}</code>.
      </p>
    </TemplateFrame>
  );
}
