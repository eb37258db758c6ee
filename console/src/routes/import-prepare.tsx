// Before an import: what the columns mean, until when the history reaches, which permission there is, and the first rows as read.
import { Button, Radio, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import {
  cancelImport,
  changeImport,
  importQuery,
  previewQuery,
  startImport,
  type ImportColumn,
  type ImportItem,
  type ImportOptions,
  type ImportPreview,
  type PreviewedImport,
} from '../api/imports.ts';
import { useFormats, When } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { columnMeanings, dateFormats, isForHere, meaningName, permissions } from '../lib/import-words.ts';
import { currencies } from '../lib/places.ts';
import { traitName } from '../lib/words.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';
import { Answer, Badge, Note, Trouble } from '../ui/states.tsx';
import './imports.css';
import './journeys.css';

export function PrepareImport({ id }: { readonly id: string }) {
  const preview = useQuery({ ...previewQuery(id), refetchOnWindowFocus: false });
  return (
    <Answer of={preview} rows={10}>
      {(it) => <Prepare previewed={it} />}
    </Answer>
  );
}

function Prepare({ previewed }: { readonly previewed: PreviewedImport }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { id, preview, options } = previewed;
  const formats = useFormats();
  const [asOf, setAsOf] = useState(() =>
    options.as_of ? formats.isoDay(new Date(Date.parse(options.as_of) - 1)) : '',
  );
  const [permission, setPermission] = useState(options.permission ?? 'none');
  const [source, setSource] = useState(options.permission_source ?? '');
  const change = useMutation({
    // One after the other: each answer carries what all of them said.
    scope: { id: `import ${id}` },
    mutationFn: (said: ImportOptions) => changeImport(id, said),
    onSuccess: (fresh) => client.setQueryData(previewQuery(id).queryKey, fresh),
  });
  const start = useMutation({
    scope: { id: `import ${id}` },
    mutationFn: () =>
      startImport(id, {
        as_of: asOf || null,
        permission,
        ...(permission === 'opted_in' ? { permission_source: source } : {}),
      }),
    onSuccess: (fresh) => {
      client.setQueryData(importQuery(id).queryKey, fresh);
      void client.invalidateQueries({ queryKey: ['/api/imports'] });
    },
  });
  const forget = useMutation({
    mutationFn: () => cancelImport(id),
    onSuccess: async () => {
      await navigate({ to: '/imports' });
      await client.invalidateQueries();
    },
  });
  return (
    <div className="stack" style={{ gap: 32 }} aria-busy={change.isPending}>
      {preview.problems.length > 0 && (
        <Note tone="warning" title="The file cannot be imported as it is">
          <ul className="problems">
            {preview.problems.map((problem, i) => (
              <li key={i}>
                {problem.message} <span className="muted">{problem.hint}</span>
              </li>
            ))}
          </ul>
        </Note>
      )}
      {change.isError && <Trouble error={change.error} />}
      <Recognised
        preview={preview}
        options={options}
        busy={change.isPending}
        onSay={(said) => change.mutate(said)}
      />
      <Columns
        preview={preview}
        options={options}
        busy={change.isPending}
        onSay={(said) => change.mutate(said)}
      />
      {preview.items.length > 0 && <Rows items={preview.items} of={preview.rows} />}
      <div className="two even">
        <Section
          title="Until when does the history reach"
          note="For an old file, its last day. Nothing is assumed about the days since: these people stay “as of” that day until something happens."
        >
          <TextInput
            type="date"
            label="Last day of the file"
            description="Empty: until now"
            maw={240}
            value={asOf}
            error={fieldError(change.error ?? start.error, '/as_of')}
            onChange={(event) => setAsOf(event.currentTarget.value)}
            onBlur={() => change.mutate({ as_of: asOf || null })}
          />
        </Section>
        <Section title="Which permission do you have to write to them">
          <Radio.Group
            aria-label="Permission"
            value={permission}
            onChange={(value) =>
              setPermission(permissions.find((one) => one.value === value)?.value ?? 'none')
            }
          >
            <div className="stack-tight">
              {permissions.map((one) => (
                <div key={one.value} className="choice" data-chosen={permission === one.value}>
                  <Radio value={one.value} label={one.name} description={one.means} />
                  {one.value === 'opted_in' && permission === 'opted_in' && (
                    <div className="choice-more">
                      <TextInput
                        label="When and where they agreed"
                        placeholder="Newsletter form on the shop, since March 2024"
                        value={source}
                        error={fieldError(start.error, '/permission_source')}
                        onChange={(event) => setSource(event.currentTarget.value)}
                      />
                    </div>
                  )}
                </div>
              ))}
            </div>
          </Radio.Group>
        </Section>
      </div>
      {[...previewed.notices, ...preview.notices].map((notice) => (
        <Note key={notice.code + notice.message} tone="info" title={notice.message}>
          {isForHere(notice.hint) && <p>{notice.hint}</p>}
        </Note>
      ))}
      {start.isError && <Trouble error={start.error} />}
      {forget.isError && <Trouble error={forget.error} />}
      <div className="form-foot">
        <Button
          variant="filled"
          disabled={!preview.readable || change.isPending}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          Import
        </Button>
        <Button loading={forget.isPending} onClick={() => forget.mutate()}>
          Forget this file
        </Button>
        <span className="muted">Nobody is contacted.</span>
      </div>
    </div>
  );
}

interface PartProps {
  readonly preview: ImportPreview;
  readonly options: ImportOptions;
  readonly busy: boolean;
  readonly onSay: (said: ImportOptions) => void;
}

function Recognised({ preview, options, busy, onSay }: PartProps) {
  const formats = useFormats();
  const what =
    preview.kind === 'people'
      ? 'a list of customers'
      : preview.kind === 'orders'
        ? 'a list of orders'
        : 'a table';
  return (
    <Section
      title={`Read as ${what}${preview.rows === null ? '' : ` with ${formats.number(preview.rows)} rows`}`}
    >
      <div className="columns">
        <Select
          label="What the rows are"
          data={[
            { value: 'orders', label: 'Orders' },
            { value: 'people', label: 'Customers' },
          ]}
          allowDeselect={false}
          disabled={busy}
          value={preview.kind}
          onChange={(value) => (value === 'orders' || value === 'people') && onSay({ kind: value })}
        />
        {preview.kind !== 'people' && (
          <>
            <Select
              label="Dates are written"
              placeholder={preview.date_format ?? 'not recognised'}
              data={dateFormats}
              disabled={busy}
              value={options.date_format ?? null}
              onChange={(value) => value && onSay({ date_format: value })}
            />
            <Select
              label="Decimals are written with"
              data={[
                { value: 'point', label: 'a point: 49.90' },
                { value: 'comma', label: 'a comma: 49,90' },
              ]}
              allowDeselect={false}
              disabled={busy}
              value={preview.decimal}
              onChange={(value) => (value === 'point' || value === 'comma') && onSay({ decimal: value })}
            />
            <Select
              label="Currency, where no column says it"
              data={currencies()}
              searchable
              limit={60}
              allowDeselect={false}
              disabled={busy}
              value={preview.currency}
              onChange={(value) => value && onSay({ currency: value })}
            />
          </>
        )}
      </div>
      <p className="muted">
        {[
          preview.encoding && `Encoding ${preview.encoding}`,
          preview.delimiter && `separated by ${preview.delimiter}`,
          preview.header === false && 'no line of headings',
        ]
          .filter(Boolean)
          .join(', ')}
      </p>
    </Section>
  );
}

/** Every column keeps one meaning; giving it another takes that meaning from the column that had it. */
function Columns({ preview, options, busy, onSay }: PartProps) {
  const say = (column: ImportColumn, role: string | null) => {
    const map: Record<string, string> = { ...options.map };
    if (column.role) map[column.role] = '';
    if (role) map[role] = String(column.number);
    // What the rows are was settled before: a column without its meaning does not turn orders into customers.
    onSay({ map, ...(preview.kind ? { kind: preview.kind } : {}) });
  };
  if (preview.columns.length === 0) return null;
  return (
    <Section
      title="What the columns mean"
      note="Guessed from their headings and contents. Change what is wrong; a column without a meaning is left out."
    >
      <div className="columns">
        {preview.columns.map((column) => (
          <Select
            key={column.number}
            label={column.name || `Column ${column.number}`}
            placeholder="left out"
            searchable
            clearable
            clearButtonProps={{ 'aria-label': `Leave out ${column.name || `column ${column.number}`}` }}
            disabled={busy}
            data={choices(column, preview.kind)}
            value={column.role}
            onChange={(role) => say(column, role)}
          />
        ))}
      </div>
    </Section>
  );
}

function choices(column: ImportColumn, kind: ImportPreview['kind']) {
  const groups = columnMeanings
    .filter((group) => kind !== 'people' || group.group === 'The customer')
    .map(({ group, roles }) => ({
      group,
      items: roles.map((role) => ({ value: role, label: meaningName(role) })),
    }));
  const trait = `traits.${
    column.name
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '_')
      .replaceAll(/^_+|_+$/g, '') || `column_${column.number}`
  }`;
  const own = [
    ...new Set([trait, ...(column.role && /^(traits|identity)\./.test(column.role) ? [column.role] : [])]),
  ];
  return [
    ...groups,
    { group: 'Something of your own', items: own.map((role) => ({ value: role, label: meaningName(role) })) },
  ];
}

function Rows({ items, of }: { readonly items: readonly ImportItem[]; readonly of: number | null }) {
  const formats = useFormats();
  return (
    <Section
      title={`The first ${items.length === 1 ? 'row' : `${items.length} rows`}, as they will be read`}
      note={of !== null && of > items.length ? `Of ${formats.number(of)}.` : undefined}
    >
      <DataTable
        label="First rows as they will be read"
        rows={items}
        keyOf={(item) => `${item.row}-${item.kind}`}
        columns={[
          { key: 'row', label: 'Row', numeric: true, render: (item) => formats.number(item.row) },
          { key: 'who', label: 'Who', lead: true, render: (item) => <bdi>{whoWords(item.who)}</bdi> },
          {
            key: 'what',
            label: 'What',
            render: (item) =>
              item.kind === 'refused' ? (
                <span>
                  <Badge tone="warning" icon="cross">
                    refused
                  </Badge>{' '}
                  {item.reason} <span className="muted">{item.hint}</span>
                </span>
              ) : item.kind === 'person' ? (
                'a customer'
              ) : (
                item.events
                  .map((name) => (name === 'Order Refunded' ? 'refunded' : 'ordered'))
                  .join(', then ')
              ),
          },
          { key: 'at', label: 'When', render: (item) => (item.at ? <When at={item.at} /> : '–') },
          {
            key: 'total',
            label: 'Total',
            numeric: true,
            render: (item) =>
              item.total === null ? '–' : formats.amount(item.total, item.currency ?? undefined),
          },
          ...(items.some((item) => Object.keys(item.traits).some(isNews))
            ? [
                {
                  key: 'traits',
                  label: 'Also known',
                  wide: true,
                  render: (item: ImportItem) => (
                    <span className="muted">
                      {Object.entries(item.traits)
                        .filter(([key]) => isNews(key))
                        .map(([key, value]) => `${traitName(key)}: ${value}`)
                        .join(', ')}
                    </span>
                  ),
                },
              ]
            : []),
        ]}
      />
    </Section>
  );
}

/** `email a@b.example, user_id 17`: the values say enough. */
function whoWords(who: string | null): string {
  if (!who) return '–';
  return who
    .split(', ')
    .map((one) => one.replace(/^[a-z_]+ /, ''))
    .join(', ');
}

/** Address and number stand under who it is already. */
const isNews = (trait: string): boolean => trait !== 'email' && trait !== 'phone';
