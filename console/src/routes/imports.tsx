// Imports: the files so far, and the place to put the next one.
import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useRef, useState, type DragEvent } from 'react';
import { importsQuery, previewQuery, uploadFile, type Import } from '../api/imports.ts';
import { itemsOf } from '../api/page.ts';
import { Unreachable } from '../api/problem.ts';
import { useCan, useFormats, When } from '../app/formats.tsx';
import type { Formats } from '../lib/format.ts';
import { statusWords } from '../lib/import-words.ts';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Answer, Badge, Note, Trouble } from '../ui/states.tsx';
import './imports.css';

const running = (one: Import): boolean => one.status === 'storing' || one.status === 'establishing';

export function ImportsPage() {
  const can = useCan();
  const formats = useFormats();
  const query = useInfiniteQuery({
    ...importsQuery(),
    refetchInterval: (it) => (it.state.data?.pages.some((page) => page.items.some(running)) ? 2_000 : false),
  });
  return (
    <Page
      title="Imports"
      lead="Order histories and customer lists. History is lived through silently: an import contacts nobody."
    >
      {can.define ? <DropPlace /> : <Note tone="plain">Your role may look at imports, not start them.</Note>}
      <Answer of={query} rows={3}>
        {(data) => {
          const items = itemsOf(data);
          if (items.length === 0) return null;
          return (
            <Section title="Files so far">
              <DataTable
                label="Imports"
                rows={items}
                keyOf={(one) => one.id}
                columns={[
                  {
                    key: 'file',
                    label: 'File',
                    lead: true,
                    render: (one) => (
                      <Link to="/imports/$id" params={{ id: one.id }} className="name-link">
                        <bdi>{one.file_name}</bdi>
                      </Link>
                    ),
                  },
                  {
                    key: 'status',
                    label: 'State',
                    render: (one) => (
                      <Badge tone={statusWords[one.status].tone} icon={statusWords[one.status].icon}>
                        {statusWords[one.status].name}
                      </Badge>
                    ),
                  },
                  { key: 'what', label: 'What came in', render: (one) => broughtIn(one, formats) },
                  {
                    key: 'at',
                    label: 'When',
                    render: (one) => <When at={one.started_at ?? one.created_at} />,
                  },
                ]}
              />
              <LoadMore query={query} shown="" />
            </Section>
          );
        }}
      </Answer>
    </Page>
  );
}

function broughtIn(one: Import, formats: Formats): string {
  if (one.status === 'preview') return '–';
  const parts = [
    `${formats.number(one.progress.orders)} orders`,
    `${formats.number(one.progress.people)} new people`,
  ];
  if (one.progress.refused > 0) parts.push(`${formats.number(one.progress.refused)} rows refused`);
  return parts.join(', ');
}

/** As the server has it (`LIMITS.fileBytesMax`): said before the whole of it was sent in vain. */
const sizeMax = 512 * 1024 ** 2;

function DropPlace() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const field = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const send = useMutation({
    mutationFn: uploadFile,
    onSuccess: async (made) => {
      client.setQueryData(previewQuery(made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: ['/api/imports'] });
      await navigate({ to: '/imports/$id', params: { id: made.id } });
    },
  });
  const take = (file: File | undefined) => {
    if (!file || send.isPending) return;
    setTooLarge(file.size > sizeMax ? file.name : null);
    if (file.size <= sizeMax) send.mutate(file);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <div className="stack-tight">
      <div
        className="drop"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <p className="empty-title">Drop a file of orders or customers here.</p>
        <p className="muted">
          CSV or a similar table, as your shop exports it, in any encoding. Columns are recognised; you see
          the first rows as they will be read before anything is imported.
        </p>
        <input
          ref={field}
          type="file"
          className="hidden-visually"
          aria-label="File to import"
          tabIndex={-1}
          accept=".csv,.tsv,.txt,text/csv,text/plain"
          onChange={(event) => {
            take(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        <Button variant="filled" loading={send.isPending} onClick={() => field.current?.click()}>
          Choose a file
        </Button>
        <span role="status" className="muted">
          {send.isPending && `${send.variables.name} is on its way.`}
        </span>
      </div>
      {tooLarge && (
        <Note tone="warning" alert>
          {tooLarge} is larger than 512 MB. Split it into smaller files, each with the line of headings;
          importing them one after the other gives the same result.
        </Note>
      )}
      {send.isError && (
        <Trouble
          error={send.error}
          {...(send.error instanceof Unreachable && send.variables
            ? { onRetry: () => send.mutate(send.variables) }
            : {})}
        />
      )}
    </div>
  );
}
