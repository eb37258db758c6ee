// Segments: every one as its sentence and its count.
import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { itemsOf } from '../api/page.ts';
import { segmentsQuery, type Segment } from '../api/segments.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { DataTable, LoadMore } from '../ui/data-table.tsx';
import { Deleted } from '../ui/deleted.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Badge, Empty } from '../ui/states.tsx';

export function SegmentsPage() {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 200);
  const segments = useInfiniteQuery({
    ...segmentsQuery(asked),
    placeholderData: (before) => before,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some((one) => one.arming) ? 2_000 : 15_000),
  });
  const can = useCan();
  const formats = useFormats();
  const navigate = useNavigate();
  return (
    <Page
      title="Segments"
      lead="Questions about people that answer themselves: everyone for whom the sentence holds is in, from the moment it does."
      actions={
        can.define && (
          <Button variant="filled" onClick={() => void navigate({ to: '/new-segment' })}>
            New segment
          </Button>
        )
      }
    >
      <Answer of={segments}>
        {(data) => {
          const items = itemsOf(data);
          const total = data.pages[0]?.total ?? 0;
          return (
            <>
              {(total > 12 || search !== '') && (
                <TextInput
                  aria-label="Find a segment"
                  placeholder="Find a segment"
                  value={search}
                  maxLength={200}
                  onChange={(e) => setSearch(e.currentTarget.value)}
                />
              )}
              {items.length === 0 ? (
                <Empty title={search === '' ? 'No segment yet.' : 'No segment has these words.'} />
              ) : (
                <SegmentTable segments={items} />
              )}
              <LoadMore
                query={segments}
                shown={
                  segments.hasNextPage
                    ? `${formats.number(items.length)} of ${formats.number(total)} segments`
                    : ''
                }
              />
            </>
          );
        }}
      </Answer>
      {can.define && <Deleted of="segments" things="segments" />}
    </Page>
  );
}

function SegmentTable({ segments }: { readonly segments: readonly Segment[] }) {
  const formats = useFormats();
  return (
    <DataTable
      label="Segments"
      rows={segments}
      keyOf={(segment) => segment.key}
      columns={[
        {
          key: 'name',
          label: 'Segment',
          lead: true,
          render: (segment) => (
            <Link to="/segments/$key" params={{ key: segment.key }} className="name-link">
              {segment.name}
            </Link>
          ),
        },
        {
          key: 'sentence',
          label: 'Everyone who',
          render: (segment) =>
            segment.problems.length === 0 ? (
              segment.sentence
            ) : (
              <Badge tone="warning" icon="warning">
                its rule needs a repair
              </Badge>
            ),
        },
        {
          key: 'people',
          label: 'People',
          numeric: true,
          render: (segment) =>
            segment.arming ? (
              <Badge tone="info" icon="clock">
                being counted
              </Badge>
            ) : (
              formats.number(segment.people)
            ),
        },
      ]}
    />
  );
}
