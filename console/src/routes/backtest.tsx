// One backtest: how far it is, and what came out, as sentences with their figures, a picture over time and people.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import {
  backtestQuery,
  cancelBacktest,
  isUnderWay,
  repeatBacktest,
  type Backtest,
  type BacktestResult,
  type Reason,
} from '../api/backtests.ts';
import { useCan, useFormats } from '../app/formats.tsx';
import { people, type Formats } from '../lib/format.ts';
import { BacktestProgress } from '../ui/backtest-progress.tsx';
import { Facts, Page, Section } from '../ui/page.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Answer, Empty, Note, Trouble } from '../ui/states.tsx';
import { TimeBars } from '../ui/time-bars.tsx';
import { JourneySteps, Moves } from './backtest-journey.tsx';
import './backtest.css';

const route = getRouteApi('/shell/backtests/$id');

export function BacktestPage() {
  const { id } = route.useParams();
  const backtest = useQuery(backtestQuery(id));
  return <Answer of={backtest}>{(it) => <TheBacktest backtest={it} />}</Answer>;
}

function TheBacktest({ backtest }: { readonly backtest: Backtest }) {
  const formats = useFormats();
  const can = useCan();
  const span = `${formats.date(backtest.from)} to ${formats.date(backtest.to)}`;
  const { kind, key } = backtest.of;
  const of = key === undefined ? undefined : `${kind}:${key}`;
  return (
    <Page
      title={`Backtest of ${backtest.name}`}
      heading={backtest.result?.title ?? `What would “${backtest.name}” have done?`}
      lead={
        <>
          {span}.{' '}
          {backtest.assume_consent
            ? 'Everyone is taken to have agreed to messages.'
            : 'Consent is as it was recorded.'}
        </>
      }
      actions={
        can.define &&
        of !== undefined &&
        !isUnderWay(backtest) && (
          <Button renderRoot={(props) => <Link to="/new-backtest" search={{ of }} {...props} />}>
            Ask again
          </Button>
        )
      }
    >
      {isUnderWay(backtest) && <UnderWay backtest={backtest} />}
      {backtest.state === 'cancelled' && <Note tone="plain" title="This one was stopped." />}
      {backtest.state === 'interrupted' && (
        <Note tone="warning" title="It was interrupted">
          The process that worked on it ended three times, or the command was stopped. Nothing was changed by
          it.
        </Note>
      )}
      {canRepeat(backtest) && can.define && <Repeat backtest={backtest} />}
      {backtest.state === 'failed' && (
        <Note tone="danger" title={backtest.problem?.message ?? 'It could not be worked out.'}>
          {backtest.problem?.hint}
        </Note>
      )}
      {backtest.result && <Result result={backtest.result} />}
    </Page>
  );
}

const canRepeat = ({ state }: Backtest): boolean =>
  state === 'interrupted' || state === 'cancelled' || state === 'failed';

/** The very same question, without asking for its parts again. */
function Repeat({ backtest }: { readonly backtest: Backtest }) {
  const navigate = useNavigate();
  const repeat = useMutation({
    mutationFn: () => repeatBacktest(backtest.id),
    onSuccess: ({ id }) => navigate({ to: '/backtests/$id', params: { id } }),
  });
  return (
    <div className="stack-tight">
      <div>
        <Button loading={repeat.isPending} onClick={() => repeat.mutate()}>
          Run it once more
        </Button>
      </div>
      {repeat.isError && <Trouble error={repeat.error} />}
    </div>
  );
}

function UnderWay({ backtest }: { readonly backtest: Backtest }) {
  const can = useCan();
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: () => cancelBacktest(backtest.id),
    onSettled: () => client.invalidateQueries({ queryKey: backtestQuery(backtest.id).queryKey }),
  });
  return (
    <div className="stack-tight">
      <BacktestProgress backtest={backtest} />
      <p className="muted">You can leave this page and come back to it.</p>
      {can.define && (
        <div>
          <Button loading={stop.isPending} onClick={() => stop.mutate()}>
            Stop
          </Button>
        </div>
      )}
      {stop.isError && <Trouble error={stop.error} />}
    </div>
  );
}

