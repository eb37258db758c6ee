// Deleting with a way back instead of a question beforehand, and the list of what was deleted: the same for everything that is defined.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deletedQuery, deleteThing, restoreThing, type DeletedThing, type Kept } from '../api/deleted.ts';
import { useFormats } from '../app/formats.tsx';
import { Trouble } from './states.tsx';
import { offerUndo } from './undo.tsx';

export interface Deletable {
  readonly of: Kept;
  readonly id: string;
  /** "The segment Unusually quiet". */
  readonly called: string;
  /** Away from the page of what is gone. */
  readonly leave: () => Promise<unknown>;
}

function useRefresh(of: Kept): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: [of] }),
      client.invalidateQueries({ queryKey: ['deleted', of] }),
    ]);
}

export function useDelete({ of, id, called, leave }: Deletable) {
  const refresh = useRefresh(of);
  return useMutation({
    mutationFn: () => deleteThing(of, id),
    onSuccess: async () => {
      await leave();
      await refresh();
      offerUndo({
        done: `${called} is deleted.`,
        undone: `${called} is back.`,
        undo: async () => {
          await restoreThing(of, id);
          await refresh();
        },
      });
    },
  });
}

export function DeleteButton(what: Deletable) {
  const drop = useDelete(what);
  return (
    <>
      <Button color="danger" variant="subtle" loading={drop.isPending} onClick={() => drop.mutate()}>
        Delete
      </Button>
      {drop.error && <Trouble error={drop.error} />}
    </>
  );
}

/** At the end of a list; nothing where nothing was deleted. */
export function Deleted({ of, things }: { readonly of: Kept; readonly things: string }) {
  const formats = useFormats();
  const refresh = useRefresh(of);
  const deleted = useQuery(deletedQuery(of)).data?.items ?? [];
  const back = useMutation({ mutationFn: (key: string) => restoreThing(of, key), onSuccess: refresh });
  if (deleted.length === 0) return null;
  return (
    <details>
      <summary className="muted">
        Deleted {things} ({formats.number(deleted.length)})
      </summary>
      {back.error && <Trouble error={back.error} />}
      <ul className="plain-list">
        {deleted.map((one) => (
          <li key={one.key} className="row-wide deleted">
            <span className="deleted-words">
              <strong>{one.name}</strong>{' '}
              <span className="muted">
                {[gistOf(one), `deleted on ${formats.date(one.deleted_at)}`].filter(Boolean).join(' · ')}
              </span>
            </span>
            <Button
              size="xs"
              loading={back.isPending && back.variables === one.key}
              onClick={() => back.mutate(one.key)}
              aria-label={`Put back ${one.name}`}
            >
              Put it back
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function gistOf({ sentence, description, subject, stages }: DeletedThing): string {
  return sentence ?? description ?? subject ?? stages?.join(' → ') ?? '';
}
