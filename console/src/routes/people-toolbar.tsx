// Above the list of people: saved views, the order, the columns, the file. A view is a name for what the address says, so that any of
// them can be sent to a colleague.
import { Button, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { lifecycleQuery } from '../api/lifecycle.ts';
import {
  deletePeopleView,
  exportAddress,
  peopleViewsQuery,
  restorePeopleView,
  savePeopleColumns,
  type PeopleLook,
  type PeopleSort,
  type PeopleView,
} from '../api/people-views.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { useCan } from '../app/formats.tsx';
import { sinceLabelOf, usualColumns } from '../lib/people-columns.ts';
import { Icon } from '../ui/icons.tsx';
import { offerUndo } from '../ui/undo.tsx';
import { ColumnsSheet } from './people-columns.tsx';
import { KeepView } from './people-keep-view.tsx';

const route = getRouteApi('/shell/people');

/** What the list shows: the address's columns, else one's own, else the usual ones. */
export function usePeopleColumns(): readonly string[] {
  const look = route.useSearch();
  const own = useQuery(peopleViewsQuery).data?.columns;
  const models = useQuery(lifecycleQuery).data?.items ?? [];
  const model = look.stage?.split(':')[0] ?? (models.find((one) => one.is_default) ?? models[0])?.key;
  return look.columns ?? own ?? usualColumns(model);
}

const sortNames: readonly { readonly value: PeopleSort | 'newest'; readonly label: string }[] = [
  { value: 'newest', label: 'Newest first' },
  { value: 'last_order', label: 'Last order first' },
  { value: 'orders', label: 'Most orders first' },
];

export function PeopleToolbar() {
  const look = route.useSearch();
  const navigate = useNavigate();
  const columns = usePeopleColumns();
  const client = useQueryClient();
  const can = useCan();
  const views = useQuery(peopleViewsQuery).data?.items ?? [];
  const [open, setOpen] = useState<'columns' | 'keep' | null>(null);
  const chooseColumns = useMutation({
    mutationFn: savePeopleColumns,
    onSuccess: () => client.invalidateQueries({ queryKey: peopleViewsQuery.queryKey }),
  });
  // A search has an order of its own, and a rule asks people in theirs.
  const sortable = !look.search && !look.rule;
  return (
    <div className="stack-tight">
      <Views look={look} />
      <div className="people-toolbar">
        {sortable && (
          <Select
            aria-label="Order"
            className="people-sort"
            allowDeselect={false}
            data={
              look.stage || look.segment
                ? sortNames.map((one) =>
                    one.value === 'newest' ? { ...one, label: 'Newest here first' } : one,
                  )
                : sortNames
            }
            value={look.sort ?? 'newest'}
            onChange={(sort) =>
              void navigate({
                to: '/people',
                search: (old) => ({
                  ...old,
                  sort: sort === 'last_order' || sort === 'orders' ? sort : undefined,
                }),
                replace: true,
              })
            }
          />
        )}
        <Button leftSection={<Icon name="list" size={16} />} onClick={() => setOpen('columns')}>
          Columns
        </Button>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setOpen('keep')}>
          Keep this view
        </Button>
        {can.export && (
          <Button
            leftSection={<Icon name="download" size={16} />}
            component="a"
            href={exportAddress(look, columns)}
            download="people.csv"
          >
            Download as CSV
          </Button>
        )}
      </div>
      {open === 'columns' && (
        <ColumnsSheet
          columns={columns}
          sinceLabel={sinceLabelOf(look)}
          onClose={() => setOpen(null)}
          onChange={(next) => {
            chooseColumns.mutate(next);
            void navigate({
              to: '/people',
              search: (old) => ({ ...old, columns: next.length === 0 ? undefined : next }),
              replace: true,
            });
          }}
        />
      )}
      {open === 'keep' && (
        <KeepView
          look={{ ...look, columns: [...columns] }}
          views={views}
          instead={null}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

function Views({ look }: { readonly look: PeopleLook }) {
  const views = useQuery(peopleViewsQuery).data?.items ?? [];
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: peopleViewsQuery.queryKey });
  const away = useMutation({
    mutationFn: (view: PeopleView) => deletePeopleView(view.id),
    onSuccess: async (_, view) => {
      offerUndo({
        done: `The view ${view.name} is deleted${view.shared ? ' for everybody' : ''}.`,
        undo: async () => {
          await restorePeopleView(view.id);
          await refresh();
        },
      });
      await refresh();
    },
  });
  const [changing, setChanging] = useState<PeopleView | null>(null);
  const segments = useQuery(vocabularyQuery).data?.segments ?? [];
  const quick = quickViews.filter(
    ({ view }) => view.segment === undefined || segments.some(({ key }) => key === view.segment),
  );
  const current = views.find((view) => isShown(view.view, look));
  return (
    <nav className="people-views" aria-label="Saved views">
      <Link
        to="/people"
        className="view-link"
        activeOptions={{ exact: true, explicitUndefined: true }}
        aria-current={isEmpty(look) ? 'page' : undefined}
      >
        Everyone
      </Link>
      {quick.map(({ name, view }) => (
        <Link
          key={name}
          to="/people"
          search={view}
          className="view-link"
          activeOptions={{ exact: true, explicitUndefined: true }}
          aria-current={isShown(view, look) ? 'page' : undefined}
        >
          {name}
        </Link>
      ))}
      {views.map((view) => (
        <Link
          key={view.id}
          to="/people"
          search={view.view}
          className="view-link"
          activeOptions={{ exact: true, explicitUndefined: true }}
          aria-current={view === current ? 'page' : undefined}
        >
          <bdi>{view.name}</bdi>
          {!view.shared && <span className="muted"> only you</span>}
        </Link>
      ))}
      {current && (
        <>
          <button type="button" className="text-button" onClick={() => setChanging(current)}>
            Change this view
          </button>
          <button type="button" className="text-button" onClick={() => away.mutate(current)}>
            Delete this view
          </button>
        </>
      )}
      {changing && (
        <KeepView look={look} views={views} instead={changing} onClose={() => setChanging(null)} />
      )}
    </nav>
  );
}

/** What is asked for most. */
const quickViews: readonly { readonly name: string; readonly view: PeopleLook }[] = [
  { name: 'Unusually quiet', view: { segment: 'quiet' } },
  { name: 'Unhappy', view: { segment: 'unhappy' } },
  { name: 'Agreed to hear from us', view: { segment: 'consented' } },
  { name: 'Anonymous', view: { rule: { kind: 'not', rule: { kind: 'segment', segment: 'known' } } } },
];

const looks = ['search', 'stage', 'segment', 'rule', 'sort', 'columns'] as const;
const isShown = (view: PeopleLook, look: PeopleLook): boolean =>
  looks.every((key) => JSON.stringify(view[key]) === JSON.stringify(look[key]));
const isEmpty = (look: PeopleLook): boolean => looks.every((key) => look[key] === undefined);
