// Taking an import back: what goes and what stays, said before; how far it is; what came of it.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { importQuery, undoAheadQuery, undoImport, type Import } from '../api/imports.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { undoAheadWords } from '../lib/import-words.ts';
import { Section } from '../ui/page.tsx';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import './imports.css';

export function TakeBack({ one }: { readonly one: Import }) {
  const can = useCan();
  const formats = useFormats();
  const client = useQueryClient();
  const ahead = useQuery({ ...undoAheadQuery(one.id), enabled: can.define });
  const undo = useMutation({
    mutationFn: () => undoImport(one.id),
    onSuccess: (fresh) => client.setQueryData(importQuery(one.id).queryKey, fresh),
  });
  if (!can.define) return null;
  return (
    <Section
      title="Take it back"
      note="For a file that was the wrong one, or was read wrongly. Nobody is contacted, and the same file can be imported again."
    >
      <div className="stack-tight">
        <Answer of={ahead} rows={1}>
          {(it) => <p className="sentence">{undoAheadWords(formats, it)}</p>}
        </Answer>
        <ul className="list">
          <li>What the file said goes, and whoever is known by this file alone goes with it.</li>
          <li>
            Whoever is known by something else too stays, and is worked out anew without it: another file, an
            event, a message, a note, something done by hand.
          </li>
          <li>
            A consent that only this file gave is withdrawn from those who stay. Another file does not give it
            back; their own word does.
          </li>
          <li>Addresses and numbers that only this file gave go, unless somebody would have none left.</li>
          <li>
            What stays: records that the file showed to be one person remain one; what was sent stays sent;
            what was decided since stays in the log.
          </li>
        </ul>
        <div>
          <Button loading={undo.isPending} onClick={() => undo.mutate()}>
            Take this import back
          </Button>
        </div>
        {undo.isError && <Trouble error={undo.error} />}
      </div>
    </Section>
  );
}

/** For one that was made before whom an import touches was kept. */
export function NotTakenBack() {
  return (
    <Section title="Take it back">
      <p>
        This import cannot be taken back. It was made before Rapport kept whom an import touches, so what it
        brought cannot be told from the rest any more. What is wrong in it can be put right by events, or by
        importing a corrected file.
      </p>
    </Section>
  );
}

export function UndoProgress({ one }: { readonly one: Import }) {
  const formats = useFormats();
  const { done = 0, of = 0 } = one.progress.undo ?? {};
  return (
    <div className="stack-tight">
      <p className="sentence" id="undo-words">
        Taking it back: {formats.number(done)} of {people(formats, of)}.
      </p>
      <ProgressBar words="undo-words" done={done} of={of} />
      <p className="muted">You can leave this page; it goes on, also after a restart.</p>
    </div>
  );
}

export function Undone({ one }: { readonly one: Import }) {
  const formats = useFormats();
  const undo = one.progress.undo;
  if (!undo) return null;
  return (
    <Note
      tone="plain"
      title={`It was taken back: ${people(formats, undo.removed)} who ${undo.removed === 1 ? 'was' : 'were'} known by it alone ${undo.removed === 1 ? 'is' : 'are'} gone.`}
      action={<Link to="/imports">Import a file</Link>}
    >
      <p>
        {formats.number(undo.facts)} facts went.{' '}
        {undo.kept > 0 &&
          `${people(formats, undo.kept)} stayed, known by something else, and ${undo.kept === 1 ? 'was' : 'were'} worked out anew without it. `}
        {undo.withdrawn > 0 &&
          `From ${people(formats, undo.withdrawn)} of these the consent that it gave was withdrawn. `}
        Nobody was contacted. The file can be imported again.
      </p>
    </Note>
  );
}
