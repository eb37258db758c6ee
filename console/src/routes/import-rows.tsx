// The second step of an import: twenty rows as they will be read, the refused ones with their reasons first, how many will be
// refused in all, and, for an old file only, the day on which its history ends.
import { Radio, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ImportCheck, ImportItem, ImportPreview } from '../api/imports.ts';
import { useFormats, When } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { fieldError } from '../lib/fields.ts';
import { isOld } from '../lib/import-words.ts';
import { traitName } from '../lib/words.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/page.tsx';
import { Badge, Note } from '../ui/states.tsx';
import type { StepProps } from './import-prepare.tsx';
import { ProblemList } from '../ui/problem-list.tsx';
import './journeys.css';

const rowsShown = 20;
const refusedShown = 8;

export function RowsStep(props: StepProps) {
  const { preview } = props.previewed;
  return (
    <>
      {preview.check && <Summary check={preview.check} preview={preview} />}
      {isOld(preview) && <AsOf {...props} />}
      <Rows items={preview.items} refused={preview.check?.refused_items ?? []} of={preview.rows} />
    </>
  );
}

function Summary({ check, preview }: { readonly check: ImportCheck; readonly preview: ImportPreview }) {
  const formats = useFormats();
  const of = preview.rows;
  const which =
    check.complete || of === null
      ? `all ${formats.number(check.rows)} rows`
      : `the first ${formats.number(check.rows)} of ${preview.rows_estimated ? 'about ' : ''}${formats.number(of)} rows`;
  return (
    <div className="stack-tight">
      <p className="finding">
        {check.orders > 0 && `${formats.number(check.orders)} orders of `}
        {people(formats, check.people)}
        {check.oldest_at && check.newest_at && (
          <>
            , from {formats.date(check.oldest_at)} to {formats.date(check.newest_at)}
          </>
        )}
        .
      </p>
      {check.refused === 0 ? (
        <p>
          <Badge tone="good" icon="check">
            Nothing of {which} would be refused.
          </Badge>
        </p>
      ) : (
        <Note
          tone="warning"
          title={`${formats.number(check.refused)} of ${which} would be refused (${formats.share(check.refused / check.rows)})`}
        >
          <ProblemList
            of={check.reasons.map(({ reason, hint, rows }) => ({
              message: `${formats.number(rows)} × ${reason}`,
              hint: forHere(hint),
            }))}
          />
          <p>
            The others are imported. The refused rows are kept as a file with the reasons: correct them and
            import that file afterwards.
          </p>
        </Note>
      )}
    </div>
  );
}

/** Asked only when the newest order is old, and never answered by itself. */
function AsOf({ previewed, error, onSay }: StepProps) {
  const formats = useFormats();
  const { options, preview } = previewed;
  const newest = preview.check?.newest_at ?? null;
  const said = options.as_of_said === true;
  const [which, setWhich] = useState<string>(said ? (options.as_of ? 'day' : 'now') : '');
  const [day, setDay] = useState(() =>
    options.as_of ? formats.isoDay(new Date(Date.parse(options.as_of) - 1)) : '',
  );
  const choose = (value: string) => {
    setWhich(value);
    if (value === 'now') onSay({ as_of: null });
    else if (day !== '') onSay({ as_of: day });
  };
  return (
    <Section
      title={
        newest
          ? `The newest order is of ${formats.date(newest)}. Until when does the file tell everything?`
          : 'Until when does the file tell everything?'
      }
      note="It decides who counts as quiet, so it is not guessed."
    >
      <Radio.Group aria-label="Until when the history reaches" value={which} onChange={choose}>
        <div className="stack-tight">
          <div className="choice" data-chosen={which === 'day'}>
            <Radio
              value="day"
              label="Until a day in the past: it is an old file"
              description="Everybody is shown as of that day, and nothing is assumed about the days since."
            />
            {which === 'day' && (
              <div className="choice-more">
                <TextInput
                  type="date"
                  label="Last day of the file"
                  maw={240}
                  value={day}
                  max={formats.isoDay(new Date())}
                  error={fieldError(error, '/as_of')}
                  onChange={(event) => {
                    const value = event.currentTarget.value;
                    setDay(value);
                    if (/^[12]\d{3}-/.test(value)) onSay({ as_of: value });
                  }}
                />
              </div>
            )}
          </div>
          <div className="choice" data-chosen={which === 'now'}>
            <Radio
              value="now"
              label="Until today"
              description="Nobody in it has ordered since. Whoever has been silent for unusually long is shown as quiet."
            />
          </div>
        </div>
      </Radio.Group>
    </Section>
  );
}

function Rows(props: {
  readonly items: readonly ImportItem[];
  readonly refused: readonly ImportItem[];
  readonly of: number | null;
}) {
  const formats = useFormats();
  const refused = props.refused.slice(0, refusedShown);
  const read = props.items.filter((item) => item.kind !== 'refused').slice(0, rowsShown - refused.length);
  const items = [...refused, ...read];
  if (items.length === 0) return null;
  const note =
    refused.length === 0
      ? props.of !== null && props.of > items.length
        ? `The first of ${formats.number(props.of)}.`
        : undefined
      : 'Refused ones first.';
  return (
    <Section
      title={`${items.length === 1 ? 'One row' : `${items.length} rows`}, as they will be read`}
      note={note}
    >
      <DataTable
        label="Rows as they will be read"
        rows={items}
        keyOf={(item) => `${item.row}-${item.kind}`}
        columns={[
          { key: 'who', label: 'Who', lead: true, render: (item) => <Who item={item} /> },
          { key: 'what', label: 'What', render: (item) => <What item={item} /> },
          { key: 'at', label: 'When', render: (item) => (item.at ? <When at={item.at} /> : '–') },
          {
            key: 'total',
            label: 'Total',
            numeric: true,
            render: (item) =>
              item.total === null ? '–' : formats.amount(item.total, item.currency ?? undefined),
          },
          { key: 'row', label: 'Row', numeric: true, render: (item) => formats.number(item.row) },
        ]}
      />
    </Section>
  );
}

function Who({ item }: { readonly item: ImportItem }) {
  const known = Object.entries(item.traits).filter(([key]) => isNews(key));
  return (
    <>
      <bdi>{whoWords(item.who)}</bdi>
      {known.length > 0 && (
        <div className="muted">{known.map(([key, value]) => `${traitName(key)}: ${value}`).join(', ')}</div>
      )}
    </>
  );
}

function What({ item }: { readonly item: ImportItem }) {
  if (item.kind === 'person') return 'a customer';
  if (item.kind === 'order')
    return item.events.map((name) => (name === 'Order Refunded' ? 'refunded' : 'ordered')).join(', then ');
  return (
    <span>
      <Badge tone="warning" icon="cross">
        refused
      </Badge>{' '}
      {item.reason}
    </span>
  );
}

/** Some hints end in an option of the command line; the step before has a field for it. */
const forHere = (hint: string): string => hint.replace(/[;,] (?:or )?say .*--.*$/, '.');

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
