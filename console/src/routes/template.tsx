// One template to edit, beside what it would say to a real person.
import { Button, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useBlocker, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { changeTemplate, templateQuery, type Template, type TemplateDraft } from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { LetterPreview } from '../ui/letter-preview.tsx';
import { Page } from '../ui/page.tsx';
import { SendToYourself } from '../ui/send-to-yourself.tsx';
import { Answer, Trouble } from '../ui/states.tsx';
import './template.css';

const route = getRouteApi('/shell/templates/$key');

export function TemplatePage() {
  const { key } = route.useParams();
  const template = useQuery({ ...templateQuery(key), refetchOnWindowFocus: false });
  return <Answer of={template}>{(it) => <Editor key={it.key} template={it} />}</Answer>;
}

const draftFrom = (template: Template): TemplateDraft => ({
  subject: template.subject,
  preheader: template.preheader ?? '',
  body_mjml: template.body_mjml,
  text: template.text,
});

function Editor({ template }: { readonly template: Template }) {
  const can = useCan();
  const client = useQueryClient();
  const { person } = route.useSearch();
  const [draft, setDraft] = useState(() => draftFrom(template));
  const changed = JSON.stringify(draft) !== JSON.stringify(draftFrom(template));
  useBlocker({
    shouldBlockFn: () => changed && !window.confirm('Leave without saving what you changed?'),
    enableBeforeUnload: changed,
  });
  const save = useMutation({
    mutationFn: () => changeTemplate(template.key, draft),
    onSuccess: (fresh) => {
      client.setQueryData(templateQuery(template.key).queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['templates'] });
      notifications.show({ message: `Saved as version ${fresh.version}.` });
    },
  });
  const set = (part: Partial<TemplateDraft>) => setDraft((old) => ({ ...old, ...part }));
  return (
    <Page
      title={template.name}
      back={{ to: '/templates', label: 'Templates' }}
      lead={<UsedBy template={template} />}
      actions={
        <>
          <SendToYourself
            template={template.key}
            draft={{ ...draft, purpose: template.purpose }}
            person={person}
          />
          {can.define && (
            <Button
              variant="filled"
              disabled={!changed}
              loading={save.isPending}
              onClick={() => save.mutate()}
            >
              Save
            </Button>
          )}
        </>
      }
    >
      {save.isError && <Trouble error={save.error} />}
      <div className="two even">
        <div className="stack">
          <TextInput
            label="Subject"
            value={draft.subject}
            error={fieldError(save.error, '/subject')}
            onChange={(e) => set({ subject: e.currentTarget.value })}
          />
          <TextInput
            label="Preview line"
            description="Shown after the subject in most mail readers"
            value={draft.preheader}
            error={fieldError(save.error, '/preheader')}
            onChange={(e) => set({ preheader: e.currentTarget.value })}
          />
          <Textarea
            className="mono"
            label="Body (MJML with Liquid)"
            autosize
            minRows={16}
            maxRows={36}
            spellCheck={false}
            value={draft.body_mjml}
            error={fieldError(save.error, '/body_mjml')}
            onChange={(e) => set({ body_mjml: e.currentTarget.value })}
          />
          <Variables />
        </div>
        <Preview template={template} draft={draft} />
      </div>
    </Page>
  );
}

function UsedBy({ template }: { readonly template: Template }) {
  return (
    <>
      Version {template.version}
      {template.used_by.map((user) => (
        <span key={user.journey}>
          {' · used by '}
          <Link to="/journeys/$id" params={{ id: user.journey }}>
            {user.name}
          </Link>
        </span>
      ))}
    </>
  );
}

function Variables() {
  return (
    <p className="muted">
      Names in double braces are filled in for each person, for example{' '}
      <code>{'{{ person.first_name | default: "there" }}'}</code> or <code>{'{{ business.name }}'}</code>.
    </p>
  );
}

function Preview({ template, draft }: { readonly template: Template; readonly draft: TemplateDraft }) {
  const { person } = route.useSearch();
  const navigate = useNavigate();
  return (
    <div className="preview">
      <LetterPreview
        template={template.key}
        draft={{ ...draft, purpose: template.purpose }}
        person={person}
        onPerson={(id) =>
          void navigate({
            to: '/templates/$key',
            params: { key: template.key },
            search: (old) => ({ ...old, person: id }),
            replace: true,
            ignoreBlocker: true,
            resetScroll: false,
          })
        }
      />
    </div>
  );
}
