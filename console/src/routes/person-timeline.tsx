// What happened, newest first: what the person did, what was decided, and why.
import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { itemsOf } from '../api/page.ts';
import { timelineQuery, type Happening } from '../api/people.ts';
import type { Json } from '../api/rules.ts';
import { useFormats, When } from '../app/formats.tsx';
import { asSentence, type Formats } from '../lib/format.ts';
import { traitName, valueWords } from '../lib/words.ts';
import { LoadMore } from '../ui/data-table.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Answer, Badge, Empty } from '../ui/states.tsx';
import { NoteLine } from './person-notes.tsx';

const kinds: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'orders', label: 'Orders' },
  { value: 'visits', label: 'Visits' },
  { value: 'messages', label: 'Messages' },
  { value: 'answers', label: 'Answers and complaints' },
  { value: 'stages', label: 'Stages' },
  { value: 'segments', label: 'Segments' },
  { value: 'journeys', label: 'Journeys' },
  { value: 'consents', label: 'Consents' },
  { value: 'records', label: 'Who they are' },
  { value: 'notes', label: 'Notes' },
];

/** `show` is one kind of happening; all of them without it. */
export function Timeline({
  id,
  show,
  onShow,
}: {
  readonly id: string;
  readonly show: string | undefined;
  readonly onShow: (show: string | undefined) => void;
}) {
  return (
    <>
      <Select
        aria-label="What to show of it"
        placeholder="Everything"
        clearable
        clearSectionMode="clear"
        clearButtonProps={{ 'aria-label': 'Everything' }}
        maw={280}
        data={[...kinds]}
        value={show ?? null}
        onChange={(kind) => onShow(kind ?? undefined)}
      />
      <Happenings id={id} show={show} />
    </>
  );
}

function Happenings({ id, show }: { readonly id: string; readonly show: string | undefined }) {
  const query = useInfiniteQuery(timelineQuery(id, show));
  const formats = useFormats();
  return (
    <Answer of={query}>
      {(data) => {
        const items = itemsOf(data);
        if (items.length === 0)
          return <Empty title={show ? 'Nothing of this kind has happened.' : 'Nothing has happened yet.'} />;
        return (
          <>
            {byMonth(items, formats.month).map(([month, happenings]) => (
              <section key={month} className="timeline-month">
                <h3 className="muted">{month}</h3>
                <ol className="timeline">
                  {gathered(happenings).map((group) => {
                    const [first] = group;
                    if (!first) return null;
                    return (
                      <li key={`${first.kind}-${first.id}`} data-kind={first.kind}>
                        {group.length === 1 ? (
                          <One person={id} happening={first} />
                        ) : isVisit(first) ? (
                          <Visits visits={group} />
                        ) : (
                          <SegmentChanges changes={group} />
                        )}
                      </li>
                    );
                  })}
                </ol>
              </section>
            ))}
            <LoadMore
              query={query}
              shown={`${formats.number(items.length)} shown${query.hasNextPage ? '' : ', all of them'}`}
            />
          </>
        );
      }}
    </Answer>
  );
}

function byMonth(items: readonly Happening[], month: (at: string) => string): [string, Happening[]][] {
  const out: [string, Happening[]][] = [];
  for (const item of items) {
    const name = month(item.at);
    const last = out.at(-1);
    if (last && last[0] === name) last[1].push(item);
    else out.push([name, [item]]);
  }
  return out;
}

const isSegmentChange = (one: Happening): boolean =>
  one.kind === 'decision' && (one.decision === 'segment_joined' || one.decision === 'segment_left');

const visits: ReadonlySet<string> = new Set([
  'Page Viewed',
  'Screen Viewed',
  'Product Viewed',
  'Products Searched',
]);
const isVisit = (one: Happening): boolean => one.kind === 'event' && visits.has(one.name);
/** What somebody looked at without a longer pause is one visit. */
const visitPauseMs = 30 * 60_000;
const nearEnough = (later: Happening, earlier: Happening): boolean =>
  Date.parse(later.at) - Date.parse(earlier.at) <= visitPauseMs;

/** Segments that were joined and left at one and the same instant are one line; so are the pages of one visit. */
function gathered(items: readonly Happening[]): Happening[][] {
  const out: Happening[][] = [];
  for (const item of items) {
    const before = out.at(-1)?.at(-1);
    const together =
      before &&
      ((isSegmentChange(item) && isSegmentChange(before) && before.at === item.at) ||
        (isVisit(item) && isVisit(before) && nearEnough(before, item)));
    if (together) out.at(-1)?.push(item);
    else out.push([item]);
  }
  return out;
}

function Visits({ visits: seen }: { readonly visits: readonly Happening[] }) {
  const first = seen.at(-1)?.at ?? '';
  return (
    <div className="happening">
      <Icon name="people" size={16} />
      <div>
        <div>
          Visited <span className="muted">{seen.length} things looked at</span>
        </div>
        <div className="muted">
          <When at={first} />
        </div>
        <details>
          <summary className="muted">Which</summary>
          <ol className="plain-list" reversed>
            {seen.map((one) =>
              one.kind === 'event' ? (
                <li key={one.id}>
                  {eventNames[one.name] ?? one.name} <span className="muted">{summary(one)}</span>
                </li>
              ) : null,
            )}
          </ol>
        </details>
      </div>
    </div>
  );
}

