// Home: how the relationships stand, who is unusually quiet and why, and what to do next.
import { Button, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { overviewQuery, type Overview } from '../api/overview.ts';
import { useFormats, When } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { StageBars } from '../ui/stage.tsx';
import { Answer, Badge, Empty, Note } from '../ui/states.tsx';
import { nameOf } from '../ui/person-name.tsx';
import { Checklist } from './home-checklist.tsx';
import { SampleDoor, SampleStrip } from './home-sample.tsx';
import { HomeFigures } from './home-figures.tsx';
import { HomeFlows } from './home-flows.tsx';

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
      <Stages overview={overview} />
      {overview.customers > 0 && <HomeFigures />}
      <div className="two">
        <Quiet overview={overview} />
        <div className="stack" style={{ gap: 32 }}>
          <Section title="What to do next">
            <Checklist steps={overview.checklist} />
          </Section>
          <Week overview={overview} />
          <Health overview={overview} />
        </div>
      </div>
    </Page>
  );
}

function Stages({ overview }: { readonly overview: Overview }) {
  const { model: wanted } = route.useSearch();
  const navigate = useNavigate();
  const formats = useFormats();
  const model =
    overview.models.find((one) => one.key === wanted) ??
    overview.models.find((one) => one.is_default) ??
    overview.models[0];
  if (!model) return null;
  return (
    <>
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
      </Section>
      {overview.customers > 0 && <HomeFlows model={model.key} />}
    </>
  );
}

function Quiet({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const { items, count, next } = overview.quiet;
  return (
    <Section
      title="Unusually quiet"
      actions={
        count > items.length && (
          <Link to="/people" search={{ segment: 'quiet' }}>
            The whole segment
          </Link>
        )
      }
    >
      {items.length === 0 ? (
        <Empty title="Nobody is unusually quiet today.">
          {next && (
            <>
              Next:{' '}
              <Link to="/people/$id" params={{ id: next.id }}>
                {nameOf(next)}
              </Link>
              , {formats.ago(next.at)}.
            </>
          )}
        </Empty>
      ) : (
        <ul className="plain-list">
          {items.map((person) => (
            <li key={person.id} className="quiet-row">
              <Link to="/people/$id" params={{ id: person.id }} className="name-link">
                {nameOf(person)}
              </Link>
              <span className="quiet-reason">{person.reason}</span>
              <span className="muted">
                {formats.number(person.orders)} {person.orders === 1 ? 'order' : 'orders'}
                {person.last_order_at && <>, last on {formats.date(person.last_order_at)}</>}
                {' · '}quiet since <When at={person.since} as="date" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function Week({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const { sent, waiting, not_sent, failed, uncertain, withheld } = overview.sent_7d;
  const isLive = overview.checklist.some(({ key, done }) => key === 'live_sending' && done);
  const rows: [string, number, string | undefined][] = [
    [isLive ? 'Sent' : 'Written to the built-in mailbox', sent, 'sent'],
    ['Waiting', waiting, 'waiting'],
    ['Not sent, with a reason', not_sent, 'not_sent'],
    ['Withheld from control groups', withheld, undefined],
    ['Failed', failed, 'failed'],
    ['Uncertain', uncertain, 'uncertain'],
  ];
  const shown = rows.filter(([, n], i) => n > 0 || i === 0);
  return (
    <Section title="Messages of the last 7 days" actions={<Link to="/messages">All messages</Link>}>
      <Facts figures rows={shown.map(([name, n]) => [name, formats.number(n)] as const)} />
    </Section>
  );
}

function Health({ overview }: { readonly overview: Overview }) {
  const formats = useFormats();
  const health = overview.data_health;
  const late = health.lag_ms > 5_000;
  return (
    <Section title="Data health">
      <Facts
        figures
        rows={[
          ['Events today', formats.number(health.events_today)],
          [
            'Last event',
            health.last_event_at ? <When key="last" at={health.last_event_at} as="ago" /> : 'none yet',
          ],
          [
            'Quarantined, 7 days',
            health.quarantined_7d === 0 ? (
              <Badge key="state" tone="good" icon="check">
                none
              </Badge>
            ) : (
              <Link key="state" to="/quarantine">
                {formats.number(health.quarantined_7d)} to look at
              </Link>
            ),
          ],
          ...(health.parked > 0
            ? [
                [
                  'Parked',
                  <Link key="p" to="/quarantine" search={{ tab: 'parked' as const }}>
                    {formats.number(health.parked)} to retry
                  </Link>,
                ] as const,
              ]
            : []),
          [
            'Appointments',
            late ? (
              <Badge key="state" tone="warning" icon="clock">
                behind by {formats.number(Math.round(health.lag_ms / 1000))} s
              </Badge>
            ) : (
              <Badge key="state" tone="good" icon="check">
                on time
              </Badge>
            ),
          ],
          ...(health.imports_running > 0
            ? [
                [
                  'Imports running',
                  <Link key="i" to="/imports">
                    {formats.number(health.imports_running)}
                  </Link>,
                ] as const,
              ]
            : []),
        ]}
      />
      {overview.as_of && (
        <p className="muted row">
          <Icon name="info" size={16} /> Most people are known up to {formats.date(overview.as_of)} only.
        </p>
      )}
    </Section>
  );
}
