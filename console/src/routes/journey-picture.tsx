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
import { nodeFigures, nodeKind, nodeLabel, type TemplateNames } from '../lib/journey-words.ts';
import { Icon } from '../ui/icons.tsx';
import './journey-picture.css';

type StepData = {
  readonly kind: string;
  readonly label: string;
  readonly figures: readonly string[];
  readonly chosen: boolean;
};
type StepNode = Node<StepData, 'step'>;

const stepWidth = 256;
const rowHeight = 152;
const columnWidth = 304;

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
      ariaLabel: `${nodeKind(node.kind).name}: ${label}. ${figures.join(', ')}`,
      draggable: false,
      connectable: false,
    };
  });
  const edges = useMemo(
    () =>
      edgesOf(journey.graph, placed).map((edge): Edge => ({
        id: edge.id,
        source: edge.from,
        target: edge.to,
        sourceHandle: edge.leaves,
        targetHandle: edge.arrives,
        type: 'way',
        focusable: false,
        ...(edge.label ? { label: edge.label } : {}),
      })),
    [journey.graph, placed],
  );
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
      <div className="step-figures">{data.figures.join(' · ')}</div>
      <Handle id="bottom" type="source" position={Position.Bottom} isConnectable={false} />
      <Handle id="left" type="source" position={Position.Left} isConnectable={false} />
      <Handle id="right" type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

/** A way from step to step; its word stands where it leaves, so that ways that meet do not hide it. */
function Way({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, label }: EdgeProps) {
  const [path] = getSmoothStepPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const below = sourcePosition === Position.Bottom;
  const aside = sourcePosition === Position.Left ? -44 : 44;
  return (
    <BaseEdge
      path={path}
      {...(label
        ? { label, labelX: below ? sourceX : sourceX + aside, labelY: below ? sourceY + 20 : sourceY }
        : {})}
      labelBgPadding={[4, 2]}
    />
  );
}
