// A letter as one real person would get it: in the inbox, as seen, as text, and what of it was not known of them. Shows; changes and
// sends nothing.
import { ActionIcon, Select, Tabs } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsOf } from '../api/page.ts';
import { peopleQuery, personQuery } from '../api/people.ts';
import type { FieldProblem } from '../api/problem.ts';
import {
  letterPreviewQuery,
  nobody,
  readersQuery,
  type Readers,
  type TemplatePreview,
  type UnsavedTemplate,
} from '../api/templates.ts';
import { useSession } from '../app/formats.tsx';
import { fallbackWords } from '../lib/letter-words.ts';
import { WidthFrame } from './html-frame.tsx';
import { Icon } from './icons.tsx';
import { ProblemList } from './problem-list.tsx';
import './letter-preview.css';
import { Card } from './page.tsx';
import { nameOf } from './person-name.tsx';
import { Loading, Note, Trouble } from './states.tsx';

/** Longer beginnings are not looked for. */
const SEARCH_MAX = 100;

export interface LetterPreviewProps {
  /** Key of the template: whom it suits, and what is shown while there is no draft. */
  readonly template: string;
  /** As it is being written; absent: as it was saved. */
  readonly draft?: UnsavedTemplate | undefined;
  /** Whom it is written to, or `nobody`; absent: the first person whom it suits. */
  readonly person?: string | undefined;
  /** Somebody else was chosen; absent: the choice is kept here. */
  readonly onPerson?: (id: string) => void;
}

