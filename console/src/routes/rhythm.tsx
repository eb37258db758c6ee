// What was learnt of everyone's rhythm, in plain words: what it rests on, how right it was on days that it had not seen, and
// whether personal alarms are worth it here, also where they are not.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { figuresQuery } from '../api/figures.ts';
import {
  isFitting,
  learnAgain,
  predictionsQuery,
  type Fit,
  type FitInList,
  type HeldOut,
  type LearntRhythm,
  type Predictions,
} from '../api/predictions.ts';
import { useCan, useFormats, When } from '../app/formats.tsx';
import { besideWords } from '../lib/figure-words.ts';
import { Card, Page, Section } from '../ui/page.tsx';
import { Answer, Empty, Note, Trouble } from '../ui/states.tsx';
import { AlarmsTable } from './rhythm-alarms.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import './rhythm.css';

export function RhythmPage() {
  const predictions = useQuery(predictionsQuery);
  return <Answer of={predictions}>{(it) => <TheRhythm predictions={it} />}</Answer>;
}

function TheRhythm({ predictions }: { readonly predictions: Predictions }) {
  const can = useCan();
  const client = useQueryClient();
  const again = useMutation({
    mutationFn: learnAgain,
    onSettled: () => client.invalidateQueries({ queryKey: predictionsQuery.queryKey }),
  });
  const { newest, items, in_use: inUse } = predictions;
  const underWay = items.find(isFitting);
  const failed = items[0]?.state === 'failed' ? items[0] : undefined;
  const risk = newest?.orders?.held_out?.words.risk;
  return (
    <Page
      title="Rhythm"
      heading={risk ?? 'When is silence unusual?'}
      lead={
        inUse ? (
          <>
            Learnt <When at={inUse.fitted_at} as="ago" />
            {inUse.model && <> ({inUse.model})</>}; again every night.
          </>
        ) : (
          'Learnt from your own orders every night, from 100 customers on. Contacts nobody.'
        )
      }
      actions={
        can.define &&
        !underWay && (
          <Button loading={again.isPending} onClick={() => again.mutate()}>
            Learn again now
          </Button>
        )
      }
    >
      {again.isError && <Trouble error={again.error} onRetry={() => again.mutate()} />}
      {underWay && <UnderWay fit={underWay} />}
      {failed && (
        <Note tone="warning" title={failed.problem?.message ?? 'The last fit failed.'}>
          {failed.problem?.hint} What was learnt before stays in use.
        </Note>
      )}
      {newest ? (
        <Learnt fit={newest} />
      ) : (
        !underWay && (
          <Empty title="Nothing was learnt yet">
            With a hundred customers, fifty of whom came twice, over two months, Rapport learns when silence
            is unusual for each of them. Until then two of their own usual gaps count.
          </Empty>
        )
      )}
    </Page>
  );
}

const phases = {
  waiting: 'Waiting for its turn.',
  reading: 'Reading everyone’s orders and visits.',
  learning: 'Learning from them.',
} as const;

function UnderWay({ fit }: { readonly fit: FitInList }) {
  const { phase, share } = fit.progress;
  return (
    <div className="stack-tight">
      <p className="sentence" id="fit-words">
        {phases[phase]}
      </p>
      <ProgressBar words="fit-words" done={Math.round(share * 100)} of={100} />
    </div>
  );
}

function Learnt({ fit }: { readonly fit: Fit }) {
  const { orders, visits, season } = fit;
  return (
    <>
      {orders && (
        <Section title="Orders" note={orders.words}>
          {orders.held_out && <HowRight heldOut={orders.held_out} />}
          {orders.tried.words && <Choice tried={orders.tried} />}
        </Section>
      )}
      <ToCome />
      {orders && orders.alarms.length > 0 && <Alarms rhythm={orders} />}
      {visits && (
        <Section title="Visits" note={visits.words}>
          {visits.held_out && <p className="sentence">{visits.held_out.words.risk}</p>}
        </Section>
      )}
      {season && (
        <Section title="Season and trend">
          {season.words.map((words) => (
            <p key={words} className="sentence">
              {words}
            </p>
          ))}
        </Section>
      )}
    </>
  );
}

/** What everyone together is expected to bring, with the people behind it. */
function ToCome() {
  const formats = useFormats();
  const figures = useQuery(figuresQuery).data;
  const sums = figures?.cards
    .find(({ key }) => key === 'customer_value')
    ?.beside.filter(({ key }) => key === 'expected');
  if (!figures || !sums || sums.length === 0) return null;
  const asOf = sums[0]?.as_of;
  return (
    <Section title="What is to come" note={asOf && <>Everyone together, as of {formats.date(asOf)}.</>}>
      {sums.map((sum) => (
        <p key={sum.name} className="sentence">
          {besideWords(formats, sum, figures.currency)}.
        </p>
      ))}
      <p>
        <Link to="/figures/$key" params={{ key: 'expected' }}>
          The people behind it
        </Link>
      </p>
      <details>
        <summary>What it is</summary>
        <p className="muted">{sums.at(-1)?.definition}</p>
      </details>
    </Section>
  );
}

