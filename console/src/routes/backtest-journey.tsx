// What a backtest knows of a journey step by step, of a model move by move: who came by, what left, how it ended.
import type { BacktestResult } from '../api/backtests.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { DataTable } from '../ui/data-table.tsx';
import { Facts, Section } from '../ui/page.tsx';

export function JourneySteps({ result }: { readonly result: BacktestResult }) {
  const formats = useFormats();
  const { journey, messages } = result;
  if (journey === null) return null;
  const rows = journey.nodes.map((node) => ({
    ...node,
    letters: messages?.by_node.find((one) => one.node === node.node),
  }));
  const cell = (n: number | undefined): string => (n === undefined ? '–' : formats.number(n));
  const goals =
    journey.runs === 0
      ? 'Nobody would have entered it.'
      : `${formats.number(journey.goals)} of ${formats.number(journey.runs)} trips through it reached the goal.`;
  return (
    <Section title="Step by step" note={goals}>
      <DataTable
        label="Steps of the journey"
        rows={rows}
        keyOf={(row) => row.node}
        columns={[
          { key: 'label', label: 'Step', lead: true, render: (row) => row.label },
          { key: 'visits', label: 'Came by', numeric: true, render: (row) => formats.number(row.visits) },
          { key: 'sent', label: 'Sent', numeric: true, render: (row) => cell(row.letters?.sent) },
          { key: 'held', label: 'Held', numeric: true, render: (row) => cell(row.letters?.held) },
          { key: 'dropped', label: 'Not sent', numeric: true, render: (row) => cell(row.letters?.dropped) },
          {
            key: 'withheld',
            label: 'Control group',
            numeric: true,
            render: (row) => cell(row.letters?.withheld),
          },
        ]}
      />
      <Facts
        figures
        rows={[
          ['In the control group', people(formats, journey.control)],
          ...journey.ends.map((end) => [`Ended: ${end.words}`, formats.number(end.runs)] as const),
          ['Still on it at the end', formats.number(journey.under_way)],
        ]}
      />
    </Section>
  );
}

const MOVES_SHOWN = 12;

export function Moves({ result }: { readonly result: BacktestResult }) {
  const formats = useFormats();
  const { moves, stages } = result;
  if (moves === null || moves.length === 0) return null;
  const name = (key: string | null): string =>
    key === null ? 'no stage' : (stages?.find((stage) => stage.stage === key)?.name ?? key);
  const most = [...moves].sort((a, b) => b.times - a.times).slice(0, MOVES_SHOWN);
  return (
    <Section title="Moves between stages">
      <Facts
        figures
        rows={most.map((move) => [`${name(move.from)} → ${name(move.to)}`, formats.number(move.times)])}
      />
    </Section>
  );
}
