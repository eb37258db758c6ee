// The first step of an import: what each column means, how sure that is, and what stands in it.
import { Select } from '@mantine/core';
import type { ImportColumn, ImportPreview } from '../api/imports.ts';
import { useFormats } from '../app/formats.tsx';
import { columnMeanings, dateFormats, isForHere, meaningName, surenessOf } from '../lib/import-words.ts';
import { currencies } from '../lib/places.ts';
import { Section } from '../ui/page.tsx';
import { Badge, Note } from '../ui/states.tsx';
import type { StepProps } from './import-prepare.tsx';
import { ProblemList } from '../ui/problem-list.tsx';

export function ColumnsStep(props: StepProps) {
  return (
    <>
      <Problems {...props} />
      <Columns {...props} />
      <Recognised {...props} />
    </>
  );
}

function Problems({ previewed: { preview } }: StepProps) {
  const formats = useFormats();
  const { problems, check } = preview;
  if (problems.length === 0 && check !== null && check.rows > 0 && check.refused >= check.rows)
    return (
      <Note tone="warning" title="Every row would be refused">
        <p>A column has probably been taken for another. What was met:</p>
        <ProblemList
          of={check.reasons.map(({ reason, rows }) => ({
            message: `${formats.number(rows)} rows: ${reason}`,
          }))}
        />
      </Note>
    );
  if (problems.length === 0) return null;
  return (
    <Note tone="warning" title="The file cannot be imported as it is">
      <ProblemList
        of={problems.map((problem) => ({
          message: columnWords(problem) ?? problem.message,
          hint: isForHere(problem.hint) ? problem.hint : null,
        }))}
      />
    </Note>
  );
}

/** The server lists what it looked for; here the columns stand right below. */
function columnWords(problem: { readonly code: string; readonly message: string }): string | null {
  if (problem.code !== 'column_missing') return null;
  const what = /^There is no (.+?)(?: \(.*?\))?; looked for/.exec(problem.message)?.[1];
  if (what === undefined) return null;
  if (what.includes('who it is'))
    return 'No column says who ordered. Choose the one with the customer number, the e-mail or the phone below.';
  return `No column is taken as the ${what.replace(/^column with the /, '')}. Choose it below.`;
}

function Recognised({ previewed: { preview, options }, busy, onSay }: StepProps) {
  return (
    <Section title="How the file is written">
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
              placeholder="not recognised"
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
              placeholder="the workspace's"
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
function Columns({ previewed: { preview, options }, busy, onSay }: StepProps) {
  const formats = useFormats();
  const say = (column: ImportColumn, role: string | null) => {
    const map: Record<string, string> = { ...options.map };
    if (column.role) map[column.role] = '';
    if (role) map[role] = String(column.number);
    // What the rows are was settled before: a column without its meaning does not turn orders into customers.
    onSay({ map, ...(preview.kind ? { kind: preview.kind } : {}) });
  };
  if (preview.columns.length === 0) return null;
  const what = preview.kind === 'people' ? 'customers' : preview.kind === 'orders' ? 'orders' : 'rows';
  const rows =
    preview.rows === null
      ? ''
      : `, ${preview.rows_estimated ? 'about ' : ''}${formats.number(preview.rows)} rows`;
  return (
    <Section
      title={`Read as a list of ${what}${rows}`}
      note="What each column means was guessed from its heading and from what stands in it. Change what is wrong; a column without a meaning is left out."
    >
      <ul className="column-list">
        {preview.columns.map((column) => (
          <li key={column.number}>
            <div className="column-name">
              <strong>{column.name || `Column ${column.number}`}</strong>
              <span className="muted">
                {column.samples.length === 0 ? (
                  'nothing in the first rows'
                ) : (
                  <bdi>{column.samples.join(' · ')}</bdi>
                )}
              </span>
            </div>
            <Select
              aria-label={`Meaning of ${column.name || `column ${column.number}`}`}
              placeholder="left out"
              searchable
              clearable
              clearButtonProps={{ 'aria-label': `Leave out ${column.name || `column ${column.number}`}` }}
              disabled={busy}
              data={choices(column, preview.kind)}
              value={column.role}
              onChange={(role) => say(column, role)}
            />
            <Sureness column={column} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Sureness({ column }: { readonly column: ImportColumn }) {
  const sure = surenessOf(column);
  if (!sure) return <span className="column-sure muted">not imported</span>;
  return (
    <span className="column-sure">
      <Badge tone={sure.tone} icon={sure.icon}>
        {sure.word}
      </Badge>{' '}
      <span className="muted">{sure.why}</span>
    </span>
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