/** Which model of the three, and how much likelier it is than the others. */
function Choice({ tried: { words, models } }: { readonly tried: LearntRhythm['tried'] }) {
  const [chosen] = models;
  const against = (value: number | null, of: number | null | undefined): string =>
    value === null || of === null || of === undefined ? '–' : signed(value - of);
  return (
    <div className="stack-tight">
      <p className="sentence">{words}</p>
      <details>
        <summary>The models against each other</summary>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Days not seen</th>
              <th scope="col">All days</th>
            </tr>
          </thead>
          <tbody>
            {models.map((each) => (
              <tr key={each.name}>
                <td>{each.name}</td>
                <td>{each === chosen ? 'in use' : against(each.held_out, chosen?.held_out)}</td>
                <td>{each === chosen ? 'in use' : against(each.ln_likelihood, chosen?.ln_likelihood)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="muted">
          Natural logarithm of how likely your history is, against the model in use: below zero is less
          likely. Days it had not seen decide; under 2 is chance.
        </p>
      </details>
    </div>
  );
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return text === '0.0' ? '0' : `${value < 0 ? '−' : '+'}${text}`;
}

const width = 720;
const height = 240;
const left = 44;
const bottom = 40;
const top = 20;

/** Of each tenth of the customers, what was predicted and what came true; and the errors beside the naive rules. */
function HowRight({ heldOut }: { readonly heldOut: HeldOut }) {
  const formats = useFormats();
  const { tenths } = heldOut;
  const high = Math.max(0.1, ...tenths.map(({ predicted, came }) => Math.max(predicted, came)));
  const step = (width - left) / tenths.length;
  const y = (share: number): number => height - bottom - (share / high) * (height - bottom - top);
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const off = Math.max(...tenths.map(({ predicted, came }) => Math.abs(predicted - came)));
  const title = `Those it thought likely to come did come: no tenth of your customers is off by more than ${percent(off)}.`;
  return (
    <div className="two rhythm-right">
      <figure className="calibration">
        <figcaption className="prose">{title}</figcaption>
        <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
          {[0, high / 2, high].map((share) => (
            <g key={share}>
              <line className="alive-grid" x1={left} x2={width} y1={y(share)} y2={y(share)} />
              <text className="alive-axis" x={left - 6} y={y(share) + 4} textAnchor="end">
                {percent(share)}
              </text>
            </g>
          ))}
          {tenths.map(({ predicted, came, customers }, i) => (
            <g key={i}>
              <rect
                className="calibration-came"
                x={left + i * step + step * 0.18}
                width={step * 0.64}
                y={y(came)}
                height={y(0) - y(came)}
              >
                <title>
                  {formats.number(customers)} customers: predicted {percent(predicted)}, came {percent(came)}
                </title>
              </rect>
              <line
                className="calibration-predicted"
                x1={left + i * step + step * 0.08}
                x2={left + i * step + step * 0.92}
                y1={y(predicted)}
                y2={y(predicted)}
              />
            </g>
          ))}
          <text className="alive-axis" x={left} y={height - 14}>
            least likely tenth
          </text>
          <text className="alive-axis" x={width} y={height - 14} textAnchor="end">
            most likely tenth
          </text>
        </svg>
        <p className="alive-key muted">
          <span>
            <i className="key-came" /> came
          </span>
          <span>
            <i className="key-predicted" /> predicted
          </span>
          <span>{formats.number(heldOut.customers)} customers</span>
        </p>
        <details>
          <summary>As a table</summary>
          <table className="small-table">
            <thead>
              <tr>
                <th scope="col">Tenth</th>
                <th scope="col">Customers</th>
                <th scope="col">Predicted</th>
                <th scope="col">Came</th>
              </tr>
            </thead>
            <tbody>
              {tenths.map(({ customers, predicted, came }, i) => (
                <tr key={i}>
                  <td>{i + 1}</td>
                  <td>{formats.number(customers)}</td>
                  <td>{percent(predicted)}</td>
                  <td>{percent(came)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </figure>
      <Card className="stack-tight">
        <p className="prose">{heldOut.words.total}</p>
        <p className="muted">
          Judged on {formats.date(heldOut.from)} to {formats.date(heldOut.until)}: fitted on what was known
          before, compared with the {formats.number(heldOut.purchases)} orders that came.
        </p>
        <table className="small-table">
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col">Off per customer</th>
              <th scope="col">Large misses</th>
            </tr>
          </thead>
          <tbody>
            {(
              [
                ['This', heldOut.model],
                ['As often as before', heldOut.as_before],
                ['Nobody comes', heldOut.nothing],
              ] as const
            ).map(([name, errors]) => (
              <tr key={name}>
                <td>{name}</td>
                <td>{errors.mae.toFixed(2)}</td>
                <td>{errors.rmse.toFixed(2)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="muted">
          Orders on average (MAE), and with large misses weighing more (RMSE). Less is better; both count, as
          predicting nothing at all looks good on average where few come.
        </p>
      </Card>
    </div>
  );
}

function Alarms({ rhythm }: { readonly rhythm: LearntRhythm }) {
  const third = rhythm.alarms.find(({ cap }) => Math.abs(cap - 1 / 3) < 1e-6);
  const tenth = rhythm.alarms.find(({ cap }) => Math.abs(cap - 1 / 10) < 1e-6);
  return (
    <Section
      title="What alarms would have done"
      note="On your own history: learnt from one half of the customers, judged on the other."
    >
      {third && <AlarmsTable alarms={third} title="For a friendly question: 1 in 3 may be too soon" />}
      {tenth && <AlarmsTable alarms={tenth} title="For a discount: 1 in 10 may be too soon" />}
    </Section>
  );
}
