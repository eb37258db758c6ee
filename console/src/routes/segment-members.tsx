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

export function Members({ segment, arming }: { readonly segment: string; readonly arming: boolean }) {
  const formats = useFormats();
  const client = useQueryClient();
  const query = segmentPeopleQuery(segment);
  const members = useInfiniteQuery({ ...query, refetchInterval: arming ? 2_000 : false });
  // Whoever was brought to it since the last look.
  const lookAgain = useEffectEvent(() => void client.invalidateQueries({ queryKey: query.queryKey }));
  useEffect(() => (arming ? () => lookAgain() : undefined), [arming]);
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
