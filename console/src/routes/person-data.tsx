// What somebody may ask for: a copy of all that is known of them, and to be forgotten. Erasing is the one deed of the console that asks
// beforehand, because nothing brings it back.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { copyAddress, erasePerson, type Erased } from '../api/person-deeds.ts';
import { useCan } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { Icon } from '../ui/icons.tsx';
import { Page, Section } from '../ui/page.tsx';
import { Sheet } from '../ui/sheet.tsx';
import { Trouble } from '../ui/states.tsx';

export interface PersonDataProps {
  readonly id: string;
  readonly name: string;
  readonly onErased: (erased: Erased) => void;
}

export function PersonData({ id, name, onErased }: PersonDataProps) {
  const can = useCan();
  const [asking, setAsking] = useState(false);
  if (!can.copy && !can.erase) return null;
  return (
    <Section title="Their data">
      <div className="row">
        {can.copy && (
          <Button
            leftSection={<Icon name="download" size={16} />}
            component="a"
            href={copyAddress(id)}
            download={`${id}.json`}
          >
            Download all of it
          </Button>
        )}
        {can.erase && (
          <Button color="danger" onClick={() => setAsking(true)}>
            Erase …
          </Button>
        )}
      </div>
      {asking && (
        <AskErase
          id={id}
          name={name}
          onClose={() => setAsking(false)}
          onErased={(erased) => {
            setAsking(false);
            onErased(erased);
          }}
        />
      )}
    </Section>
  );
}

function AskErase({ id, name, onErased, onClose }: PersonDataProps & { readonly onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const client = useQueryClient();
  const erase = useMutation({
    mutationFn: () => erasePerson(id, typed),
    onSuccess: (erased) => {
      onErased(erased);
      // What other pages still hold of them is asked again; this one shows what remains.
      void client.invalidateQueries({ predicate: ({ queryKey }) => !JSON.stringify(queryKey).includes(id) });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    erase.mutate();
  };
  const atWord = fieldError(erase.error, '/confirm');
  return (
    <Sheet label={`Erase ${name}`} onClose={onClose}>
      <form onSubmit={submit} className="stack sheet-form">
        <h2>
          Erase <bdi>{name}</bdi>
        </h2>
        <div className="stack-tight">
          <p>
            Everything about this person goes, for good: what they did, orders, messages and their texts,
            notes, points, consents, and what was kept of events that could not be read. Figures are counted
            again without them.
          </p>
          <p>
            What remains is a keyed hash of each address and id, so that nothing is ever sent there and events
            that name them again are refused. It does not say whose it was.
          </p>
          <p>Backups that were made before still hold them; whoever restores one erases again.</p>
        </div>
        <TextInput
          label="Type erase to confirm"
          autoComplete="off"
          data-autofocus
          value={typed}
          error={atWord}
          onChange={(event) => {
            erase.reset();
            setTyped(event.currentTarget.value);
          }}
        />
        {erase.isError && atWord === undefined && <Trouble error={erase.error} />}
        <div className="row">
          <Button
            type="submit"
            variant="filled"
            color="danger"
            loading={erase.isPending}
            disabled={typed.trim().toLowerCase() !== 'erase'}
          >
            Erase for good
          </Button>
          <Button onClick={onClose}>Keep them</Button>
        </div>
      </form>
    </Sheet>
  );
}

/** Instead of the page of who is gone. */
export function ErasedPage({ erased }: { readonly erased: Erased }) {
  return (
    <Page title="This person is erased" back={{ to: '/people', label: 'People' }}>
      <div className="stack">
        <p>Everything about them is gone. What remains:</p>
        <ul>
          {erased.kept.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        <div>
          <Button renderRoot={(props) => <Link to="/people" {...props} />}>Back to people</Button>
        </div>
      </div>
    </Page>
  );
}
