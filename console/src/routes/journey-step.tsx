// One step looked at: what it does, what became of its messages and why, why people left here.
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Journey, NodeNumbers } from '../api/journeys.ts';
import { useFormats } from '../app/formats.tsx';
import { nodeFigures, nodeKind, nodeLabel } from '../lib/journey-words.ts';
import { bareReason, runEndWords, stateWords } from '../lib/words.ts';
import { Card } from '../ui/page.tsx';
import { useTemplateNames } from './journey-facts.tsx';

const route = getRouteApi('/shell/journeys/$id');

export function JourneyStep({ journey }: { readonly journey: Journey }) {
  const { node: id } = route.useSearch();
  const formats = useFormats();
  const templates = useTemplateNames();
  const node = id === undefined ? undefined : journey.graph.nodes[id];
  const numbers = id === undefined ? undefined : journey.numbers[id];
  if (id === undefined || node === undefined || numbers === undefined) return null;
  const figures = nodeFigures(node, numbers, formats);
  const said = [...figures.people, ...figures.messages, ...(figures.control ? [figures.control] : [])];
  return (
    <div id="step">
      <Card className="stack-tight">
        <div className="row-wide">
          <h3 className="step-title">{nodeLabel(node, journey.labels[id], templates)}</h3>
          <Link
            to="/journeys/$id"
            params={{ id: journey.id }}
            search={(old) => ({ ...old, node: undefined })}
            resetScroll={false}
          >
            Show all steps
          </Link>
        </div>
        <p className="muted">
          {nodeKind(node.kind).name}. {said.join(' · ')}
        </p>
        {numbers.reasons.length > 0 && <Reasons journey={journey} numbers={numbers} />}
        {node.kind !== 'exit' && numbers.ends.length > 0 && (
          <p className="muted">
            Left here:{' '}
            {numbers.ends.map((end) => `${formats.number(end.runs)} ${runEndWords(end.reason)}`).join(', ')}.
          </p>
        )}
      </Card>
    </div>
  );
}

function Reasons({ journey, numbers }: { readonly journey: Journey; readonly numbers: NodeNumbers }) {
  const formats = useFormats();
  return (
    <ul className="plain-list why-list" aria-label="Why not, or not yet">
      {numbers.reasons.map((one) => (
        <li key={`${one.state} ${one.reason}`} className="row-wide">
          <span>
            {stateWords(one.state).name}: {bareReason(one.text)}
          </span>
          <Link
            to="/messages"
            search={{
              journey: journey.id,
              state: one.state,
              reason: one.reason,
              days: journey.days ?? undefined,
            }}
          >
            {formats.number(one.messages)} {one.messages === 1 ? 'message' : 'messages'}
          </Link>
        </li>
      ))}
    </ul>
  );
}
