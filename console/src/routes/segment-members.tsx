// Who is in a segment: since when, why in one sentence, until when; the whole tree of reasons where it is asked for.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { itemsOf } from '../api/page.ts';
import { explainQuery, segmentPeopleQuery, type Member } from '../api/segments.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Explanation } from '../ui/explanation.tsx';
import { nameOf, PersonLink } from '../ui/person-name.tsx';
import { Answer, Empty, Loading, Trouble } from '../ui/states.tsx';

const SHOWN_AGAIN_MS = 15_000;

/** `counted`: how many are in it by the count that stands above the list, and when that was told. */
export function Members({
  segment,
  arming,
  counted,
}: {
  readonly segment: string;
  readonly arming: boolean;
  readonly counted: { readonly people: number; readonly at: number };
}) {
  const formats = useFormats();
  const client = useQueryClient();
  const query = segmentPeopleQuery(segment);
  const members = useInfiniteQuery({
    ...query,
    // Where more pages are open, whoever reads is not disturbed while the count stays.
    refetchInterval: ({ state }) =>
      arming ? 2_000 : (state.data?.pages.length ?? 0) > 1 ? false : SHOWN_AGAIN_MS,
  });
  const lookAgain = useEffectEvent(() => void client.invalidateQueries({ queryKey: query.queryKey }));
  // Whoever was brought to it since the last look.
  useEffect(() => (arming ? () => lookAgain() : undefined), [arming]);
  // List and count are asked side by side: the list may be the older of the two.
  const listed = itemsOf<Member>(members.data ?? { pages: [] }).length;
  const differs = members.hasNextPage ? listed >= counted.people : listed !== counted.people;
  const behind = members.data !== undefined && differs && members.dataUpdatedAt < counted.at;
  useEffect(() => {
    if (behind) lookAgain();
  }, [behind]);
  return (
    <Answer of={members}>
      {(data) => {
        const items = itemsOf<Member>(data);
        if (items.length === 0)
          return <Empty title={arming ? 'Nobody so far.' : 'Nobody is in this segment now.'} />;
        return (
          <>
            <DataTable
              label="People in the segment"
              rows={items}
              keyOf={(person) => person.id}
              columns={[
                {
                  key: 'name',
                  label: 'Person',
                  lead: true,
                  render: (person) => <PersonLink person={person} />,
                },
                {
                  key: 'since',
                  label: 'Since',
                  render: (person) => <span className="nowrap">{formats.date(person.since)}</span>,
                },
                {
                  key: 'why',
                  label: 'Why',
                  render: (person) => <WhyCell person={person} segment={segment} />,
                },
                {
                  key: 'until',
                  label: 'Ends by itself',
                  render: (person) =>
                    person.until === null ? (
                      '–'
                    ) : (
                      <span className="nowrap">{formats.date(person.until)}</span>
                    ),
                },
              ]}
            />
            <LoadMore query={members} shown={`${people(formats, items.length)} shown`} />
          </>
        );
      }}
    </Answer>
  );
}

/** The tree is worked out only for whom somebody asks. */
function WhyCell({ person, segment }: { readonly person: Member; readonly segment: string }) {
  const [open, setOpen] = useState(false);
  if (person.why === null) return <span className="muted">being worked out</span>;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{person.why}.</summary>
      {open && <WhyTree person={person} segment={segment} />}
    </details>
  );
}

function WhyTree({ person, segment }: { readonly person: Member; readonly segment: string }) {
  const explained = useQuery({ ...explainQuery(person.id, { segment }), retry: false });
  if (explained.isError) return <Trouble error={explained.error} />;
  if (!explained.data) return <Loading rows={2} label="Asking" />;
  return <Explanation why={explained.data.why} label={`Why ${nameOf(person)} is in it`} />;
}
