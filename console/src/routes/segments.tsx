// Segments: every one as its sentence and its count.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { deletedSegmentsQuery, restoreSegment, segmentsQuery, type Segment } from '../api/segments.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Badge, Empty, Trouble } from '../ui/states.tsx';

export function SegmentsPage() {
  const segments = useQuery(segmentsQuery);
  const can = useCan();
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
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
        {({ items }) => {
          const wanted = search.trim().toLowerCase();
          const found = items.filter((one) => `${one.name} ${one.sentence}`.toLowerCase().includes(wanted));
          return (
            <>
              {items.length > 12 && (
                <TextInput
                  aria-label="Find a segment"
                  placeholder="Find a segment"
                  value={search}
                  onChange={(e) => setSearch(e.currentTarget.value)}
                />
              )}
              {found.length === 0 ? (
                <Empty title={items.length === 0 ? 'No segment yet.' : 'No segment has these words.'} />
              ) : (
                <SegmentTable segments={found.slice(0, 200)} />
              )}
              {found.length > 200 && (
                <p className="muted">The first 200 are shown. Type a few letters to find another.</p>
              )}
            </>
          );
        }}
      </Answer>
      {can.define && <Deleted />}
    </Page>
  );
}

function Deleted() {
  const formats = useFormats();
  const client = useQueryClient();
  const deleted = useQuery(deletedSegmentsQuery).data?.items ?? [];
  const restore = useMutation({
    mutationFn: restoreSegment,
    onSuccess: () => client.invalidateQueries({ queryKey: ['segments'] }),
  });
  if (deleted.length === 0) return null;
  return (
    <details>
      <summary className="muted">Deleted segments ({formats.number(deleted.length)})</summary>
      {restore.error && <Trouble error={restore.error} />}
      <ul className="plain-list">
        {deleted.map((one) => (
          <li key={one.key} className="row-wide">
            <span>
              <strong>{one.name}</strong>{' '}
              <span className="muted">
                {one.sentence} · deleted on {formats.date(one.deleted_at)}
              </span>
            </span>
            <Button
              size="xs"
              loading={restore.isPending && restore.variables === one.key}
              onClick={() => restore.mutate(one.key)}
            >
              Put it back
            </Button>
          </li>
        ))}
      </ul>
    </details>
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
        { key: 'sentence', label: 'Everyone who', render: (segment) => segment.sentence },
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
