// Records that were merged into this person, and for developers the state as stored.
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { mergesQuery, personState, type MergedRecord } from '../api/person-record.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { identityName } from '../lib/words.ts';
import { CopyField } from '../ui/copy-field.tsx';
import { Section } from '../ui/page.tsx';
import { Trouble } from '../ui/states.tsx';

export function MergedRecords({ id, any }: { readonly id: string; readonly any: boolean }) {
  const merges = useQuery({ ...mergesQuery(id), enabled: any });
  if (!any) return null;
  return (
    <Section title="Merged records" note="What they brought counts as this person's.">
      {merges.isError && <Trouble error={merges.error} onRetry={() => void merges.refetch()} />}
      <ul className="plain-list">
        {merges.data?.items.map((merge) => (
          <Merged key={merge.id} merge={merge} />
        ))}
      </ul>
    </Section>
  );
}

function Merged({ merge }: { readonly merge: MergedRecord }) {
  const formats = useFormats();
  const times = merge.events === 1 ? 'one event' : `${formats.number(merge.events)} events`;
  return (
    <li className="stack-tight" style={{ gap: 4 }}>
      {merge.identities.length === 0 ? (
        <code>{merge.id}</code>
      ) : (
        merge.identities.map(({ kind, value }) => (
          <span key={kind + value} style={{ overflowWrap: 'anywhere' }}>
            <span className="muted">{identityName(kind)} </span>
            <bdi>{value}</bdi>
          </span>
        ))
      )}
      <span className="muted">
        joined on {formats.date(merge.at)}
        {merge.event && ` by “${merge.event}”`}, brought {merge.events === 0 ? 'no event' : times}
        {merge.first_at &&
          merge.last_at &&
          ` (${formats.date(merge.first_at)} to ${formats.date(merge.last_at)})`}
      </span>
    </li>
  );
}

/** Asked for only when somebody wants it. */
export function ForDevelopers({ id }: { readonly id: string }) {
  const can = useCan();
  const state = useMutation({ mutationFn: () => personState(id) });
  if (!can.connect) return null;
  return (
    <Section title="For developers" note="Memory and standing as they are stored. It holds personal data.">
      <CopyField label="Id" value={id} />
      {state.data === undefined ? (
        <div>
          <Button loading={state.isPending} onClick={() => state.mutate()}>
            Show the state
          </Button>
        </div>
      ) : (
        <>
          <pre className="person-state" tabIndex={0}>
            {JSON.stringify(state.data, null, 2)}
          </pre>
          <CopyField label="State as JSON" value={JSON.stringify(state.data)} />
        </>
      )}
      {state.isError && <Trouble error={state.error} />}
    </Section>
  );
}
