// A segment's rule being made or changed, on a page of its own: the sentence to change, and what it means for people right now.
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { ApiProblem } from '../api/problem.ts';
import type { RuleJson } from '../api/rules.ts';
import { changeSegment, createSegment, segmentQuery, type Segment } from '../api/segments.ts';
import { fieldError } from '../lib/fields.ts';
import { Page } from '../ui/page.tsx';
import { draftOf, RuleEditor } from '../ui/rule-editor.tsx';
import { Answer, Trouble } from '../ui/states.tsx';
import { RuleLive } from './rule-live.tsx';

const route = getRouteApi('/shell/segments/$key/rule');

export function NewSegmentPage() {
  return (
    <Page
      title="New segment"
      back={{ to: '/segments', label: 'Segments' }}
      lead="Say who belongs to it. Everyone for whom it holds is in, from the moment it does; it contacts nobody."
    >
      <SegmentForm saved={null} />
    </Page>
  );
}

export function SegmentRulePage() {
  const { key } = route.useParams();
  const segment = useQuery({ ...segmentQuery(key), refetchOnWindowFocus: false });
  return (
    <Answer of={segment}>
      {(it) => (
        <Page
          title={`Change ${it.name}`}
          back={{ to: '/segments', label: 'Segments' }}
          lead="Saving counts everyone anew. It contacts nobody."
        >
          <SegmentForm key={it.key} saved={it} />
        </Page>
      )}
    </Answer>
  );
}

const everyone: RuleJson = { kind: 'all', rules: [] };

function SegmentForm({ saved }: { readonly saved: Segment | null }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(saved?.name ?? '');
  const [whole, setWhole] = useState(false);
  const [draft, setDraft] = useState(() => draftOf(saved?.rule ?? everyone));
  const save = useMutation({
    mutationFn: (rule: RuleJson) =>
      saved === null ? createSegment({ name, rule }) : changeSegment(saved.key, { name, rule }),
    onSuccess: async (segment) => {
      await client.invalidateQueries();
      await navigate({ to: '/segments/$key', params: { key: segment.key } });
    },
  });
  const problems =
    save.error instanceof ApiProblem ? save.error.problems.filter((one) => one.path.startsWith('/rule')) : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (draft.rule) save.mutate(draft.rule);
  };
  const leave = () =>
    saved === null
      ? navigate({ to: '/segments' })
      : navigate({ to: '/segments/$key', params: { key: saved.key } });
  return (
    <form onSubmit={submit} className="rule-page">
      <div className="stack">
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          maw={480}
          value={name}
          error={fieldError(save.error, '/name')}
          onChange={(e) => setName(e.currentTarget.value)}
        />
        <RuleEditor
          draft={draft}
          onChange={(next) => {
            save.reset();
            setDraft(next);
          }}
          problems={problems}
          onChecked={setWhole}
        />
        {save.isError && problems.length === 0 && <Trouble error={save.error} />}
        <div className="form-foot">
          <Button type="submit" variant="filled" loading={save.isPending} disabled={draft.rule === null}>
            {saved === null ? 'Make the segment' : 'Save'}
          </Button>
          <Button onClick={() => void leave()}>Cancel</Button>
        </div>
      </div>
      <RuleLive rule={whole ? draft.rule : null} segment={saved?.key ?? null} />
    </form>
  );
}
