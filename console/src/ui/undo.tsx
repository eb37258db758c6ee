// Undo instead of a question beforehand: what was done is said, with a way back for ten seconds (and Ctrl-Z). The shared way to say
// it; plain news go by Mantine's `notifications.show`.
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { wordsOf } from '../api/problem.ts';

export interface Undoable {
  /** What was done: "Sally is out of the team." */
  readonly done: string;
  /** Takes it back and refreshes what is shown; its failure is told. */
  readonly undo: () => Promise<unknown>;
  /** What to say when it is taken back. */
  readonly undone?: string;
}

const undoMs = 10_000;
let last: (() => void) | null = null;

export function offerUndo({ done, undo, undone }: Undoable): void {
  const back = (): void => {
    if (last === back) last = null;
    notifications.hide(id);
    undo().then(
      () => notifications.show({ message: undone ?? 'It is as it was.' }),
      (error: unknown) => {
        const { message, hint } = wordsOf(error);
        notifications.show({ message: `It could not be taken back. ${message} ${hint ?? ''}` });
      },
    );
  };
  last = back;
  const id = notifications.show({
    autoClose: undoMs,
    onClose: () => {
      if (last === back) last = null;
    },
    message: (
      <span className="row-wide">
        <span>{done}</span>
        <Button size="compact-sm" variant="light" onClick={back}>
          Undo
        </Button>
      </span>
    ),
  });
}

/** Ctrl-Z takes the last one back while its message is shown; false: there is none. */
export function undoLast(): boolean {
  if (last === null) return false;
  last();
  return true;
}
