// Beside a rule being edited: how many people it holds for right now, who would join or leave, and the rule tried on one person.
import { Button } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { RuleJson } from '../api/rules.ts';
import { countQuery, explainQuery, type RuleCount } from '../api/segments.ts';
import { useFormats } from '../app/formats.tsx';
import { people } from '../lib/format.ts';
import { Explanation } from '../ui/explanation.tsx';
import { nameOf, type Nameable } from '../ui/person-name.tsx';
import { PersonPicker } from '../ui/person-picker.tsx';
import { Badge, Loading, Trouble } from '../ui/states.tsx';
import './rule-live.css';

export interface RuleLiveProps {
  /** Null while the rule has something wrong: the last count stays, told as such. */
  readonly rule: RuleJson | null;
  readonly segment: string | null;
}

export function RuleLive({ rule, segment }: RuleLiveProps) {
  const [asked] = useDebouncedValue(rule, 400);
  const [kept, setKept] = useState(asked);
  if (asked !== null && asked !== kept) setKept(asked);
  const current = asked ?? kept;
  return (
    <aside className="rule-live" aria-label="What the rule means right now">
      {current === null ? (
        <p className="muted">As soon as the rule is whole, the people it holds for are counted here.</p>
      ) : (
        <>
          <Count rule={current} segment={segment} stale={rule !== current} />
          <TryOn rule={current} />
        </>
      )}
    </aside>
  );
}

interface CountProps {
  readonly rule: RuleJson;
  readonly segment: string | null;
  readonly stale: boolean;
}

function Count({ rule, segment, stale }: CountProps) {
  const count = useQuery({ ...countQuery(rule, segment), placeholderData: (before) => before, retry: false });
  if (count.isError) return <Trouble error={count.error} onRetry={() => void count.refetch()} />;
  if (!count.data) return <Loading rows={3} label="Counting" />;
  const pending = stale || count.isPlaceholderData;
  return (
    <section className={pending ? 'stack-tight live-pending' : 'stack-tight'} aria-busy={pending}>
      <h2 className="hidden-visually">Right now</h2>
      <Numbers count={count.data} />
      <Examples count={count.data} compared={segment !== null} />
    </section>
  );
}

function Numbers({ count }: { readonly count: RuleCount }) {
  const formats = useFormats();
  const about = count.exact ? '' : 'about ';
  const share = count.of === 0 ? 0 : count.people / count.of;
  return (
    <>
      <p className="live-number" role="status">
        {about}
        {people(formats, count.people)}
      </p>
      <div className="live-share" aria-hidden="true">
        {count.people > 0 && <span style={{ width: `${Math.min(100, share * 100)}%` }} />}
      </div>
      <p className="muted">
        right now, {formats.share(share)} of {formats.number(count.of)}
      </p>
      <Changes count={count} />
      {!count.exact && (
        <p className="muted">
          An estimate: {formats.number(count.looked)} people were asked, drawn at random. Saving counts
          everyone.
        </p>
      )}
      {count.from_events && (
        <p className="muted">
          Worked out from the stored events of {count.exact ? 'everyone' : 'those asked'}: this rule looks at
          something that is not remembered yet.
        </p>
      )}
    </>
  );
}

function Changes({ count }: { readonly count: RuleCount }) {
  const formats = useFormats();
  if (count.joins === null || count.leaves === null) return null;
  if (count.joins === 0 && count.leaves === 0)
    return <p className="muted">The same people as in the saved segment.</p>;
  return (
    <p className="live-changes">
      {count.joins > 0 && (
        <Badge tone="good" icon="plus">
          {formats.number(count.joins)} would join
        </Badge>
      )}
      {count.leaves > 0 && (
        <Badge tone="warning" icon="left">
          {formats.number(count.leaves)} would leave
        </Badge>
      )}
    </p>
  );
}

const changeWords = { joins: 'would join', leaves: 'would leave', stays: 'stays' } as const;

function Examples({ count, compared }: { readonly count: RuleCount; readonly compared: boolean }) {
  if (count.examples.length === 0) return null;
  return (
    <div className="live-people">
      <h3>For example</h3>
      {count.examples.map((example) => (
        <details key={example.id}>
          <summary>
            <bdi>{nameOf(example)}</bdi>
            {compared && <span className="muted"> · {changeWords[example.change]}</span>}
          </summary>
          <Explanation why={example.why} label={`Why ${nameOf(example)}`} />
          <Link to="/people/$id" params={{ id: example.id }}>
            Open {nameOf(example)}
          </Link>
        </details>
      ))}
    </div>
  );
}

function TryOn({ rule }: { readonly rule: RuleJson }) {
  const [person, setPerson] = useState<Nameable | null>(null);
  return (
    <section className="stack-tight">
      <h3>Try it on a person</h3>
      {person === null ? (
        <PersonPicker label="Find a person" onPick={setPerson} />
      ) : (
        <>
          <Tried rule={rule} person={person} />
          <div>
            <Button size="xs" variant="subtle" onClick={() => setPerson(null)}>
              Another person
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

function Tried({ rule, person }: { readonly rule: RuleJson; readonly person: Nameable }) {
  const explained = useQuery({
    ...explainQuery(person.id, { rule }),
    placeholderData: (before) => before,
    retry: false,
  });
  if (explained.isError) return <Trouble error={explained.error} />;
  if (!explained.data) return <Loading rows={2} label="Asking" />;
  const { why } = explained.data;
  return (
    <>
      <p>
        The rule {why.holds ? 'holds' : 'does not hold'} for <strong>{nameOf(person)}</strong>.
      </p>
      <Explanation why={why} />
    </>
  );
}