function Result({ result }: { readonly result: BacktestResult }) {
  const formats = useFormats();
  const { reached, series, messages, overlap, notes, history } = result;
  return (
    <>
      <Section title="When">
        {reached.times === 0 ? (
          <Empty title="It would have reached nobody in this time." />
        ) : (
          <TimeBars label="How often, over time" unit={series.unit} points={series.points} />
        )}
      </Section>
      <div className="two even">
        <Section title="How many">
          <Facts
            figures
            rows={[
              ['People', formats.number(reached.people)],
              ['Times', formats.number(reached.times)],
              ['In it already at the beginning', formats.number(reached.already)],
              ['In it at the end', formats.number(reached.at_end)],
              [
                'Lived through',
                `${people(formats, history.people)}, ${formats.number(history.events)} events`,
              ],
            ]}
          />
        </Section>
        <Section title="Who would have ordered anyway">
          <AnywayFacts result={result} />
        </Section>
      </div>
      {result.stages && <Stages stages={result.stages} />}
      <Moves result={result} />
      <JourneySteps result={result} />
      {messages && (
        <Section
          title="What sending rules would have done"
          note="Held messages waited at least once and may have been sent later."
        >
          <div className="two even">
            <Facts
              figures
              rows={[
                ['Messages asked for', formats.number(messages.asked)],
                ['Sent', formats.number(messages.sent)],
                ['Held', formats.number(messages.held)],
                ['Not sent', formats.number(messages.dropped)],
                ['Withheld from a control group', formats.number(messages.withheld)],
                ['Still waiting at the end', formats.number(messages.waiting)],
              ]}
            />
            <div className="stack">
              <Reasons title="Held, because" reasons={messages.held_reasons} formats={formats} />
              <Reasons title="Not sent, because" reasons={messages.dropped_reasons} formats={formats} />
            </div>
          </div>
        </Section>
      )}
      {overlap.any > 0 && (
        <Section
          title="Overlap with other journeys"
          note={`${people(formats, overlap.any)} were on another journey, or would have got a message of one less than ${overlap.days} days apart.`}
        >
          <Facts
            rows={overlap.journeys.map((journey) => [
              journey.name,
              `${formats.number(journey.in_run)} on it, ${formats.number(journey.message)} with a message close by`,
            ])}
          />
        </Section>
      )}
      <Sample result={result} />
      {notes.length > 0 && (
        <Section title="How it was asked">
          <ul className="plain-list">
            {notes.map((note) => (
              <li key={note} className="prose">
                {note}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function AnywayFacts({ result }: { readonly result: BacktestResult }) {
  const formats = useFormats();
  const anyway = result.ordered_anyway;
  const rate =
    anyway.share === null || anyway.low === null || anyway.high === null
      ? 'too few to give a share'
      : `${formats.share(anyway.share)}, between ${formats.share(anyway.low)} and ${formats.share(anyway.high)}`;
  return (
    <>
      <p className="sentence">{anywaySentence(anyway, formats)}</p>
      <Facts
        figures
        rows={[
          ['Ordered unprompted', `${formats.number(anyway.people)} of ${formats.number(anyway.of)}`],
          ['Share', rate],
          ['Too recent to tell', formats.number(anyway.undecided)],
          ['Really got a message meanwhile', formats.number(anyway.contacted)],
        ]}
      />
      <p className="muted">
        Within two of their usual gaps, at least 30 and at most 180 days, after they were first reached.
      </p>
    </>
  );
}

/** The figure that says what a discount would have been wasted on. */
function anywaySentence(anyway: BacktestResult['ordered_anyway'], formats: Formats): string {
  if (anyway.of === 0) return 'Nobody was reached long enough ago to tell.';
  const those = `${formats.number(anyway.people)} of the ${people(formats, anyway.of)} reached would have bought anyway`;
  if (anyway.share === null) return `${those}. These are too few to give a share.`;
  return `${those}: an offer to everyone would have been given away to about ${formats.share(anyway.share)} of them.`;
}

function Stages({ stages }: { readonly stages: NonNullable<BacktestResult['stages']> }) {
  const formats = useFormats();
  return (
    <Section title="Stages">
      <Facts
        rows={stages.map((stage) => [
          stage.name,
          `${formats.number(stage.at_start)} at the beginning, ${formats.number(stage.at_end)} at the end, ${formats.number(stage.times)} moves into it`,
        ])}
      />
    </Section>
  );
}

function Reasons({
  title,
  reasons,
  formats,
}: {
  readonly title: string;
  readonly reasons: readonly Reason[];
  readonly formats: Formats;
}) {
  if (reasons.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul className="plain-list backtest-reasons">
        {reasons.map(({ reason, words, messages, examples }) => (
          <li key={reason}>
            <span className="backtest-reason">
              <span>{words}</span>
              <span>{formats.number(messages)}</span>
            </span>
            {examples.length > 0 && (
              <span className="muted backtest-examples">
                {examples.map(({ person, at }, i) => (
                  <span key={person.id}>
                    {i > 0 && ' · '}
                    <Link to="/people/$id" params={{ id: person.id }}>
                      {nameOf(person)}
                    </Link>
                    , {formats.date(at)}
                  </span>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sample({ result }: { readonly result: BacktestResult }) {
  const formats = useFormats();
  if (result.sample.length === 0) return null;
  return (
    <Section title="For example" note="The same people each time, drawn by a hash of their ids.">
      <ul className="plain-list">
        {result.sample.map(({ person, sentence, timeline }) => (
          <li key={person.id} className="backtest-person">
            <Link to="/people/$id" params={{ id: person.id }} className="name-link">
              {nameOf(person)}
            </Link>
            <span className="sentence">{sentence}</span>
            <details>
              <summary>Their timeline</summary>
              <ol className="backtest-timeline">
                {timeline.map((item, i) => (
                  <li key={i}>
                    <span className="muted nowrap">{formats.dateTime(item.at)}</span>{' '}
                    <span>{item.words}</span>
                  </li>
                ))}
              </ol>
            </details>
          </li>
        ))}
      </ul>
    </Section>
  );
}
