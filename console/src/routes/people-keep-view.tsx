// A name for what the list shows: a new view, or instead of one that is there. What it was before can be put back.
import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import {
  changePeopleView,
  keepPeopleView,
  peopleViewsQuery,
  type PeopleLook,
  type PeopleView,
} from '../api/people-views.ts';
import { fieldError } from '../lib/fields.ts';
import { Sheet } from '../ui/sheet.tsx';
import { Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

export interface KeepViewProps {
  readonly look: PeopleLook;
  readonly views: readonly PeopleView[];
  /** The view that is changed; null: a new one, unless somebody chooses one. */
  readonly instead: PeopleView | null;
  readonly onClose: () => void;
}

export function KeepView({ look, views, instead, onClose }: KeepViewProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [of, setOf] = useState(instead);
  const [name, setName] = useState(instead?.name ?? '');
  const [shared, setShared] = useState(instead?.shared ?? false);
  const refresh = () => client.invalidateQueries({ queryKey: peopleViewsQuery.queryKey });
  const keep = useMutation({
    mutationFn: () => {
      const draft = { name, shared, view: look };
      return of === null ? keepPeopleView(draft) : changePeopleView(of.id, draft);
    },
    onSuccess: async (view) => {
      await refresh();
      onClose();
      await navigate({ to: '/people', search: view.view, replace: true });
      if (of === null) return;
      offerUndo({
        done: `The view ${view.name} is changed${view.shared ? ' for everybody' : ''}.`,
        undo: async () => {
          await changePeopleView(of.id, { name: of.name, shared: of.shared, view: of.view });
          await refresh();
        },
      });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    keep.mutate();
  };
  const title = instead === null ? 'Keep this view' : 'Change this view';
  return (
    <Sheet label={title} onClose={onClose}>
      <form className="stack sheet-form" onSubmit={submit}>
        <div className="stack-tight">
          <h2>{title}</h2>
          <p className="muted">
            The search, the filters, the order and the columns, under a name. Who is in it is looked up each
            time.
          </p>
        </div>
        {instead === null && views.length > 0 && (
          <Select
            label="Keep it as"
            allowDeselect={false}
            data={[
              { value: '', label: 'A new view' },
              ...views.map((view) => ({ value: view.id, label: `Instead of ${view.name}` })),
            ]}
            value={of?.id ?? ''}
            onChange={(id) => {
              const chosen = views.find((view) => view.id === id) ?? null;
              setOf(chosen);
              setName(chosen?.name ?? '');
              setShared(chosen?.shared ?? false);
            }}
          />
        )}
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          data-autofocus
          maxLength={80}
          value={name}
          error={fieldError(keep.error, '/name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <label className="row">
          <input
            type="checkbox"
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
          Everybody in the team sees it
        </label>
        {keep.isError && <Trouble error={keep.error} />}
        <div className="row">
          <Button type="submit" variant="filled" loading={keep.isPending}>
            {of === null ? 'Keep' : 'Change it'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Sheet>
  );
}
