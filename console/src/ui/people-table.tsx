// The list of people as every page shows it: name, stage, orders.
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lifecycleQuery, type Model } from '../api/lifecycle.ts';
import type { PersonRow } from '../api/people.ts';
import { useFormats } from '../app/formats.tsx';
import { stagePaint } from '../lib/stages.ts';
import { DataTable, type Column } from './data-table.tsx';
import { PersonLink } from './person-name.tsx';
import { StageMark } from './stage.tsx';

/** `model` is the model whose stage is shown; without it the default one. `sinceLabel` adds how long they have been here. */
export interface PeopleTableProps {
  readonly people: readonly PersonRow[];
  readonly model?: string | undefined;
  readonly sinceLabel?: string | undefined;
}

export function PeopleTable({ people, model: wanted, sinceLabel }: PeopleTableProps) {
  const formats = useFormats();
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const model = models.find((one) => one.key === wanted) ?? models.find((one) => one.is_default) ?? models[0];
  const columns: Column<PersonRow>[] = [
    { key: 'name', label: 'Person', lead: true, render: (person) => <NameCell person={person} /> },
    {
      key: 'email',
      label: 'E-mail',
      render: (person) => (person.name ? <EmailCell person={person} /> : ''),
    },
    {
      key: 'stage',
      label: model && models.length > 1 ? `Stage (${model.name})` : 'Stage',
      render: (person) => <StageCell person={person} model={model} />,
    },
    { key: 'orders', label: 'Orders', numeric: true, render: (person) => formats.number(person.orders) },
    {
      key: 'last',
      label: 'Last order',
      render: (person) => (
        <span className="nowrap">{person.last_order_at ? formats.date(person.last_order_at) : '–'}</span>
      ),
    },
    {
      key: 'since',
      label: sinceLabel ?? 'In this stage since',
      wide: !sinceLabel,
      render: (person) => {
        const since = sinceLabel ? person.since : model && person.stages[model.key]?.since;
        return since ? formats.date(since) : '–';
      },
    },
  ];
  return <DataTable label="People" columns={columns} rows={people} keyOf={(person) => person.id} />;
}

function EmailCell({ person }: { readonly person: PersonRow }) {
  if (!person.email) return '–';
  // Only a long one is broken: letting all of them break would squeeze the column beside a long name.
  const long = person.email.length > 40 ? ' breaks' : '';
  return (
    <Link to="/people/$id" params={{ id: person.id }} className={`quiet-link plain-link${long}`}>
      {person.email}
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
