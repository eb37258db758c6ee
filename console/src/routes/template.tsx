// One template to edit, beside what it would say to a real person.
import { Button, Select, Tabs, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useBlocker, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { itemsOf } from '../api/page.ts';
import { peopleQuery } from '../api/people.ts';
import type { FieldProblem } from '../api/problem.ts';
import {
  changeTemplate,
  previewTemplate,
  templateQuery,
  testTemplate,
  type Template,
  type TemplateDraft,
} from '../api/templates.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { WidthFrame } from '../ui/html-frame.tsx';
import { Card, Page } from '../ui/page.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Answer, Loading, Trouble } from '../ui/states.tsx';
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
          <SendTest templateKey={template.key} person={person} disabled={changed} />
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

function SendTest({
  templateKey,
  person,
  disabled,
}: {
  readonly templateKey: string;
  readonly person: string | undefined;
  readonly disabled: boolean;
}) {
  const navigate = useNavigate();
  const can = useCan();
  const test = useMutation({
    mutationFn: () => testTemplate(templateKey, person),
    onSuccess: ({ id }) => navigate({ to: '/mailbox/$id', params: { id } }),
    onError: () =>
      notifications.show({ color: 'red', message: 'The test could not be written. The preview says why.' }),
  });
  if (!can.care) return null;
  return (
    <Button
      loading={test.isPending}
      disabled={disabled}
      title={disabled ? 'Save first' : undefined}
      onClick={() => test.mutate()}
    >
      Send to the mailbox
    </Button>
  );
}

function Preview({ template, draft }: { readonly template: Template; readonly draft: TemplateDraft }) {
  const { person } = route.useSearch();
  const [asked] = useDebouncedValue(draft, 400);
  const preview = useQuery({
    queryKey: ['template-preview', template.key, asked, person ?? null],
    queryFn: () => previewTemplate({ ...asked, purpose: template.purpose, ...(person ? { person } : {}) }),
    placeholderData: (before) => before,
    staleTime: 60_000,
  });
  return (
    <div className="stack preview">
      <PersonChoice templateKey={template.key} />
      {preview.isError && <Trouble error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <Loading rows={8} />}
      {preview.data && (
        <>
          <Problems problems={preview.data.problems} />
          <Card className="preview-head">
            <p className="preview-subject">{preview.data.subject ?? draft.subject}</p>
            {preview.data.preheader && <p className="muted">{preview.data.preheader}</p>}
            {preview.data.to && <p className="muted">To {preview.data.to}</p>}
          </Card>
          <Tabs defaultValue="html">
            <Tabs.List>
              <Tabs.Tab value="html">As seen</Tabs.Tab>
              <Tabs.Tab value="text">As text</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="html" pt="sm">
              {preview.data.html ? (
                <WidthFrame html={preview.data.html} title="Preview of the message" />
              ) : (
                <p className="muted">Nothing to show until the problems are solved.</p>
              )}
            </Tabs.Panel>
            <Tabs.Panel value="text" pt="sm">
              <Card>
                <pre>{preview.data.text ?? ''}</pre>
              </Card>
            </Tabs.Panel>
          </Tabs>
        </>
      )}
    </div>
  );
}

function Problems({ problems }: { readonly problems: readonly FieldProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <div className="note note-danger" role="status">
      <ul className="problems">
        {problems.map((problem, i) => (
          <li key={i}>
            <code>{problem.path}</code> {problem.message} <span className="muted">{problem.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function PersonChoice({ templateKey }: { readonly templateKey: string }) {
  const { person } = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, 200);
  const found = useInfiniteQuery(peopleQuery({ search: search || undefined }));
  const options = (found.data ? itemsOf(found.data) : []).map((one) => ({
    value: one.id,
    label: `${nameOf(one)}${one.name && one.email ? ` · ${one.email}` : ''}`,
  }));
  const known =
    person && !options.some((one) => one.value === person)
      ? [{ value: person, label: 'The person chosen' }]
      : [];
  return (
    <Select
      label="As it would read to"
      placeholder="Somebody about whom nothing is known"
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'Nobody in particular' }}
      nothingFoundMessage="Nobody has a name or address that begins like this."
      filter={({ options: all }) => all}
      data={[...known, ...options]}
      value={person ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) =>
        void navigate({
          to: '/templates/$key',
          params: { key: templateKey },
          search: { person: id ?? undefined },
          replace: true,
          ignoreBlocker: true,
          resetScroll: false,
        })
      }
    />
  );
}
