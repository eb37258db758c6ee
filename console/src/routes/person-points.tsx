// One person's points and tier, the newest entries, and points given, spent or taken back by hand. Nothing where there is no programme.
import { Button, NumberInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { pointsQuery, postPoints, type PersonPoints as Points } from '../api/programmes.ts';
import { useCan, useFormats, When } from '../app/formats.tsx';
import { fieldError } from '../lib/fields.ts';
import { randomKey } from '../lib/random-key.ts';
import { Section } from '../ui/page.tsx';
import { Trouble } from '../ui/states.tsx';

const SHOWN_MAX = 8;

export function PersonPoints({ id }: { readonly id: string }) {
  const points = useQuery(pointsQuery(id));
  const formats = useFormats();
  const can = useCan();
  const { programmes = [], entries } = points.data ?? {};
  if (points.isError) return <Trouble error={points.error} />;
  if (programmes.length === 0) return null;
  return (
    <Section title="Loyalty">
      {programmes.map((one) => (
        <div key={one.programme}>
          <p>
            <strong>
              {formats.number(one.balance)} {one.balance === 1 ? one.unit.one : one.unit.many}
            </strong>{' '}
            to spend in {one.name}
            {one.tier ? ` · ${one.tier.name} since ${formats.date(one.tier.since)}` : ' · no tier'}
          </p>
          {one.owed > 0 && (
            <p className="muted">
              {formats.number(one.owed)} owed: spent, and their order refunded since. What is earned next
              settles it first.
            </p>
          )}
          {one.next_expiry && (
            <p className="muted">
              {formats.number(one.next_expiry.points)} expire on {formats.date(one.next_expiry.at)}, if
              nothing happens before.
            </p>
          )}
        </div>
      ))}
      {entries && entries.items.length > 0 && (
        <ul className="plain-list">
          {entries.items.slice(0, SHOWN_MAX).map((entry) => (
            <li key={entry.id} className="row-wide">
              <span>
                {entry.words}
                {entry.reason && <span className="muted"> · {entry.reason}</span>}
              </span>
              <span className="muted nowrap">
                <When at={entry.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {can.care && <ByHand id={id} programmes={programmes} />}
    </Section>
  );
}

const deeds = [
  { value: 'award', label: 'Give' },
  { value: 'spend', label: 'Spend' },
  { value: 'correct', label: 'Take back' },
  { value: 'open', label: 'Bring along from elsewhere' },
] as const;

function ByHand({ id, programmes }: { readonly id: string; readonly programmes: Points['programmes'] }) {
  const client = useQueryClient();
  const [programme, setProgramme] = useState(programmes[0]?.programme ?? '');
  const [deed, setDeed] = useState<(typeof deeds)[number]['value']>('award');
  const [count, setCount] = useState(10);
  const [reason, setReason] = useState('');
  // Sent again after a lost connection it is the same thing once; another thing gets another key.
  const [key, setKey] = useState(randomKey);
  const post = useMutation({
    mutationFn: () => postPoints(id, { programme, do: deed, points: count, reason, key }),
    onSuccess: (points) => {
      client.setQueryData(pointsQuery(id).queryKey, points);
      void client.invalidateQueries({ queryKey: ['people', id] });
      setReason('');
      setKey(randomKey());
    },
  });
  const fresh = <T,>(set: (value: T) => void) => {
    return (value: T): void => {
      if (post.isError) setKey(randomKey());
      post.reset();
      set(value);
    };
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    post.mutate();
  };
  const atPoints = fieldError(post.error, '/points');
  return (
    <details>
      <summary>Give, spend or take back</summary>
      <form onSubmit={submit} className="stack" style={{ maxInlineSize: 360 }}>
        {programmes.length > 1 && (
          <Select
            label="Programme"
            allowDeselect={false}
            data={programmes.map((one) => ({ value: one.programme, label: one.name }))}
            value={programme}
            onChange={(next) => next && fresh(setProgramme)(next)}
          />
        )}
        <Select
          label="What"
          allowDeselect={false}
          data={[...deeds]}
          value={deed}
          onChange={(next) => {
            const found = deeds.find(({ value }) => value === next);
            if (found) fresh(setDeed)(found.value);
          }}
        />
        <NumberInput
          label="How many"
          min={1}
          allowDecimal={false}
          value={count}
          error={atPoints}
          onChange={(next) => fresh(setCount)(Number(next))}
        />
        <TextInput
          label="Why"
          required
          withAsterisk={false}
          value={reason}
          onChange={(e) => fresh(setReason)(e.currentTarget.value)}
        />
        {post.isError && atPoints === undefined && <Trouble error={post.error} />}
        <Button type="submit" loading={post.isPending}>
          {deeds.find(({ value }) => value === deed)?.label ?? 'Give'}
        </Button>
      </form>
    </details>
  );
}
