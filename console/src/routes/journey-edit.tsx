// A journey being changed: its steps from top to bottom, each with its form, what is wrong at its place, and a draft that is kept.
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { checkGraph, journeyQuery, saveVersion, type Graph, type Journey } from '../api/journeys.ts';
import { ApiProblem, type FieldProblem } from '../api/problem.ts';
import { useDraft } from '../lib/use-draft.ts';
import { StepButtons, TakenUp } from '../ui/draft.tsx';
import { Page } from '../ui/page.tsx';
import { Answer, Note, Trouble } from '../ui/states.tsx';
import { useTemplateNames } from './journey-facts.tsx';
import { JourneyForEveryone } from './journey-everyone.tsx';
import { JourneyOutline } from './journey-outline.tsx';
import { JourneySaved } from './journey-saved.tsx';
import { ProblemList } from '../ui/problem-list.tsx';
import './journey.css';
import './journey-edit.css';

const route = getRouteApi('/shell/journeys/$id/edit');

export function EditJourneyPage() {
  const { id } = route.useParams();
  // What is being changed does not change by itself: another's version is met when saving.
  const journey = useQuery({
    ...journeyQuery(id),
    refetchInterval: false as const,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const newest = journey.data?.newest_version;
  const shown = useQuery({
    ...journeyQuery(id, newest),
    refetchInterval: false as const,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    enabled: newest !== undefined,
  });
  return (
    <Answer of={newest === undefined ? journey : shown} rows={10}>
      {(it) => <Editor key={`${it.id} ${it.version}`} journey={it} />}
    </Answer>
  );
}

interface Checked {
  readonly graph: Graph;
  readonly problems: readonly FieldProblem[];
  readonly labels: { readonly [node: string]: string };
}

function Editor({ journey }: { readonly journey: Journey }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const draft = useDraft({
    key: `journey.${journey.id}`,
    version: journey.version,
    saved: journey.graph,
    read: readGraph,
  });
  const checked = useChecked(draft.value, journey);
  const [saved, setSaved] = useState<number | null>(null);
  const save = useMutation({
    mutationFn: (anyway: boolean) =>
      saveVersion(journey.id, { graph: draft.value, ...(anyway ? {} : { base: draft.basedOn }) }),
    onSuccess: async ({ version }) => {
      draft.forget();
      await client.invalidateQueries({ queryKey: ['journeys'] });
      if (journey.active_version === null)
        await navigate({ to: '/journeys/$id', params: { id: journey.id }, search: { version } });
      else setSaved(version);
    },
  });
  useHotkeys([
    ['mod+z', () => draft.undo?.()],
    ['mod+shift+z', () => draft.redo?.()],
  ]);
  const conflict = save.error instanceof ApiProblem && save.error.code === 'conflict';
  if (saved !== null) return <JourneySaved journey={journey} version={saved} />;
  return (
    <Page
      title={`Change ${journey.name}`}
      back={{ to: '/journeys', label: 'Journeys' }}
      lead={
        draft.isChanged
          ? 'The draft is kept in this browser. Nothing changes for anybody before it is saved and switched on.'
          : `Version ${journey.version}. Changes become a new version; nothing happens before it is switched on.`
      }
      actions={
        <>
          <StepButtons draft={draft} />
          <Button
            variant="filled"
            loading={save.isPending}
            disabled={!draft.isChanged || checked.problems.length > 0}
            onClick={() => save.mutate(false)}
          >
            Save as version {journey.newest_version + 1}
          </Button>
        </>
      }
    >
      {conflict && save.error instanceof ApiProblem && (
        <Note
          tone="warning"
          alert
          title={save.error.message}
          action={<Button onClick={() => save.mutate(true)}>Save mine as a newer one</Button>}
        >
          <p>{save.error.hint}</p>
        </Note>
      )}
      {save.isError && !conflict && <Trouble error={save.error} />}
      {!save.isError && <TakenUp draft={draft} />}
      <Problems problems={checked.problems} graph={draft.value} />
      <JourneyOutline
        graph={draft.value}
        labels={checked.labels}
        problems={checked.problems}
        jumps={draft.jumps}
        onChange={draft.change}
      />
      <JourneyForEveryone
        key={draft.jumps}
        graph={draft.value}
        problems={checked.problems}
        onChange={draft.change}
      />
      {draft.isChanged && (
        <div className="form-foot">
          <Button onClick={draft.forget}>Throw the draft away</Button>
        </div>
      )}
    </Page>
  );
}

/** What is wrong with the whole; what is wrong with a step stands at the step. */
function Problems({
  problems,
  graph,
}: {
  readonly problems: readonly FieldProblem[];
  readonly graph: Graph;
}) {
  const own = problems.filter(({ path }) => nodeOf(path, graph) === null);
  if (problems.length === 0) return null;
  return (
    <Note
      tone="warning"
      title={`${problems.length === 1 ? 'One thing is' : `${problems.length} things are`} missing or wrong`}
    >
      {own.length > 0 && <ProblemList of={own.map(({ message, hint }) => ({ message, hint }))} />}
      {own.length < problems.length && <p>The steps concerned are marked below.</p>}
    </Note>
  );
}

export function nodeOf(path: string, graph: Graph): string | null {
  const id = /^\/graph\/nodes\/([^/]+)/.exec(path)?.[1];
  return id !== undefined && id in graph.nodes ? id : null;
}

/** Asked of the server a moment after the last change; words of steps that did not change since stay. */
function useChecked(graph: Graph, journey: Journey): Omit<Checked, 'graph'> {
  const templates = useTemplateNames();
  const [checked, setChecked] = useState<Checked>({
    graph: journey.graph,
    problems: [],
    labels: journey.labels,
  });
  useEffect(() => {
    const timer = setTimeout(() => {
      checkGraph(graph)
        .then(({ problems, labels }) =>
          setChecked((old) => (problems.length === 0 ? { graph, problems, labels } : { ...old, problems })),
        )
        // Saving asks again, and says what is wrong.
        .catch(() => undefined);
    }, 300);
    return () => clearTimeout(timer);
  }, [graph]);
  const labels = Object.fromEntries(
    Object.entries(graph.nodes).flatMap(([id, node]) => {
      const label = checked.labels[id];
      const isSame = JSON.stringify(checked.graph.nodes[id]) === JSON.stringify(node);
      return label !== undefined && (isSame || node.kind === 'email') && templates ? [[id, label]] : [];
    }),
  );
  return { problems: checked.problems, labels };
}

function readGraph(kept: unknown): Graph | null {
  return typeof kept === 'object' && kept !== null && 'nodes' in kept && 'entry' in kept
    ? (kept as Graph)
    : null;
}
