// One segment: its sentence, where it is used, who is in it, and its rule to change.
import { Button, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { itemsOf } from '../api/page.ts';
import { ApiProblem } from '../api/problem.ts';
import {
  changeSegment,
  deleteSegment,
  segmentPeopleQuery,
  segmentQuery,
  type Segment,
} from '../api/segments.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Page, Section } from '../ui/page.tsx';
import { PeopleTable } from '../ui/people-table.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';
import { Answer, Empty, Note, Trouble } from '../ui/states.tsx';

const route = getRouteApi('/shell/segments/$key');

export function SegmentPage() {
  const { key } = route.useParams();
  const segment = useQuery(segmentQuery(key));
  return <Answer of={segment}>{(it) => <TheSegment segment={it} />}</Answer>;
}

function TheSegment({ segment }: { readonly segment: Segment }) {
  const formats = useFormats();
  const can = useCan();
  const members = useInfiniteQuery(segmentPeopleQuery(segment.key));
  const [open, { open: show, close }] = useDisclosure(false);
  return (
    <Page
      title={segment.name}
      back={{ to: '/segments', label: 'Segments' }}
      lead={<span className="sentence">Everyone who: {segment.sentence}.</span>}
      actions={can.define && <Button onClick={show}>Change the rule</Button>}
    >
      {segment.arming && (
        <Note tone="info" title="Being counted">
          {formats.number(segment.arming.done)} of {people(formats, segment.arming.of)} have been looked at.
          From then on the segment is exact at every moment.
        </Note>
      )}
      <Section title={people(formats, segment.people)}>
        <Answer of={members}>
          {(data) => {
            const items = itemsOf(data);
            if (items.length === 0) return <Empty title="Nobody is in this segment now." />;
            return (
              <>
                <PeopleTable people={items} sinceLabel="In the segment since" />
                <LoadMore query={members} shown={`${people(formats, items.length)} shown`} />
              </>
            );
          }}
        </Answer>
      </Section>
      <UsedBy segment={segment} />
      <Modal opened={open} onClose={close} title={`Change ${segment.name}`} size="lg">
        <ChangeSegment segment={segment} onClose={close} />
      </Modal>
    </Page>
  );
}

function UsedBy({ segment }: { readonly segment: Segment }) {
  if (segment.used_by.length === 0) return null;
  return (
    <Section title="Used by">
      <ul className="plain-list">
        {segment.used_by.map((user) => (
          <li key={`${user.kind}-${user.key}`}>
            {user.kind === 'model' && (
              <Link to="/lifecycle" search={{ model: user.key }}>
                {user.name}
              </Link>
            )}
            {user.kind === 'journey' && (
              <Link to="/journeys/$id" params={{ id: user.key }}>
                {user.name}
              </Link>
            )}
            {user.kind === 'segment' && (
              <Link to="/segments/$key" params={{ key: user.key }}>
                {user.name}
              </Link>
            )}{' '}
            <span className="muted">{user.kind === 'model' ? 'lifecycle model' : user.kind}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ChangeSegment({ segment, onClose }: { readonly segment: Segment; readonly onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(segment.name);
  const [draft, setDraft] = useState(() => draftOf(segment.rule));
  const save = useMutation({
    mutationFn: (rule: NonNullable<typeof draft.rule>) => changeSegment(segment.key, { name, rule }),
    onSuccess: async () => {
      onClose();
      await client.invalidateQueries();
    },
  });
  const drop = useMutation({
    mutationFn: () => deleteSegment(segment.key),
    onSuccess: async () => {
      await navigate({ to: '/segments' });
      await client.invalidateQueries({ queryKey: ['segments'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.rule) save.mutate(draft.rule);
  };
  const problems =
    save.error instanceof ApiProblem ? save.error.problems.filter((one) => one.path.startsWith('/rule')) : [];
  const failed = save.isError && problems.length === 0 ? save.error : drop.error;
  return (
    <form onSubmit={submit} className="stack">
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <RuleEditor draft={draft} onChange={setDraft} problems={problems} />
      <p className="muted">Saving counts everyone anew. It contacts nobody.</p>
      {failed && <Trouble error={failed} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={save.isPending} disabled={draft.rule === null}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        {segment.used_by.length === 0 && (
          <Button color="danger" variant="subtle" loading={drop.isPending} onClick={() => drop.mutate()}>
            Delete
          </Button>
        )}
      </div>
    </form>
  );
}
