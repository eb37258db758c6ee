// Home: how the relationships stand, who is unusually quiet and why, and what to do next.
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { overviewQuery, type Overview, type OverviewStage } from '../api/overview.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { Card, Page, Section } from '../ui/page.tsx';
import { StageBars } from '../ui/stage.tsx';
import { Answer, Note } from '../ui/states.tsx';
import { HomeHealth, HomeSent, HomeWaiting } from './home-beside.tsx';
import { Checklist } from './home-checklist.tsx';
import { SampleDoor, SampleStrip } from './home-sample.tsx';
import { HomeFigures } from './home-figures.tsx';
import { HomeFlows } from './home-flows.tsx';
import { HomeJourneys } from './home-journeys.tsx';
import { HomeMoments } from './home-moments.tsx';
import { HomeOutage } from './home-outage.tsx';
import { HomeQuiet } from './home-quiet.tsx';
import { HomeWeek } from './home-week.tsx';

const route = getRouteApi('/shell/');

export function HomePage() {
  const overview = useQuery(overviewQuery);
  return (
    <Answer of={overview} rows={10}>
      {(it) => (it.people === 0 ? <FirstDay overview={it} /> : <Standing overview={it} />)}
    </Answer>
  );
}

function FirstDay({ overview }: { readonly overview: Overview }) {
  return (
    <Page
      title="Home"
      heading="Let us meet your customers"
      lead="Rapport knows nobody yet. Three doors lead in; all can be used."
    >
      <div className="doors">
        <SampleDoor />
        <Card className="stack">
          <h2>Import orders</h2>
          <p className="prose">
            A file of your order history is enough to see every customer's stage and who is unusually quiet.
            Nobody is contacted.
          </p>
          <div>
            <Button variant="filled" renderRoot={(props) => <Link to="/imports" {...props} />}>
              Import orders
            </Button>
          </div>
        </Card>
        <Card className="stack">
          <h2>Connect your site</h2>
          <p className="prose">
            One line in your site, and visits arrive as they happen; orders too, from your server. You see at
            once whether it works.
          </p>
          <div>
            <Button renderRoot={(props) => <Link to="/settings/connect" {...props} />}>
              Connect your site
            </Button>
          </div>
        </Card>
      </div>
      <Section title="What to do next">
        <Checklist steps={overview.checklist} />
      </Section>
    </Page>
  );
}

function Standing({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const model = useModel(overview);
  // Imported up to an earlier day, nothing happens now.
  const isLive = overview.customers > 0 && overview.as_of === null;
  const lead = overview.as_of ? (
    <>
      As of {formats.date(overview.as_of)}: the imported history ends there, and nothing is assumed about the
      days since.
    </>
  ) : (
    <>
      Of {people(formats, overview.people)} in all, {formats.number(overview.known)} can be reached by name,
      e-mail or phone.
    </>
  );
  return (
    <Page title="Home" heading={overview.title} lead={lead}>
      <SampleStrip />
      <HomeOutage />
      {isLive && <HomeWeek />}
      <div className={isLive ? 'two' : undefined}>
        <Stages overview={overview} model={model} />
        {isLive && <HomeMoments />}
      </div>
      {overview.customers > 0 && <HomeFigures />}
      <div className="two">
        <HomeQuiet overview={overview} />
        <div className="home-column">
          <HomeWaiting overview={overview} />
          {overview.checklist.some(({ done }) => !done) && (
            <Section title="What to do next">
              <Checklist steps={overview.checklist} />
            </Section>
          )}
          <HomeSent overview={overview} />
          <HomeHealth overview={overview} />
        </div>
      </div>
      {model && overview.customers > 0 && <HomeFlows model={model.key} />}
      <HomeJourneys />
    </Page>
  );
}

type Model = Overview['models'][number];

/** The one of the address, else the default one. */
function useModel(overview: Overview): Model | undefined {
  const { model: wanted } = route.useSearch();
  return (
    overview.models.find((one) => one.key === wanted) ??
    overview.models.find((one) => one.is_default) ??
    overview.models[0]
  );
}

function Stages({ overview, model }: { readonly overview: Overview; readonly model: Model | undefined }) {
  const navigate = useNavigate();
  const formats = useFormats();
  if (!model) return null;
  return (
    <Section
      title={model.name}
      actions={
        overview.models.length > 1 && (
          <SegmentedControl
            aria-label="Lifecycle model"
            size="xs"
            data={overview.models.map((one) => ({ value: one.key, label: one.name }))}
            value={model.key}
            onChange={(key) => void navigate({ to: '/', search: { model: key }, replace: true })}
          />
        )
      }
    >
      {model.arming && (
        <Note tone="info">
          The stages are being worked out: {formats.number(model.arming.done)} of{' '}
          {people(formats, model.arming.of)}.
        </Note>
      )}
      <StageBars model={model.key} label={`People by stage, ${model.name}`} stages={model.stages} />
      <StepUp model={model.key} stages={model.stages} />
    </Section>
  );
}

/** Where the next step up would help most: the fullest stage on the way, before the last. */
function StepUp({ model, stages }: { readonly model: string; readonly stages: readonly OverviewStage[] }) {
  const formats = useFormats();
  const growing = stages.filter(({ look }) => look === 'growing');
  const onTheWay = growing.slice(0, -1).toSorted((a, b) => b.people - a.people);
  const [most] = onTheWay;
  const next = most && growing[growing.indexOf(most) + 1];
  if (!most || !next || most.people === 0) return null;
  return (
    <p className="step-up">
      <span>
        The next step up: {people(formats, most.people)} in {most.name} could come to {next.name}.
      </span>
      <Link to="/people" search={{ stage: `${model}:${most.key}` }}>
        Who they are
      </Link>
      <Link to="/journeys">What helps</Link>
    </p>
  );
}
