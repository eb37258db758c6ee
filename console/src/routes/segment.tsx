// One segment: its sentence, where it is used, who is in it, and its rule to change.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { segmentQuery, type Segment } from '../api/segments.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { isEveryone } from '../lib/rule-tree.ts';
import { BacktestLink } from '../ui/backtest-link.tsx';
import { BrokenRule } from '../ui/broken-rule.tsx';
import { DeleteButton } from '../ui/deleted.tsx';
import { Page, Section } from '../ui/page.tsx';
import { ReferenceLink } from '../ui/reference-link.tsx';
import { Answer, Note } from '../ui/states.tsx';
import { SegmentHistory } from './segment-history.tsx';
import { Members } from './segment-members.tsx';

const route = getRouteApi('/shell/segments/$key');

export function SegmentPage() {
  const { key } = route.useParams();
  const segment = useQuery({
    ...segmentQuery(key),
    // While people are being brought to it, whoever made it watches.
    refetchInterval: ({ state }) => (state.data?.arming ? 1_000 : 15_000),
  });
  return (
    <Answer of={segment}>{(it) => <TheSegment segment={it} countedAt={segment.dataUpdatedAt} />}</Answer>
  );
}

function TheSegment({ segment, countedAt }: { readonly segment: Segment; readonly countedAt: number }) {
  const formats = useFormats();
  const can = useCan();
  const navigate = useNavigate();
  return (
    <Page
      title={segment.name}
      back={{ to: '/segments', label: 'Segments' }}
      lead={
        <span className="sentence">
          {isEveryone(segment.rule) ? 'Everyone.' : `Everyone who: ${segment.sentence}.`}
        </span>
      }
      actions={
        can.define && (
          <>
            {segment.used_by.length === 0 && <DeleteSegment segment={segment} />}
            <BacktestLink of={`segment:${segment.key}`} />
            <Button
              onClick={() => void navigate({ to: '/segments/$key/rule', params: { key: segment.key } })}
            >
              Change the rule
            </Button>
          </>
        )
      }
    >
      <BrokenRule
        problems={segment.problems}
        meanwhile="Until it is changed, whoever is in the segment stays, and nobody joins."
      />
      {segment.arming && (
        <Note tone="info" title="Being counted">
          {formats.number(segment.arming.done)} of {people(formats, segment.arming.of)} have been looked at.
          From then on the segment is exact at every moment.
        </Note>
      )}
      <Section title={people(formats, segment.people)}>
        <Members
          segment={segment.key}
          arming={segment.arming !== null}
          counted={{ people: segment.people, at: countedAt }}
        />
      </Section>
      <SegmentHistory segment={segment.key} />
      <UsedBy segment={segment} />
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
            <ReferenceLink to={user} />{' '}
            <span className="muted">{user.kind === 'model' ? 'lifecycle model' : user.kind}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What is used cannot go; the way to free it stands under "Used by". */
function DeleteSegment({ segment }: { readonly segment: Segment }) {
  const navigate = useNavigate();
  return (
    <DeleteButton
      of="segments"
      id={segment.key}
      called={`The segment ${segment.name}`}
      leave={() => navigate({ to: '/segments' })}
    />
  );
}
