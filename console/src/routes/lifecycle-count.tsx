// Beside a model being changed: what saving it would change for how many, asked of everyone portion by portion, with people to look at.
import type { Counting } from '../lib/use-model-count.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { movedIn, scaled, standingIn, type ModelCount } from '../lib/model-count.ts';
import type { ModelDraft } from '../lib/model-draft.ts';
import { stagePaint } from '../lib/stages.ts';
import { PersonLink } from '../ui/person-name.tsx';
import { StageMark } from '../ui/stage.tsx';
import { Loading, Trouble } from '../ui/states.tsx';
import './rule-live.css';

export interface WouldChangeProps {
  readonly modelKey: string;
  readonly draft: ModelDraft;
  /** As it is saved, for the names of stages that are taken out; null: a new model. */
  readonly saved: ModelDraft | null;
  readonly counting: Counting;
  readonly isChanged: boolean;
}

export function WouldChange({ modelKey, draft, saved, counting, isChanged }: WouldChangeProps) {
  const { count, pending, error } = counting;
  const moves = count.models.get(modelKey);
  return (
    <aside className="would-change stack" aria-label="What saving would change">
      <h2>What saving would change</h2>
      {!isChanged ? (
        <p className="muted">
          Nothing is changed yet. As soon as something is, everyone is asked here what it means for them.
        </p>
      ) : error ? (
        <NotCounted error={error} onRetry={counting.retry} />
      ) : moves === undefined ? (
        <Loading rows={4} label="Asking everyone" />
      ) : (
        <div className={pending ? 'stack live-pending' : 'stack'} aria-busy={pending || !count.whole}>
          <Asked count={count} />
          <Finding count={count} moves={movedIn(moves)} isNew={saved === null} />
          <Stages count={count} draft={draft} moves={moves} isNew={saved === null} />
          {saved !== null && <Moves count={count} moves={movedIn(moves)} names={namesIn(saved, draft)} />}
        </div>
      )}
    </aside>
  );
}

/** What is wrong with the model stands at its place; here only that it cannot be asked yet. */
function NotCounted({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { problems } = problemsOf(error);
  if (problems > 0)
    return (
      <p className="muted">
        Something is missing or wrong in the stages. As soon as it is right, everyone is asked.
      </p>
    );
  return <Trouble error={error} onRetry={onRetry} />;
}

const problemsOf = (error: unknown): { readonly problems: number } => ({
  problems:
    typeof error === 'object' && error !== null && 'problems' in error && Array.isArray(error.problems)
      ? error.problems.length
      : 0,
});

export function Asked({ count }: { readonly count: ModelCount }) {
  const formats = useFormats();
  return (
    <div className="stack-tight">
      <div className="live-share" aria-hidden="true">
        {count.looked > 0 && (
          <span style={{ width: `${Math.min(100, (count.looked * 100) / Math.max(1, count.of))}%` }} />
        )}
      </div>
      <p className="muted">
        {count.whole
          ? `All ${people(formats, count.of)} were asked.`
          : `${formats.number(count.looked)} of ${people(formats, count.of)} asked so far; the numbers are estimates until all are.`}
        {count.fromEvents &&
          ' A rule looks at something that is not remembered yet, so stored events are read.'}
      </p>
    </div>
  );
}

type Moves = ReturnType<typeof movedIn>;

function Finding({
  count,
  moves,
  isNew,
}: {
  readonly count: ModelCount;
  readonly moves: Moves;
  readonly isNew: boolean;
}) {
  const formats = useFormats();
  if (isNew) return null;
  const moved = scaled(
    count,
    moves.reduce((sum, move) => sum + move.people, 0),
  );
  return (
    <p className="live-number" role="status">
      {moved === 0
        ? 'Nobody would stand elsewhere.'
        : `${count.whole ? '' : 'About '}${people(formats, moved)} would stand elsewhere.`}
    </p>
  );
}

function Stages({
  count,
  draft,
  moves,
  isNew,
}: {
  readonly count: ModelCount;
  readonly draft: ModelDraft;
  readonly moves: Moves;
  readonly isNew: boolean;
}) {
  const formats = useFormats();
  const looks = draft.stages.map(({ look }) => look);
  const before = (key: string | null) =>
    moves.filter(({ from }) => from === key).reduce((sum, move) => sum + move.people, 0);
  const rows = [...draft.stages.map((stage, i) => ({ ...stage, paint: stagePaint(looks, i) }))];
  return (
    <table className="small-table stages-then">
      <caption className="hidden-visually">People in each stage, now and then</caption>
      <thead>
        <tr>
          <th scope="col">Stage</th>
          {!isNew && <th scope="col">Now</th>}
          <th scope="col">{isNew ? 'People' : 'Then'}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((stage) => (
          <tr key={stage.key}>
            <th scope="row">
              <StageMark paint={stage.paint} name={stage.name || 'No name yet'} look={stage.look} />
            </th>
            {!isNew && <td>{formats.number(scaled(count, before(stage.key)))}</td>}
            <td>{formats.number(scaled(count, standingIn(moves, stage.key)))}</td>
          </tr>
        ))}
        <tr>
          <th scope="row" className="muted">
            In no stage
          </th>
          {!isNew && <td>{formats.number(scaled(count, before(null)))}</td>}
          <td>{formats.number(scaled(count, standingIn(moves, null)))}</td>
        </tr>
      </tbody>
    </table>
  );
}

function Moves({
  count,
  moves,
  names,
}: {
  readonly count: ModelCount;
  readonly moves: Moves;
  readonly names: ReadonlyMap<string, string>;
}) {
  const formats = useFormats();
  if (moves.length === 0) return null;
  const name = (key: string | null) => (key === null ? 'no stage' : (names.get(key) ?? key));
  return (
    <section className="stack-tight">
      <h3>Who would move</h3>
      <ul className="plain-list moves">
        {moves.map((move) => (
          <li key={`${move.from}-${move.to}`} className="stack-tight">
            <span className="row-wide">
              <span>
                <bdi>{name(move.from)}</bdi> → <bdi>{name(move.to)}</bdi>
              </span>
              <strong className="figure">{formats.number(scaled(count, move.people))}</strong>
            </span>
            {move.examples.length > 0 && (
              <span className="muted">
                for example{' '}
                {move.examples.map((person, i) => (
                  <span key={person.id}>
                    {i > 0 && ', '}
                    <PersonLink person={person} />
                  </span>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const namesIn = (saved: ModelDraft, draft: ModelDraft): ReadonlyMap<string, string> =>
  new Map([...saved.stages, ...draft.stages].map(({ key, name }) => [key, name]));
