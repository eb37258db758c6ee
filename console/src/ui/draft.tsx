// What belongs to every draft, whatever is drafted: a step back and forth again, and what became of what was written.
import { ActionIcon, Button } from '@mantine/core';
import { useFormats } from '../app/formats.tsx';
import type { Draft } from '../lib/use-draft.ts';
import { Note } from './states.tsx';

type Steps = Pick<Draft<unknown>, 'undo' | 'redo'>;

export function StepButtons({ draft }: { readonly draft: Steps }) {
  return (
    <span className="row">
      <ActionIcon
        variant="default"
        size={36}
        aria-label="Take the last change back"
        title="Take the last change back (Ctrl-Z)"
        disabled={draft.undo === null}
        onClick={() => draft.undo?.()}
      >
        <span aria-hidden="true">↶</span>
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={36}
        aria-label="Do it again"
        title="Do it again (Ctrl-Shift-Z)"
        disabled={draft.redo === null}
        onClick={() => draft.redo?.()}
      >
        <span aria-hidden="true">↷</span>
      </ActionIcon>
    </span>
  );
}

/** Ctrl-Z and Ctrl-Shift-Z; true: it was one of them. */
export function stepByKey(
  event: {
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly shiftKey: boolean;
    readonly key: string;
  },
  draft: Steps,
): boolean {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return false;
  const step = event.shiftKey ? draft.redo : draft.undo;
  step?.();
  return step !== null;
}

/** Written earlier and not saved: it was taken up again. */
export function TakenUp({ draft }: { readonly draft: Pick<Draft<unknown>, 'takenUp' | 'forget'> }) {
  const formats = useFormats();
  if (draft.takenUp === null) return null;
  return (
    <Note
      tone="info"
      title={`Taken up again: what you wrote on ${formats.dateTime(new Date(draft.takenUp).toISOString())} and had not saved.`}
      action={<Button onClick={draft.forget}>Discard it</Button>}
    />
  );
}

/** Somebody saved a newer version meanwhile: theirs is to be looked at, or this one put over it. */
export function Overtaken({
  title,
  onLook,
  onSaveOver,
  keepsVersions = true,
}: {
  readonly title: string;
  readonly keepsVersions?: boolean;
  readonly onLook: () => void;
  readonly onSaveOver: () => void;
}) {
  return (
    <Note
      tone="warning"
      title={title}
      alert
      action={
        <span className="row">
          <Button onClick={onLook}>Look at theirs</Button>
          <Button onClick={onSaveOver}>Save mine over it</Button>
        </span>
      }
    >
      What you wrote is kept in this browser.{' '}
      {keepsVersions ? 'Theirs stays among the versions.' : 'Saved over, theirs is gone.'}
    </Note>
  );
}