export function LetterPreview({ template, draft, person, onPerson }: LetterPreviewProps) {
  const [kept, keep] = useState(person);
  const chosen = onPerson ? person : (kept ?? person);
  const reader = useReader(template, chosen);
  const [asked] = useDebouncedValue(draft, 300);
  const preview = useQuery(letterPreviewQuery({ template, draft: asked, reader: reader.id }));
  return (
    <div className="stack letter-preview">
      <ReaderChoice readers={reader.readers} chosen={reader.id} onChoose={onPerson ?? keep} />
      {preview.isError && <Trouble error={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <Loading rows={8} />}
      {preview.data && <Shown preview={preview.data} stale={preview.isPlaceholderData} />}
    </div>
  );
}

export interface Reader {
  /** Undefined until it is known whom the letter suits. */
  readonly id: string | undefined;
  readonly readers: Readers | undefined;
}

/** The person chosen, else the first whom the letter suits, else nobody. */
export function useReader(template: string, chosen: string | undefined): Reader {
  const readers = useQuery(readersQuery(template));
  const first = readers.data ? (readers.data.items[0]?.id ?? nobody) : undefined;
  return { id: chosen ?? (readers.isError ? nobody : first), readers: readers.data };
}

function ReaderChoice({
  readers,
  chosen,
  onChoose,
}: {
  readonly readers: Readers | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const suited = readers?.items ?? [];
  const known = suited.find(({ id }) => id === chosen);
  const stranger = chosen === undefined || chosen === nobody || known !== undefined ? undefined : chosen;
  const person = useQuery({ ...personQuery(stranger ?? ''), enabled: stranger !== undefined });
  const label = known
    ? labelOf(known)
    : stranger !== undefined && person.data
      ? nameOf({ id: stranger, name: person.data.name, email: emailIn(person.data) })
      : 'The person chosen';
  // The name of whoever is chosen stands in the field: that is no search.
  const searching = search !== '' && search !== label.trim();
  const found = useInfiniteQuery({
    ...peopleQuery({ search: search.slice(0, SEARCH_MAX) }),
    enabled: searching,
  });
  const offered = searching && found.data ? itemsOf(found.data).slice(0, 20) : suited;
  const options = [
    ...(stranger === undefined || offered.some(({ id }) => id === stranger)
      ? []
      : [{ value: stranger, label }]),
    ...offered.map((one) => ({ value: one.id, label: labelOf(one) })),
    { value: nobody, label: 'Somebody about whom nothing is known' },
  ];
  const at = suited.findIndex(({ id }) => id === chosen);
  const step = (by: number): void => {
    const next = suited[(at + by + suited.length) % suited.length];
    if (next) onChoose(next.id);
  };
  return (
    <div className="reader">
      <Select
        className="reader-choice"
        label="Written to"
        description={known && readers?.of ? whoWords(suited.length, readers.of) : undefined}
        searchable
        allowDeselect={false}
        nothingFoundMessage="Nobody has a name or address that begins like this."
        filter={({ options: all }) => all}
        data={options}
        value={chosen ?? null}
        searchValue={typed}
        onSearchChange={setTyped}
        onChange={(id) => id && onChoose(id)}
        renderOption={({ option }) => <bdi className="reader-name">{option.label}</bdi>}
      />
      <ActionIcon
        variant="default"
        size={36}
        aria-label="The person before"
        disabled={suited.length < 2}
        onClick={() => step(at < 0 ? 0 : -1)}
      >
        <Icon name="left" />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={36}
        aria-label="The next person"
        disabled={suited.length < 2}
        onClick={() => step(1)}
      >
        <Icon name="right" />
      </ActionIcon>
    </div>
  );
}

/** `of` is a noun ("customers") or where they are ("in “Unusually quiet”"). */
const whoWords = (count: number, of: string): string =>
  of.startsWith('in ') ? `One of ${count} people ${of}` : `One of ${count} ${of}`;

const labelOf = (one: Parameters<typeof nameOf>[0]): string =>
  `${nameOf(one)}${one.name && one.email ? ` · ${one.email}` : ''}`;

const emailIn = (person: {
  readonly identities: readonly { kind: string; value: string }[];
}): string | null => person.identities.find(({ kind }) => kind === 'email')?.value ?? null;

function Shown({ preview, stale }: { readonly preview: TemplatePreview; readonly stale: boolean }) {
  return (
    <div className="stack" aria-busy={stale}>
      <Problems problems={preview.problems} />
      {preview.subject !== null && <InboxLine preview={preview} />}
      <NotKnown preview={preview} />
      <Advice advice={preview.advice} />
      {preview.html !== null && (
        <Tabs defaultValue="html">
          <Tabs.List>
            <Tabs.Tab value="html">As seen</Tabs.Tab>
            <Tabs.Tab value="text">As text</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="html" pt="sm">
            <WidthFrame html={preview.html} title="Preview of the letter" />
          </Tabs.Panel>
          <Tabs.Panel value="text" pt="sm">
            <Card>
              <pre dir="auto">{preview.text ?? ''}</pre>
            </Card>
          </Tabs.Panel>
        </Tabs>
      )}
    </div>
  );
}

/** As mail readers list it: who it is from, the subject, and what of the preview line has room. */
function InboxLine({ preview }: { readonly preview: TemplatePreview }) {
  const business = useSession().workspace?.name ?? '';
  return (
    <div className="inbox-line" role="group" aria-label="In the inbox">
      <p className="inbox-from" dir="auto">
        {business}
      </p>
      <p className="inbox-subject" dir="auto">
        {preview.subject}
      </p>
      {preview.preheader && (
        <p className="inbox-preheader muted" dir="auto">
          {preview.preheader}
        </p>
      )}
      <p className="inbox-to muted">
        {preview.to === null ? 'No e-mail address is known: it would not be sent.' : `To ${preview.to}`}
      </p>
    </div>
  );
}

function NotKnown({ preview }: { readonly preview: TemplatePreview }) {
  const sentences = fallbackWords(preview.fields);
  if (sentences.length === 0) return null;
  return (
    <Note tone="info">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Note>
  );
}

function Advice({ advice }: { readonly advice: TemplatePreview['advice'] }) {
  if (advice.length === 0) return null;
  return (
    <Note tone="warning" title="Worth a look before you use it">
      <ProblemList of={advice.map(({ message, hint }) => ({ message, hint }))} />
    </Note>
  );
}

function Problems({ problems }: { readonly problems: readonly FieldProblem[] }) {
  if (problems.length === 0) return null;
  return (
    <Note tone="danger" title="This letter cannot be sent as it is." alert>
      <ProblemList of={problems.map(({ message, hint }) => ({ message, hint }))} />
    </Note>
  );
}
