// A template written as MJML with Liquid, for whoever wants every detail in hand.
import { Button, Textarea, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Template, TemplateDraft } from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { Page } from '../ui/page.tsx';
import { SendToYourself } from '../ui/send-to-yourself.tsx';
import { useDraft } from './template-draft.ts';
import { Preview, SavingNotes, UsedBy, useBack } from './template-frame.tsx';

const route = getRouteApi('/shell/templates/$key');

type MjmlDraft = Extract<TemplateDraft, { body_mjml: string }>;

export function MjmlEditor({ template }: { readonly template: Template }) {
  const can = useCan();
  const { person } = route.useSearch();
  const back = useBack();
  const { subject, body_mjml, text } = template;
  const inHand = useDraft<MjmlDraft>(template, {
    subject,
    preheader: template.preheader ?? '',
    body_mjml,
    text,
  });
  const { draft, set, error } = inHand;
  return (
    <Page
      title={template.name}
      back={back}
      lead={<UsedBy template={template} />}
      actions={
        <>
          <SendToYourself
            template={template.key}
            draft={{ ...draft, purpose: template.purpose }}
            person={person}
          />
          {can.define && (
            <Button variant="filled" disabled={!inHand.changed} loading={inHand.saving} onClick={inHand.save}>
              Save
            </Button>
          )}
        </>
      }
    >
      <SavingNotes inHand={inHand} />
      <div className="two even">
        <div className="stack">
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
            <code>{'{{ person.first_name | default: "there" }}'}</code> or{' '}
            <code>{'{{ business.name }}'}</code>.
          </p>
        </div>
        <Preview template={template} draft={draft} />
      </div>
    </Page>
  );
}