function SegmentChanges({ changes }: { readonly changes: readonly Happening[] }) {
  const at = changes[0]?.at ?? '';
  return (
    <div className="happening decided">
      <Icon name="segments" size={16} />
      <div>
        <div>{changes.length} segments changed</div>
        <div className="muted">
          <When at={at} />
        </div>
        <details>
          <summary className="muted">Which</summary>
          <ul className="plain-list">
            {changes.map((one) => (one.kind === 'decision' ? <li key={one.id}>{one.sentence}</li> : null))}
          </ul>
        </details>
      </div>
    </div>
  );
}

function One({ person, happening }: { readonly person: string; readonly happening: Happening }) {
  switch (happening.kind) {
    case 'event':
      return <EventLine event={happening} />;
    case 'decision':
      return <DecisionLine decision={happening} />;
    case 'note':
      return <NoteLine person={person} note={happening} />;
  }
}

const eventNames: { readonly [name: string]: string } = {
  'Order Completed': 'Ordered',
  'Order Refunded': 'Order refunded',
  'Page Viewed': 'Viewed a page',
  'Product Viewed': 'Looked at a product',
  'Screen Viewed': 'Opened a screen',
  Identified: 'Told us who they are',
  'Tags Changed': 'Tags changed',
  'Consent Given': 'Gave consent',
  'Consent Withdrawn': 'Withdrew consent',
};

function EventLine({ event }: { readonly event: Extract<Happening, { kind: 'event' }> }) {
  const formats = useFormats();
  const sum = sumOf(event.properties, formats.amount);
  const details = Object.entries({ ...event.properties, ...event.traits }).filter(
    ([, value]) => value !== null,
  );
  const what = [sum, summary(event)].filter(Boolean).join(' · ');
  return (
    <div className="happening">
      <Icon name={event.name.startsWith('Order') ? 'inbox' : 'people'} size={16} />
      <div>
        <div>
          {eventNames[event.name] ?? event.name}
          {what && <span className="muted"> {what}</span>}{' '}
          {event.parked && (
            <Badge tone="warning" icon="hold">
              parked
            </Badge>
          )}
        </div>
        <div className="muted">
          <When at={event.at} as={event.day_only ? 'date' : 'dateTime'} />
        </div>
        {details.length > 0 && (
          <details>
            <summary className="muted">Details</summary>
            <dl className="details">
              {details.map(([key, value]) => (
                <div key={key}>
                  <dt>{traitName(key)}</dt>
                  <dd>
                    <bdi>{valueWords(value)}</bdi>
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
    </div>
  );
}

/** Events carry their total in major units, as Segment's do. */
function sumOf(properties: { readonly [key: string]: Json }, amount: Formats['amount']): string {
  const total = properties['total'] ?? properties['revenue'] ?? properties['value'];
  const currency = properties['currency'];
  if (typeof total !== 'number') return '';
  return typeof currency === 'string' ? amount(total, currency) : String(total);
}

function summary(event: Extract<Happening, { kind: 'event' }>): string {
  const { properties } = event;
  if (event.name === 'Tags Changed') return tagWords(properties);
  for (const key of ['order_id', 'title', 'name', 'path', 'url']) {
    const value = properties[key];
    if (typeof value === 'string' && value !== '') return value.slice(0, 120);
  }
  return '';
}

function tagWords({ added, removed }: { readonly [key: string]: Json }): string {
  const words = (value: Json | undefined, doing: string) =>
    Array.isArray(value) && value.length > 0 ? `${doing} ${valueWords(value)}` : '';
  return [words(added, 'put on'), words(removed, 'taken off')].filter(Boolean).join(', ');
}

const icons: { readonly [decision: string]: IconName } = {
  stage_changed: 'lifecycle',
  segment_joined: 'segments',
  segment_left: 'segments',
  run_started: 'play',
  run_moved: 'journeys',
  run_ended: 'journeys',
  goal_reached: 'flag',
  message_requested: 'messages',
  message_withheld: 'hold',
  message_looked: 'messages',
  message_result: 'messages',
  consent_changed: 'check',
  episode_opened: 'lifecycle',
  episode_ended: 'lifecycle',
};
const causes: { readonly [kind: string]: string } = {
  event: 'because of what they did',
  time: 'because time passed',
  import: 'worked out by the import',
  definition: 'because a definition changed',
  command: 'by hand',
  result: 'because of what came of a message',
  merge: 'because two records were merged',
  thaw: 'when brought to today',
  refit: 'because a prediction was refitted',
};

/** The condition that was met; the stage of everyone else has none of its own. */
const reasonOf = (condition: string): string =>
  condition === 'everyone else' ? 'No other stage fitted.' : asSentence(`Condition met: ${condition}`);

function DecisionLine({ decision }: { readonly decision: Extract<Happening, { kind: 'decision' }> }) {
  const message = decision.detail['message'];
  return (
    <div className="happening decided">
      <Icon name={icons[decision.decision] ?? 'info'} size={16} />
      <div>
        <div>
          {decision.sentence}{' '}
          {typeof message === 'string' && decision.decision !== 'message_withheld' && (
            <Link to="/messages/$id" params={{ id: message }}>
              Its story
            </Link>
          )}
        </div>
        {decision.reason && <div>{reasonOf(decision.reason)}</div>}
        <div className="muted">
          <When at={decision.at} />, {causes[decision.because.kind] ?? decision.because.kind}
        </div>
      </div>
    </div>
  );
}
