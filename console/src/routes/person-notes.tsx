// Notes about a person: written above the timeline, shown in it, changed by who wrote them; each step can be taken back.
import { Button, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { deleteNote, editNote, restoreNote, writeNote, type Note } from '../api/person-deeds.ts';
import { useCan, useSession, When } from '../app/formats.tsx';
import { Icon } from '../ui/icons.tsx';
import { Trouble } from '../ui/states.tsx';
import { offerUndo } from '../ui/undo.tsx';

const charsMax = 5_000;

function useTimelineAgain(person: string): () => Promise<unknown> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [`/api/people/${encodeURIComponent(person)}/timeline`] });
}

export function WriteNote({ person, onDone }: { readonly person: string; readonly onDone: () => void }) {
  const again = useTimelineAgain(person);
  const [text, setText] = useState('');
  const write = useMutation({
    mutationFn: () => writeNote(person, text),
    onSuccess: async (note) => {
      onDone();
      await again();
      offerUndo({
        done: 'The note is written.',
        undone: 'The note is gone.',
        undo: async () => {
          await deleteNote(person, note.id);
          await again();
        },
      });
    },
  });
  return (
    <NoteForm
      label="A note for the team"
      save="Write it down"
      text={text}
      onText={setText}
      busy={write.isPending}
      error={write.error}
      onSave={() => write.mutate()}
      onCancel={onDone}
    />
  );
}

function NoteForm({
  label,
  save,
  text,
  onText,
  busy,
  error,
  onSave,
  onCancel,
}: {
  readonly label: string;
  readonly save: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onSave: () => void;
  readonly onCancel: () => void;
}) {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (text.trim() !== '') onSave();
  };
  return (
    <form onSubmit={submit} className="stack-tight note-form">
      <Textarea
        label={label}
        data-autofocus
        autoFocus
        autosize
        minRows={2}
        maxRows={12}
        maxLength={charsMax}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      {error && <Trouble error={error} />}
      <div className="row">
        <Button type="submit" loading={busy} disabled={text.trim() === ''}>
          {save}
        </Button>
        <Button variant="subtle" onClick={onCancel}>
          Leave it
        </Button>
      </div>
    </form>
  );
}

export function NoteLine({ person, note }: { readonly person: string; readonly note: Note }) {
  const again = useTimelineAgain(person);
  const can = useCan();
  const { user } = useSession();
  const [draft, setDraft] = useState<string | null>(null);
  const edit = useMutation({
    mutationFn: (text: string) => editNote(person, note.id, text),
    onSuccess: async () => {
      setDraft(null);
      await again();
      offerUndo({
        done: 'The note is changed.',
        undo: async () => {
          await editNote(person, note.id, note.text);
          await again();
        },
      });
    },
  });
  const remove = useMutation({
    mutationFn: () => deleteNote(person, note.id),
    onSuccess: async () => {
      await again();
      offerUndo({
        done: 'The note is deleted.',
        undone: 'The note is back.',
        undo: async () => {
          await restoreNote(person, note.id);
          await again();
        },
      });
    },
  });
  const isMine = user?.id === note.by.id || user?.role === 'owner' || user?.role === 'admin';
  return (
    <div className="happening">
      <Icon name="note" size={16} />
      <div>
        {draft === null ? (
          <p className="note-text">
            <bdi>{note.text}</bdi>
          </p>
        ) : (
          <NoteForm
            label="The note"
            save="Save"
            text={draft}
            onText={setDraft}
            busy={edit.isPending}
            error={edit.error}
            onSave={() => edit.mutate(draft)}
            onCancel={() => setDraft(null)}
          />
        )}
        <div className="muted">
          Note by {note.by.name}, <When at={note.at} />
          {note.edited_at && (
            <>
              , changed <When at={note.edited_at} />
            </>
          )}
        </div>
        {remove.isError && <Trouble error={remove.error} />}
        {can.care && isMine && draft === null && (
          <div className="row note-deeds">
            <Button size="compact-sm" variant="subtle" onClick={() => setDraft(note.text)}>
              Change
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              loading={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Delete
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
