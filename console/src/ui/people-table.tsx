// The list of people as every page shows it: name, stage, orders, or the columns somebody chose.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lifecycleQuery, type Model } from '../api/lifecycle.ts';
import type { PersonRow } from '../api/people.ts';
import type { Json } from '../api/rules.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { useFormats } from '../app/formats.tsx';
import { columnName, usualColumns } from '../lib/people-columns.ts';
import { stagePaint } from '../lib/stages.ts';
import { valueWords } from '../lib/words.ts';
import { DataTable, type Column } from './data-table.tsx';
import { PersonLink } from './person-name.tsx';
import { StageMark } from './stage.tsx';

/** `model` is the model whose stage is shown; without it the default one. `sinceLabel` adds how long they have been here. */
export interface PeopleTableProps {
  readonly people: readonly PersonRow[];
  readonly model?: string | undefined;
  readonly sinceLabel?: string | undefined;
  /** Absent: the usual ones. */
  readonly columns?: readonly string[] | undefined;
}

export function PeopleTable({ people, model: wanted, sinceLabel, columns: chosen }: PeopleTableProps) {
  const formats = useFormats();
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const programmes = useQuery(vocabularyQuery).data?.programmes ?? [];
  const model = models.find((one) => one.key === wanted) ?? models.find((one) => one.is_default) ?? models[0];
  const date = (at: string | null | undefined) => (
    <span className="nowrap">{at ? formats.date(at) : '–'}</span>
  );
  const money = (minor: number | null | undefined) =>
    minor === null || minor === undefined ? '–' : formats.money(minor);
  const keys = chosen ?? usualColumns(model?.key);
  const columnOf = (key: string): Column<PersonRow> => {
    const [kind = '', ...rest] = key.split(':');
    const of = rest.join(':');
    const label = columnName(key, models, programmes);
    switch (kind) {
      case 'name':
        return { key, label, lead: true, render: (person) => <NameCell person={person} /> };
      case 'email':
        return { key, label, render: (person) => (person.name ? <EmailCell person={person} /> : '') };
      case 'orders':
        return { key, label, numeric: true, render: (person) => formats.number(person.orders) };
      case 'last_order':
        return { key, label, render: (person) => date(person.last_order_at) };
      case 'spent':
      case 'worth':
        return { key, label, numeric: true, render: (person) => money(person[kind]) };
      case 'points':
        return {
          key,
          label,
          numeric: true,
          render: (person) => formats.number(person.points?.[of] ?? 0),
        };
      case 'tier':
        return { key, label, render: (person) => person.tiers?.[of] ?? '–' };
      case 'created':
        return { key, label, render: (person) => date(person.created_at) };
      case 'phone':
        return { key, label, render: (person) => <bdi className="nowrap">{person.phone ?? '–'}</bdi> };
      case 'user_id':
        return { key, label, render: (person) => <bdi className="breaks">{person.user_id ?? '–'}</bdi> };
      case 'id':
        return { key, label, render: (person) => <code className="breaks">{person.id}</code> };
      case 'segments':
        return { key, label, render: (person) => <SegmentsCell keys={person.segments} /> };
      case 'stage':
        return {
          key,
          label,
          render: (person) => <StageCell person={person} model={models.find((one) => one.key === of)} />,
        };
      case 'since':
        return {
          key,
          label: sinceLabel ?? label,
          wide: !sinceLabel && chosen === undefined,
          render: (person) => date(sinceLabel ? person.since : person.stages[of]?.since),
        };
      default:
        return { key, label, render: (person) => <TraitCell value={person.traits?.[of]} /> };
    }
  };
  const columns = keys.map(columnOf);
  // The way to the person is never left out.
  if (!keys.includes('name')) columns.unshift(columnOf('name'));
  const table = <DataTable label="People" columns={columns} rows={people} keyOf={(person) => person.id} />;
  if (chosen === undefined) return table;
  // Many columns may be wider than the page; then the table moves, by keyboard as well.
  return (
    <section className="table-scroll" aria-label="People, all columns" tabIndex={0}>
      {table}
    </section>
  );
}

function TraitCell({ value }: { readonly value: Json | undefined }) {
  if (value === null || value === undefined) return '–';
  const words = valueWords(value);
  return <bdi className={words.length > 24 ? 'breaks' : 'nowrap'}>{words}</bdi>;
}

/** Of somebody in hundreds of segments the first few are named; their page has them all. */
const segmentsShown = 8;

function SegmentsCell({ keys }: { readonly keys: readonly string[] }) {
  const formats = useFormats();
  const segments = useQuery(vocabularyQuery).data?.segments ?? [];
  if (keys.length === 0) return '–';
  const shown = keys.length > segmentsShown + 1 ? keys.slice(0, segmentsShown) : keys;
  const names = shown.map((key) => segments.find((one) => one.key === key)?.name ?? key).join(', ');
  const more = keys.length - shown.length;
  return (
    <span className="cell-text">
      {names}
      {more > 0 && ` and ${formats.number(more)} more`}
    </span>
  );
}

function EmailCell({ person }: { readonly person: PersonRow }) {
  if (!person.email) return '–';
  // A long one is broken anywhere; the others before the @, and only where the table would be wider than the page.
  const long = person.email.length > 40 ? ' breaks' : '';
  const at = person.email.lastIndexOf('@');
  return (
    <Link to="/people/$id" params={{ id: person.id }} className={`quiet-link plain-link${long}`}>
      {person.email.slice(0, at)}
      <wbr />
      {person.email.slice(at)}
    </Link>
  );
}

function NameCell({ person }: { readonly person: PersonRow }) {
  const formats = useFormats();
  return (
    <>
      <PersonLink person={person} />
      {person.as_of && <span className="muted nowrap"> as of {formats.date(person.as_of)}</span>}
    </>
  );
}

function StageCell({ person, model }: { readonly person: PersonRow; readonly model: Model | undefined }) {
  const at = model && person.stages[model.key];
  if (!at || !model) return <span className="muted">outside</span>;
  const index = model.stages.findIndex((stage) => stage.key === at.stage);
  const stage = model.stages[index];
  if (!stage) return <span className="muted">{at.stage}</span>;
  return (
    <StageMark
      paint={stagePaint(
        model.stages.map((one) => one.look),
        index,
      )}
      name={stage.name}
      look={stage.look}
    />
  );
}
