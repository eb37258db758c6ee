// The journey as a picture. Loaded apart from the page, because the drawing library is large; the table says the same.
import '@xyflow/react/dist/style.css';
import {
  Background,
  BaseEdge,
  Controls,
  getSmoothStepPath,
  Handle,
  Position,
  ReactFlow,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import type { Journey } from '../api/journeys.ts';
import { useFormats } from '../app/formats.tsx';
import { edgesOf, layout } from '../lib/graph-layout.ts';
import {
  nodeFigures,
  nodeKind,
  nodeLabel,
  type NodeFigures,
  type TemplateNames,
} from '../lib/journey-words.ts';
import { Icon } from '../ui/icons.tsx';
import './journey-picture.css';

type StepData = {
  readonly kind: string;
  readonly label: string;
  readonly figures: NodeFigures;
  readonly chosen: boolean;
};
type WayEdge = Edge<
  { readonly words: string; readonly runs: number; readonly control: number; readonly share: number },
  'way'
>;
type StepNode = Node<StepData, 'step'>;

const stepWidth = 288;
const rowHeight = 180;
const columnWidth = 352;

export interface JourneyPictureProps {
  readonly journey: Journey;
  readonly templates: TemplateNames;
  readonly chosen: string | undefined;
  readonly onChoose: (node: string | undefined) => void;
}

const nodeTypes = { step: Step };
const edgeTypes = { way: Way };

export function JourneyPicture({ journey, templates, chosen, onChoose }: JourneyPictureProps) {
  const formats = useFormats();
  const scheme = useComputedColorScheme('light');
  const placed = useMemo(() => layout(journey.graph), [journey.graph]);
  const nodes = placed.map(({ id, row, column }): StepNode => {
    const node = journey.graph.nodes[id] ?? { kind: 'exit' };
    const label = nodeLabel(node, journey.labels[id], templates);
    const figures = nodeFigures(node, journey.numbers[id], formats);
    return {
      id,
      type: 'step',
      position: { x: column * columnWidth, y: row * rowHeight },
      data: { kind: node.kind, label, figures, chosen: chosen === id },
      ariaLabel: `${nodeKind(node.kind).name}: ${label}. ${[...figures.people, ...figures.messages, figures.control ?? ''].join(', ')}`,
      draggable: false,
      connectable: false,
    };
  });
  const most = Math.max(1, ...journey.edges.map((edge) => edge.runs));
  const edges = edgesOf(journey.graph, placed).map((edge): WayEdge => {
    const counted = journey.edges.find((one) => one.from === edge.from && one.to === edge.to);
    const [runs, control] = [counted?.runs ?? 0, counted?.control ?? 0];
    const number = runs === 0 ? '' : formats.number(runs);
    const words = [edge.label, number].filter((part) => part !== '').join(' · ');
    return {
      id: edge.id,
      source: edge.from,
      target: edge.to,
      sourceHandle: edge.leaves,
      targetHandle: edge.arrives,
      type: 'way',
      focusable: false,
      data: { words, runs, control, share: runs / most },
    };
  });
  const rows = Math.max(...placed.map((one) => one.row)) + 1;
  return (
    <div className="journey-picture" style={{ height: Math.min(720, Math.max(320, rows * rowHeight)) }}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        colorMode={scheme}
        fitView
        fitViewOptions={{ padding: 0.08, maxZoom: 1 }}
        minZoom={0.2}
        maxZoom={1.5}
        nodesDraggable={false}
        nodesConnectable={false}
        preventScrolling={false}
        zoomOnScroll={false}
        panOnScroll={false}
        onNodeClick={(_event, node) => onChoose(node.id === chosen ? undefined : node.id)}
        onSelectionChange={({ nodes: selected }) => {
          const first = selected[0];
          if (first) onChoose(first.id);
        }}
        proOptions={{ hideAttribution: false }}
      >
        <Background gap={16} />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function Step({ data }: NodeProps<StepNode>) {
  return (
    <div className="step" data-kind={data.kind} data-chosen={data.chosen} style={{ width: stepWidth }}>
      <Handle id="top" type="target" position={Position.Top} isConnectable={false} />
      <Handle id="right" type="target" position={Position.Right} isConnectable={false} />
      <div className="step-label">
        <Icon name={nodeKind(data.kind).icon} size={16} />
        <span>{data.label}</span>
      </div>
      <div className="step-figures">{data.figures.people.join(' · ')}</div>
      {data.figures.messages.length > 0 && (
        <div className="step-figures">{data.figures.messages.join(' · ')}</div>
      )}
      {data.figures.control && <div className="step-figures step-control">{data.figures.control}</div>}
      <Handle id="bottom" type="source" position={Position.Bottom} isConnectable={false} />
      <Handle id="left" type="source" position={Position.Left} isConnectable={false} />
      <Handle id="right" type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

/**
 * A way from step to step, as wide as many went it; its words stand where it leaves, so that ways that meet do not hide them. The
 * control group beside it, dashed.
 */
function Way({
  sourceX,
  sourceY,
  targetX,
  targetY,
  sourcePosition,
  targetPosition,
  data,
}: EdgeProps<WayEdge>) {
  const [path] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const below = sourcePosition === Position.Bottom;
  const aside = sourcePosition === Position.Left ? -44 : 44;
  const { words = '', runs = 0, control = 0, share = 0 } = data ?? {};
  return (
    <>
      <BaseEdge
        path={path}
        style={{ strokeWidth: runs === 0 ? 1.5 : 1.5 + share * 6 }}
        {...(words
          ? {
              label: words,
              // Beside the way and the control group's, about as far as half the words are wide.
              labelX: below ? sourceX + 20 + words.length * 3.4 : sourceX + aside,
              labelY: below ? sourceY + 24 : sourceY,
            }
          : {})}
        labelBgPadding={[4, 2]}
      />
      {control > 0 && (
        <path d={path} className="way-control" transform={`translate(${6 + share * 3} 0)`} fill="none" />
      )}
    </>
  );
}
