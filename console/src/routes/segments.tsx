// Segments: every one as its sentence and its count.
import { Button, Modal, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../api/problem.ts';
import { createSegment, segmentsQuery, type Segment } from '../api/segments.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Page } from '../ui/page.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';
import { Answer, Badge, Empty, Trouble } from '../ui/states.tsx';

export function SegmentsPage() {
  const segments = useQuery(segmentsQuery);
  const can = useCan();
  const [open, { open: show, close }] = useDisclosure(false);
  const [search, setSearch] = useState('');
  return (
    <Page
      title="Segments"
      lead="Questions about people that answer themselves: everyone for whom the sentence holds is in, from the moment it does."
      actions={
        can.define && (
          <Button variant="filled" onClick={show}>
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
      <Modal opened={open} onClose={close} title="New segment" size="lg">
        <NewSegment onClose={close} />
      </Modal>
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

function NewSegment({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [draft, setDraft] = useState(() => draftOf({ kind: 'orders', op: 'at_least', n: 2 }));
  const create = useMutation({
    mutationFn: createSegment,
    onSuccess: async (segment) => {
      onClose();
      await client.invalidateQueries({ queryKey: ['segments'] });
      await navigate({ to: '/segments/$key', params: { key: segment.key } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.rule) create.mutate({ name, rule: draft.rule });
  };
  const problems =
    create.error instanceof ApiProblem
      ? create.error.problems.filter((one) => one.path.startsWith('/rule'))
      : [];
  return (
    <form onSubmit={submit} className="stack">
      <TextInput
        label="Name"
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        error={fieldError(create.error, '/name')}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <RuleEditor draft={draft} onChange={setDraft} problems={problems} jsonOpen />
      {create.isError && problems.length === 0 && <Trouble error={create.error} />}
      <div className="form-foot">
        <Button type="submit" variant="filled" loading={create.isPending} disabled={draft.rule === null}>
          Make the segment
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}
