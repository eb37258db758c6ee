// The steps of a journey from top to bottom, to change: each opens its form, is moved or taken out, and has a way to put one after it.
import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { Graph } from '../api/journeys.ts';
import type { FieldProblem } from '../api/problem.ts';
import { templatesQuery, topicsQuery } from '../api/templates.ts';
import { vocabularyQuery } from '../api/vocabulary.ts';
import { waysOut } from '../lib/graph-layout.ts';
import {
  edgesOfNode,
  insertOn,
  movedDown,
  movedUp,
  outlineOf,
  removeStep,
  stepKinds,
  withNode,
  type Edge,
  type OutlineItem,
} from '../lib/journey-draft.ts';
import { nodeKind, nodeLabel } from '../lib/journey-words.ts';
import { purchaseEvent } from '../lib/purchase.ts';
import { Icon } from '../ui/icons.tsx';
import { Section } from '../ui/page.tsx';
import { useTemplateNames } from './journey-facts.tsx';
import { StepForm } from './journey-step-form.tsx';
import { ProblemList } from '../ui/problem-list.tsx';

const route = getRouteApi('/shell/journeys/$id/edit');

export interface JourneyOutlineProps {
  readonly graph: Graph;
  readonly labels: { readonly [node: string]: string };
  readonly problems: readonly FieldProblem[];
  readonly jumps: number;
  readonly onChange: (graph: Graph) => void;
}

export function JourneyOutline(props: JourneyOutlineProps) {
  return (
    <Section
      title="The steps"
      note="Open a step to change it. A step can be put on any way, and taken out again."
    >
      <Items {...props} items={outlineOf(props.graph)} />
    </Section>
  );
}

function Items(props: JourneyOutlineProps & { readonly items: readonly OutlineItem[] }) {
  return (
    <ol className="outline">
      {props.items.map((item) =>
        item.kind === 'goes_on' ? (
          <li key={`on ${item.id}`} className="muted outline-on">
            goes on at “<StepName {...props} id={item.id} />”
          </li>
        ) : (
          <li key={item.id}>
            <Step {...props} item={item} />
          </li>
        ),
      )}
    </ol>
  );
}

function StepName({ graph, labels, id }: JourneyOutlineProps & { readonly id: string }) {
  const templates = useTemplateNames();
  return <>{nodeLabel(graph.nodes[id] ?? { kind: 'exit' }, labels[id], templates)}</>;
}

function Step(props: JourneyOutlineProps & { readonly item: Extract<OutlineItem, { kind: 'step' }> }) {
  const { graph, problems, jumps, item, onChange } = props;
  const { id } = item;
  const { step } = route.useSearch();
  const navigate = useNavigate();
  const node = graph.nodes[id] ?? { kind: 'exit' };
  const open = step === id;
  const here = `/graph/nodes/${id}`;
  const own = problems.filter(({ path }) => path === here || path.startsWith(`${here}/`));
  const params = route.useParams();
  const show = (next: string | undefined) =>
    void navigate({
      to: '/journeys/$id/edit',
      params,
      search: { step: next },
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <div className="step outline-step" data-kind={node.kind} data-wrong={own.length > 0}>
        <button
          type="button"
          className="outline-open"
          aria-expanded={open}
          onClick={() => show(open ? undefined : id)}
        >
          <Icon name={nodeKind(node.kind).icon} size={16} />
          <span>
            <StepName {...props} id={id} />
          </span>
        </button>
        {own.length > 0 && (
          <ProblemList label="What is wrong here" of={own.map(({ message, hint }) => ({ message, hint }))} />
        )}
        {open && (
          <div className="outline-form">
            <StepForm
              key={`${id} ${jumps}`}
              node={node}
              problems={own.map((one) => ({ ...one, path: one.path.slice(here.length) }))}
              onChange={(next) => onChange(withNode(graph, id, next))}
            />
            <StepTools graph={graph} id={id} onChange={onChange} onGone={() => show(undefined)} />
          </div>
        )}
      </div>
      {item.ways.length === 0 ? (
        edgesOfNode(node).map((edge) => (
          <AddStep key={edge} {...props} from={id} edge={edge} onAdded={show} />
        ))
      ) : (
        <div className="outline-ways">
          {item.ways.map((way, i) => (
            <section key={way.edge} className="outline-way" aria-label={waysOut(node)[i]?.label}>
              <p className="outline-word">{waysOut(node)[i]?.label}</p>
              <AddStep {...props} from={id} edge={way.edge} onAdded={show} />
              <Items {...props} items={way.items} />
            </section>
          ))}
        </div>
      )}
    </>
  );
}

function StepTools({
  graph,
  id,
  onChange,
  onGone,
}: {
  readonly graph: Graph;
  readonly id: string;
  readonly onChange: (graph: Graph) => void;
  readonly onGone: () => void;
}) {
  const [up, down, without] = [movedUp(graph, id), movedDown(graph, id), removeStep(graph, id)];
  return (
    <div className="form-foot">
      <Button size="xs" disabled={up === null} onClick={() => up && onChange(up)}>
        Move up
      </Button>
      <Button size="xs" disabled={down === null} onClick={() => down && onChange(down)}>
        Move down
      </Button>
      <Button
        size="xs"
        disabled={without === graph}
        onClick={() => {
          onChange(without);
          onGone();
        }}
      >
        Take it out
      </Button>
    </div>
  );
}

function AddStep({
  graph,
  from,
  edge,
  onChange,
  onAdded,
}: JourneyOutlineProps & {
  readonly from: string;
  readonly edge: Edge;
  readonly onAdded: (id: string) => void;
}) {
  const template = useQuery({ ...templatesQuery, staleTime: 60_000 }).data?.items[0]?.key ?? '';
  const topic = useQuery({ ...topicsQuery, staleTime: 60_000 }).data?.items[0]?.key ?? '';
  const purchase = purchaseEvent(useQuery(vocabularyQuery).data);
  return (
    <Menu position="bottom-start" shadow="none">
      <Menu.Target>
        <button type="button" className="outline-add" aria-label="Add a step here">
          <Icon name="plus" size={16} />
          <span className="hidden-visually">Add a step here</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {stepKinds.map((kind) => (
          <Menu.Item
            key={kind}
            leftSection={<Icon name={nodeKind(kind).icon} size={16} />}
            onClick={() => {
              const made = insertOn(graph, { from, edge }, kind, { template, topic, purchase });
              onChange(made.graph);
              onAdded(made.added);
            }}
          >
            {nodeKind(kind).name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
